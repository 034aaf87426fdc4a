import Foundation
import Testing

/// `dgrun verify`: what it looks for is planted in the tests of compilations; here, what a user sees.
@Suite struct VerifyTests {
    @Test func aPlanIsVerified() throws {
        let output = try run(.dgrun, "verify", Fixtures.graphPlan(), "--steps", "2", "--rounds", "1").succeeded().output
        let lines = output.split(separator: "\n")
        #expect(lines.count == 4 && lines.allSatisfy { $0.hasPrefix("affine: ") && $0.contains(" ok ") }, "\(output)")
        #expect(output.contains("1, 2, 3, 4, 7, 8, 16 threads, 1 times 2 runs"), "\(output)")
    }

    @Test func oneEntryOfAModelIsVerified() throws {
        let output = try run(
            .dgrun, "verify", Fixtures.sentimentPlan(), "--entry", "infer", "--steps", "1", "--rounds", "1", "--json",
            "--most-operations", "0"
        ).succeeded().output
        let list = try #require(try JSONSerialization.jsonObject(with: Foundation.Data(output.utf8)) as? [[String: String]])
        #expect(list.count == 4 && list.allSatisfy { $0["subject"]?.hasPrefix("infer.") == true })
        #expect(list.last?["state"] == "warning" && list.last?["found"]?.hasPrefix("not asked") == true, "\(output)")
    }

    @Test func anUnknownEntryIsRefused() throws {
        let outcome = try run(.dgrun, "verify", Fixtures.graphPlan(), "--entry", "train")
        #expect(outcome.status == 2 && outcome.errors.contains("error[arguments.entry]"), outcome.summary)
    }
}
