import Foundation
import Testing

/// `dgrun doctor`: what is wrong with a machine, here by environments in which something is missing.
@Suite struct DoctorTests {
    /// The findings of a run, by subject.
    private func findings(
        _ environment: [String: String] = [:], status: Int32
    ) throws -> [String: (state: String, found: String)] {
        let outcome = try run(.dgrun, "doctor", "--json", environment: environment)
        try #require(!outcome.isSignal && outcome.status == status, outcome.summary)
        let list = try #require(try JSONSerialization.jsonObject(with: Foundation.Data(outcome.output.utf8)) as? [[String: String]])
        return Dictionary(list.map { ($0["subject"] ?? "", ($0["state"] ?? "", $0["found"] ?? "")) }) { $1 }
    }

    @Test func aMachineThatRunsTheseTestsIsGood() throws {
        let findings = try findings(status: 0)
        #expect(findings["a small plan"]?.state == "ok")
        #expect(findings["a small plan"]?.found.contains("to the same bits") == true)
        #expect(findings["BLAS"]?.state != "broken" && findings["C compiler"]?.state != "broken")
        let text = try run(.dgrun, "doctor").succeeded().output
        #expect(text.contains("\na small plan") && text.contains("GFLOP/s"), "\(text)")
    }

    @Test func aMissingBLASIsNamed() throws {
        let findings = try findings(["DG_BLAS": "/none/libblas.so"], status: 1)
        #expect(findings["BLAS"]?.state == "broken" && findings["BLAS"]?.found.contains("/none/libblas.so") == true)
        #expect(findings["a small plan"]?.state == "broken")
        #expect(findings["C compiler"]?.state != "broken")
        // Plans that ran in the process of the tests have set others.
        #expect(findings["environment"]?.found.contains("DG_BLAS=/none/libblas.so") == true)
    }

    @Test func aMissingCompilerIsNamed() throws {
        let findings = try findings(["DG_CC": "no-such-compiler"], status: 1)
        #expect(findings["C compiler"]?.state == "broken" && findings["C compiler"]?.found.contains("no-such-compiler") == true)
        #expect(findings["BLAS"]?.state != "broken")
    }

    @Test func aBLASThatComputesNothingIsFound() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("void cblas_sgemm(void) {}\nvoid cblas_dgemm(void) {}\n", as: "blas.c")
        let library = folder.path("blas.so")
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: try Self.compiler())
        compiler.arguments = ["-shared", "-fPIC", source, "-o", library]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        let findings = try findings(["DG_BLAS": library], status: 1)
        #expect(findings["BLAS"]?.state == "warning")
        #expect(findings["a small plan"]?.state == "broken")
        #expect(findings["a small plan"]?.found.contains("not what the interpreter computes") == true, "\(findings)")
    }

    private static func compiler() throws -> String {
        let manifest = try JSONText(String(contentsOfFile: Fixtures.graphPlan() + "/manifest.json", encoding: .utf8))
        return (manifest.members["compiler"] as? [String: Any])?["path"] as? String ?? "cc"
    }

    /// The second runtime is the one of GCC, where there is one to preload.
    @Test func twoOpenMPRuntimesAreNoticed() throws {
        let candidates = ["/usr/lib/x86_64-linux-gnu/libgomp.so.1", "/usr/lib/aarch64-linux-gnu/libgomp.so.1"]
        guard let other = candidates.first(where: FileManager.default.fileExists) else { return }
        let findings = try findings(["LD_PRELOAD": other], status: 0)
        let openMP = try #require(findings["OpenMP"])
        #expect(openMP.state == "warning" && openMP.found.contains("libgomp"), "\(openMP)")
    }
}
