import Graph
import Passes
import Testing

/// What the cost model counts, beside counts by hand.
@Suite struct KernelCostTests {
    private static func cost(_ kernels: String, tasks: Int = 1) throws -> KernelCost {
        let graph = try KernelGraph.parse("dg 1 kernels\nkernels @test {\n\(kernels)\n}\n", file: "test")
        try KernelGraphVerifier.verify(graph)
        return KernelCost(try #require(graph.kernels.last), in: graph, tasks: tasks)
    }

    @Test func productCountsMultiplyAdds() throws {
        let cost = try Self.cost("""
            input %x : f32[128,64]
            input %w : f32[64,32] parameter
            kernel %y = product %x, %w : f32[128,32] {
              input %x : f32[128,64]
              input %w : f32[64,32]
              %y = dot %x, %w {batch=[[],[]], contract=[[1],[0]]} : f32[128,32]
              output y = %y
            }
            output y = %y
            """, tasks: 2)
        let multiplyAdds = 128 * 64 * 32
        let elements = 128 * 64 + 64 * 32 + 128 * 32
        #expect(cost.products == .library && cost.multiplyAdds == Double(multiplyAdds) && cost.elementOperations == 0)
        #expect(cost.operations == Double(2 * multiplyAdds) && cost.bytes == Double(4 * elements))
        #expect(cost.tasks == 2 && cost.starts == 2)
    }

    @Test func reductionPaysForItsOperand() throws {
        let cost = try Self.cost("""
            input %x : f32[8,16]
            input %most : f32[8]
            kernel %sum = reduction %x, %most : f32[8] {
              input %x : f32[8,16]
              input %most : f32[8]
              %repeated = broadcast %most {axes=[0]} : f32[8,16]
              %difference = subtract %x, %repeated : f32[8,16]
              %exp = exp %difference : f32[8,16]
              %sum = reduce %exp {kind=sum, axes=[1]} : f32[8]
              output sum = %sum
            }
            output sum = %sum
            """)
        // A difference, an exponential and a sum for each element; a broadcast is free.
        #expect(cost.multiplyAdds == 0)
        #expect(cost.elementOperations == 128 * 9.0)
        #expect(cost.bytes == 4 * 144.0)
    }

    @Test func loopCountsEveryIteration() throws {
        let cost = try Self.cost("""
            input %start : f32[7]
            input %matrix : f32[7,7]
            input %marginal : f32[7]
            kernel %last = loop %start, %matrix, %marginal : f32[7] {
              input %start : f32[7]
              input %matrix : f32[7,7]
              input %marginal : f32[7]
              %last = scan %start, %matrix, %marginal {count=50, carried=1, scanned=0, reverse=false} : f32[7] {
                input %state : f32[7]
                input %matrix : f32[7,7]
                input %marginal : f32[7]
                %mass = dot %matrix, %state {batch=[[],[]], contract=[[1],[0]]} : f32[7]
                %twice = add %mass, %mass : f32[7]
                %next = divide %marginal, %twice : f32[7]
                output state = %next
              }
              output last = %last
            }
            output last = %last
            """)
        #expect(cost.products == .loops)
        #expect(cost.multiplyAdds == 50 * 49.0)
        // A sum and a quotient, of seven elements each.
        #expect(cost.elementOperations == 50 * 21.0)
        // The product and the quotient, with the sum inside.
        #expect(cost.starts == 100)
        #expect(cost.bytes == 4 * 70.0)
    }

    @Test func tilesKeepScoresOutOfTheArena() throws {
        let cost = try Self.cost("""
            input %q : f32[2,4,16,8]
            input %k : f32[2,4,16,8]
            input %v : f32[2,4,16,8]
            kernel %y = tiles %q, %k, %v {tiles=2} : f32[2,4,16,8] {
              input %q : f32[2,4,16,8]
              input %k : f32[2,4,16,8]
              input %v : f32[2,4,16,8]
              %s = dot %q, %k {batch=[[0,1],[0,1]], contract=[[3],[3]]} : f32[2,4,16,16]
              %e = exp %s : f32[2,4,16,16]
              %t = reduce %e {kind=sum, axes=[3]} : f32[2,4,16]
              %b = broadcast %t {axes=[0,1,2]} : f32[2,4,16,16]
              %p = divide %e, %b : f32[2,4,16,16]
              %y = dot %p, %v {batch=[[0,1],[0,1]], contract=[[3],[2]]} : f32[2,4,16,8]
              output y = %y
            }
            output y = %y
            """, tasks: 8)
        // Two samples, four heads, sixteen rows and columns.
        let scores = 2048.0
        #expect(cost.products == .tiles)
        #expect(cost.multiplyAdds == scores * 16)
        // An exponential, a sum and a quotient.
        #expect(cost.elementOperations == scores * 10)
        // Three operands and the result, of 1024 elements each.
        #expect(cost.bytes == 4 * 4096.0)
        // Five values are written in each of eight tiles.
        #expect(cost.starts == 40 && cost.tasks == 8)
    }

    @Test func onlyWhatIsReadCounts() throws {
        let cost = try Self.cost("""
            input %x : f32[100]
            view %y = %x : f32[10,10]
            kernel %z = pointwise %x, %y : f32[10,10] {
              input %x : f32[100]
              input %y : f32[10,10]
              %part = slice %x {starts=[0], limits=[10], strides=[1]} : f32[10]
              %rows = broadcast %part {axes=[1]} : f32[10,10]
              %z = add %rows, %y : f32[10,10]
              output z = %z
            }
            output z = %z
            """)
        // Both operands are the same hundred elements.
        #expect(cost.bytes == 800)
        let part = try Self.cost("""
            input %x : f32[100]
            kernel %z = pointwise %x : f32[10] {
              input %x : f32[100]
              %part = slice %x {starts=[0], limits=[10], strides=[1]} : f32[10]
              %z = negate %part : f32[10]
              output z = %z
            }
            output z = %z
            """)
        #expect(part.bytes == 80 && part.elementOperations == 10)
    }

    @Test func hugeLoopsAreOnlyLargeNumbers() throws {
        var body = "%y = negate %x : f32[4]"
        for _ in 0..<4 {
            body = """
                %y = scan %x {count=1048576, carried=1, scanned=0, reverse=false} : f32[4] {
                  input %x : f32[4]
                  \(body)
                  output x = %y
                }
                """
        }
        let cost = try Self.cost("""
            input %x : f32[4]
            kernel %y = loop %x : f32[4] {
              input %x : f32[4]
              \(body)
              output y = %y
            }
            output y = %y
            """)
        #expect(cost.elementOperations == 4 * 0x1p80)
        #expect(MachineRates.avx512.seconds(cost, entryBytes: 32).isFinite)
    }

    // MARK: Seconds

    @Test func secondsAreArithmeticOrBytes() throws {
        var rates = MachineRates.avx512
        (rates.step, rates.loopStart, rates.tileStart, rates.libraryCall) = (1, 0, 2, 3)
        (rates.libraryProducts, rates.tileProducts, rates.loopProducts, rates.additions) = (100, 50, 10, 20)
        (rates.cacheBytes, rates.cacheBandwidth, rates.memoryBandwidth) = (1000, 100, 10)
        var cost = KernelCost(copying: 400)
        #expect(rates.seconds(cost, entryBytes: 1000) == 9)
        #expect(rates.seconds(cost, entryBytes: 1001) == 81)
        (cost.bytes, cost.multiplyAdds, cost.elementOperations) = (100, 1000, 100)
        #expect(rates.seconds(cost, entryBytes: 0) == 106)
        cost.products = .tiles
        #expect(rates.seconds(cost, entryBytes: 0) == 28)
        cost.products = .library
        #expect(rates.seconds(cost, entryBytes: 0) == 19)
    }

    @Test func everyStepHasACost() throws {
        for sample in try PassTests.samples() {
            let entry = try PlanCompiler().compile([sample.graph]).entries[0]
            #expect(Set(entry.program.steps.map(\.kernel)) == Set(entry.costs.keys), "\(sample)")
            for step in entry.program.steps { #expect(entry.costs[step.kernel]?.tasks == step.tasks, "\(sample)") }
        }
    }
}
