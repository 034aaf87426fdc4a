import ArgumentParser
import CommandLineSupport
import Compilation

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what is right and wrong with this machine for compiling and running plans.",
        discussion: "Looks at processor, memory, C compiler, BLAS and OpenMP, and compiles and runs a small plan. Exit code 0: "
            + "plans run here, if perhaps not as fast as they could; 1: something is broken.")

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() throws {
        let findings = MachineCheck().findings()
        print(json ? try JSONOutput.text(findings) + "\n" : FindingText.text(findings), terminator: "")
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode(1) }
    }
}
