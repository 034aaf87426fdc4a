import Compilation
import Foundation

/// Findings as lines: what was looked at, whether it is good, what was found, and below it what to do.
enum FindingText {
    static func text(_ findings: [Finding]) -> String {
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
