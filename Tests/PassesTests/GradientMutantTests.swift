import Graph
import Passes
import TestSupport
import Testing

/// The comparison with differences under attack: a gradient with a planted mistake has to be noticed, for the rule of each operation.
@Suite struct GradientMutantTests {
    /// What the comparison says of all mutants of a case.
    private struct Score {
        var caught = 0
        var survivors: [String] = []

        mutating func add(_ example: GradientCase) throws {
            let problem = try GradientProblem(example, seed: 1)
            let count = problem.graph.outputs.count
            let gradient = try Autodiff.gradient(of: problem.graph, output: "loss", withRespectTo: problem.names)
            let expected = try gradient.run(problem.point)[count...]
            let difference = try problem.difference(of: problem.graph, output: count - 1)
            try #require(GradientProblem.agrees(problem.slope(Array(expected)), difference), "\(example)")
            for mutant in GraphMutation.all(of: gradient) where (try? GraphVerifier.verify(mutant.graph)) != nil {
                // A trap of the interpreter would be one for users, too; a refusal is as good as a difference.
                guard let found = try? mutant.graph.run(problem.point)[count...] else { continue }
                let isHarmless = zip(expected, found).allSatisfy { $1.relativeDistance(to: $0) < 1e-9 }
                if isHarmless { continue }
                if GradientProblem.agrees(problem.slope(Array(found)), difference) {
                    survivors.append("\(example): \(mutant.what)")
                } else {
                    caught += 1
                }
            }
        }
    }

    @Test func wrongRulesAreCaught() throws {
        var score = Score()
        for example in GradientCase.all where GradientCase.notDifferentiable[example.op] == nil { try score.add(example) }
        let tried = score.caught + score.survivors.count
        #expect(tried >= 750, "\(tried)")
        #expect(score.survivors.isEmpty, "\(score.caught) of \(tried) caught; not: \(score.survivors)")
    }
}
