import Graph
import Passes
import Testing

/// Linear algebra on matrices: plans, with fusion and without, agree with the interpreter for any number of threads.
@Suite struct MatrixAgreementTests {
    private static let cases = Result { try AgreementCase.matrices() }
    private static let fused = Result { try CompiledPlan(cases.get().map(\.graph)) }
    private static let unfused = Result { try CompiledPlan(cases.get().map(\.graph), unfused: true) }

    @Test func plansCompile() throws {
        #expect(try Self.fused.get().entries.count == Self.cases.get().count)
        #expect(try Self.unfused.get().entries.count == Self.cases.get().count)
    }

    @Test(arguments: (try? cases.get().map(\.description)) ?? [])
    func agree(_ name: String) throws {
        guard let fused = try? Self.fused.get(), let unfused = try? Self.unfused.get() else { return }
        let cases = try Self.cases.get()
        let entry = try #require(cases.firstIndex { $0.description == name })
        let example = cases[entry]
        let inputs = example.inputs(seed: 1)
        let expected = try example.graph.run(inputs)
        for (plan, kind) in [(unfused, "unfused"), (fused, "fused")] {
            var first: [Tensor]?
            for threads in 1...3 {
                _ = try plan.run(entry, example.inputs(seed: 100 + threads), threads: threads)
                let found = try plan.run(entry, inputs, threads: threads)
                for (position, output) in example.graph.outputs.enumerated() {
                    let distance = found[position].distance(to: expected[position])
                    let nans = found[position].elements.map(\.isNaN) == expected[position].elements.map(\.isNaN)
                    #expect(distance <= example.tolerance && nans, "\(kind), \(threads) threads, \(output.name)")
                    #expect(first.map { found[position].isIdentical(to: $0[position]) } ?? true, "\(kind), \(output.name)")
                }
                first = first ?? found
            }
        }
    }

    @Test func everyMatrixIsATask() throws {
        let kernels = try Self.fused.get().entries[0].kernels.kernels
        let forms = kernels.map(\.form).filter { $0 == .matrices }
        #expect(forms.count == MatrixOp.allCases.count)
    }
}

extension AgreementCase {
    static func matrices() throws -> [AgreementCase] {
        var cases: [AgreementCase] = []
        for type in ["f64", "f32"] {
            for (batch, extent) in [([2, 3], 5), ([], 1), ([4], 2), ([2], 3), ([], 17), ([3], 40), ([0], 3), ([2], 0)] {
                cases.append(try operations(type, batch, extent))
            }
            cases += [try loop(type), try withoutResults(type)]
        }
        return cases
    }

    private static func precise(_ example: AgreementCase, _ type: String) -> AgreementCase {
        var example = example
        // The plan and the interpreter use different methods for eigenvalues.
        example.tolerance = type == "f64" ? 1e-12 : 4e-6
        return example
    }

    /// A multiple of the identity as `%floors`.
    private static func floors(_ type: String, _ extents: [Int], _ value: String) -> String {
        let (shape, rank) = (spelled(extents), extents.count)
        return """
            %row = iota {axis=\(rank - 2)} : i32\(shape)
            %column = iota {axis=\(rank - 1)} : i32\(shape)
            %diagonal = compare %row, %column {kind=eq} : bool\(shape)
            %value = constant {value=\(value)} : \(type)\(shape)
            %zero = constant {value=0} : \(type)\(shape)
            %floors = select %diagonal, %value, %zero : \(type)\(shape)
            """
    }

    private static func spelled(_ extents: [Int]) -> String { "[" + extents.map(String.init).joined(separator: ",") + "]" }

    private static func operations(_ type: String, _ batch: [Int], _ extent: Int) throws -> AgreementCase {
        let extents = batch + [extent, extent]
        let (shape, columns) = ("\(type)\(spelled(extents))", "\(type)\(spelled(batch + [extent, 6]))")
        let axes = spelled(Array(batch.indices))
        let last = batch.count + 1
        return precise(
            try AgreementCase(
                "matrices of \(shape)",
                """
                input %m : \(shape)
                input %b : \(columns)
                %square = dot %m, %m {batch=[\(axes),\(axes)], contract=[[\(last)],[\(last)]]} : \(shape)
                \(floors(type, extents, "0.5"))
                %a = add %square, %floors : \(shape)
                %l = cholesky %a : \(shape)
                %x = triangular_solve %l, %b : \(columns)
                %y = triangular_solve_transposed %l, %b : \(columns)
                %s = matrix_sqrt %a : \(shape)
                %z = sylvester %a, %m : \(shape)
                %sum = add %x, %y : \(columns)
                output l = %l
                output sum = %sum
                output s = %s
                output z = %z
                """), type)
    }

    /// All of them in a loop's body, with an expression as operand and a result that only the next operation reads.
    private static func loop(_ type: String) throws -> AgreementCase {
        let shape = "\(type)[2,7,7]"
        return precise(
            try AgreementCase(
                "matrices in a loop, \(type)",
                """
                input %start : \(shape)
                input %b : \(shape)
                %last, %factors = scan %start, %b {count=3, carried=1, scanned=0, reverse=false} : \(shape), \(type)[3,2,7,7] {
                  input %state : \(shape)
                  input %b : \(shape)
                  %square = dot %state, %state {batch=[[0],[0]], contract=[[2],[2]]} : \(shape)
                  \(floors(type, [2, 7, 7], "1"))
                  %a = add %square, %floors : \(shape)
                  %l = cholesky %a : \(shape)
                  %double = add %l, %l : \(shape)
                  %x = triangular_solve %double, %b : \(shape)
                  %y = triangular_solve_transposed %l, %x : \(shape)
                  %s = matrix_sqrt %a : \(shape)
                  %z = sylvester %s, %y : \(shape)
                  %next = tanh %z : \(shape)
                  output next = %next
                  output l = %l
                }
                output last = %last
                output factors = %factors
                """), type)
    }

    /// Matrices that are not definite, among others.
    private static func withoutResults(_ type: String) throws -> AgreementCase {
        let elements = [1.0, 2, 2, 1, 4, 0, 0, 9, .nan, 0, 0, 1, 1, .infinity, 0, 1, -1, 0, 0, -4, 2, 1, 1, 2]
        return precise(
            try AgreementCase(
                "matrices without a factor or a root, \(type)", values: ["a": elements],
                """
                input %a : \(type)[6,2,2]
                %l = cholesky %a : \(type)[6,2,2]
                %s = matrix_sqrt %a : \(type)[6,2,2]
                output l = %l
                output s = %s
                """), type)
    }
}
