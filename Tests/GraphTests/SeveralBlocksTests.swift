import Graph
import Testing

/// Files that hold several graphs or kernel graphs, as plans keep them.
@Suite struct SeveralBlocksTests {
    private static let numbers = Constant.dense((0..<40).map(Double.init))

    private static func graph(_ name: String, _ constants: [Constant]) throws -> Graph {
        var builder = GraphBuilder(name: name)
        for (number, constant) in constants.enumerated() {
            let value = try builder.add(.constant(TensorType(.f64, [40]), constant), [], "c\(number)")
            builder.output("y\(number)", value)
        }
        return builder.graph
    }

    @Test func graphsComeBackAndShareConstants() throws {
        let other = Constant.dense((0..<40).map { Double($0) / 3 })
        let graphs = try [
            Self.graph("a", [Self.numbers]), Self.graph("not used", []), Self.graph("größe", [other, Self.numbers]),
        ]
        let text = Graph.text(of: graphs)
        #expect(try GraphParser.parseAll(text, file: "printed") == graphs)
        #expect(text.split(separator: "\n").count { $0.hasPrefix("blob ") } == 2)
        #expect(Graph.text(of: [graphs[0]]) == graphs[0].text)
        #expect(throws: Diagnostic.self) { try GraphParser.parse(text, file: "printed") }
    }

    @Test func kernelGraphsComeBackAndShareConstants() throws {
        var kernels = try KernelGraph.parse(TestFiles.read("Tests/Golden/levels/train.kernels.dg"), file: "train")
        let body = try Self.graph("", [Self.numbers])
        let tensor = TensorID(kernels.tensors.count)
        kernels.tensors.append(
            KernelGraph.Tensor(name: "constant", type: TensorType(.f64, [40]), origin: .kernel(kernels.kernels.count)))
        kernels.kernels.append(
            KernelGraph.Kernel(name: "constant", form: .pointwise, operands: [], results: [tensor], body: body))
        var again = kernels
        again.name = "again"
        let text = KernelGraph.text(of: [kernels, again])
        #expect(try KernelGraph.parseAll(text, file: "printed") == [kernels, again])
        #expect(text.split(separator: "\n").count { $0.hasPrefix("blob ") } == 1)
    }

    @Test func emptyFilesComeBack() throws {
        #expect(try GraphParser.parseAll(Graph.text(of: []), file: "none") == [])
        #expect(try KernelGraph.parseAll(KernelGraph.text(of: []), file: "none") == [])
    }

    @Test(arguments: [
        ("graph @a {\n}\ngraph @a {\n}\n", "text.redefined", 4),
        ("graph @a {\n}\nblob @b = \"\"\ngraph @c {\n}\n", "text.expected", 5),
        ("graph @a {\n}\nprogram @b {\n}\n", "text.expected", 4),
        ("graph @a {\n}\ngraph {\n}\n", "text.expected", 4),
    ]) func otherFilesAreRefused(_ lines: String, _ id: String, _ line: Int) throws {
        for level in ["graph", "kernels"] {
            let text = "dg 1 \(level)\n" + lines.replacing("graph", with: level)
            let error = #expect(throws: Diagnostic.self) {
                if level == "graph" {
                    _ = try GraphParser.parseAll(text, file: "sample")
                } else {
                    _ = try KernelGraph.parseAll(text, file: "sample")
                }
            }
            #expect(error?.id == id && error?.location?.line == line, "\(text)")
        }
    }
}
