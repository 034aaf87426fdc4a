import ArgumentParser
import CommandLineSupport
import Compilation
import Foundation

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what is right and wrong with this machine for compiling and running plans.",
        discussion: "Looks at processor, memory, C compiler, BLAS and OpenMP, and compiles and runs a small plan. Exit code 0: "
            + "plans run here, if perhaps not as fast as they could; 1: something is broken.")

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func run() throws {
        let findings = MachineCheck().findings()
        print(json ? try JSONOutput.text(findings) + "\n" : Self.text(findings), terminator: "")
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode(1) }
    }

    private static func text(_ findings: [MachineFinding]) -> String {
        let width = (findings.map(\.subject.count).max() ?? 0) + 2
        let states = (findings.map(\.state.rawValue.count).max() ?? 0) + 2
        return findings.map { finding in
            var lines = finding.subject.padding(toLength: width, withPad: " ", startingAt: 0)
                + finding.state.rawValue.padding(toLength: states, withPad: " ", startingAt: 0) + finding.found + "\n"
            if let advice = finding.advice { lines += String(repeating: " ", count: width + states) + advice + "\n" }
            return lines
        }.joined()
    }
}
