import Graph
import Testing

@Suite struct KernelTextTests {
    static let files = ["train", "forms"]

    static func golden(_ file: String) throws -> String {
        try TestFiles.read("Tests/Golden/levels/\(file).kernels.dg")
    }

    @Test(arguments: files) func filesComeBackToTheByte(_ file: String) throws {
        let text = try Self.golden(file)
        let kernels = try KernelGraph.parse(text, file: file)
        try KernelGraphVerifier.verify(kernels)
        #expect(kernels.text == text)
        #expect(try KernelGraph.parse(kernels.text, file: file) == kernels)
    }

    @Test func tensorsAreNumberedInTheOrderOfLines() throws {
        let kernels = try KernelGraph.parse(try Self.golden("forms"), file: "forms")
        let names = kernels.tensors.map(\.name)
        #expect(names[5...] == [
            "table", "noise", "noise.flat", "noise.rows", "sum", "product", "table/rows", "last", "all", "empty",
        ])
        #expect(kernels.tensors[8].origin == .view(TensorID(7)))
        #expect(kernels.storage(of: TensorID(8)) == TensorID(6))
        #expect(kernels.tensors[13].origin == .kernel(5))
        #expect(kernels.kernels[1].name == "the noise")
        #expect(kernels.outputs[0].updates == 3)
        #expect(kernels.decisions[0].reason == "because \"x\" is small")
    }

    /// A kernel graph as fusion makes it, with a body that has a name of its own.
    @Test func builtKernelGraphComesBack() throws {
        let type = TensorType(.f32, [2])
        var body = GraphBuilder(name: "copy")
        let source = body.input("source", type)
        body.output("copy", try body.append(.stopGradient, [source], names: ["copy"])[0])
        var kernels = KernelGraph(name: "größe")
        kernels.tensors = [
            KernelGraph.Tensor(name: "//", type: type, origin: .input(0)),
            KernelGraph.Tensor(name: "a\n\"b\"", type: type, origin: .kernel(0)),
        ]
        kernels.inputs = [KernelGraph.Input(tensor: TensorID(0), role: .parameter)]
        kernels.kernels = [
            KernelGraph.Kernel(
                name: "copy of //", form: .pointwise, operands: [TensorID(0)], results: [TensorID(1)], body: body.graph)
        ]
        kernels.outputs = [KernelGraph.Output(name: "//", tensor: TensorID(1), updates: 0)]
        kernels.decisions = [FusionDecision(value: "%", outcome: .view, reason: "\\ \u{1}")]
        try KernelGraphVerifier.verify(kernels)
        #expect(try KernelGraph.parse(kernels.text, file: "printed") == kernels)
        #expect(kernels.text.contains(#"kernel %"a\n\"b\"" = pointwise %// {name=@"copy of //"} : f32[2] {"#))
        #expect(kernels.text.contains(#"output "//" = %"a\n\"b\"" updates %//"#))
    }

    @Test func layoutIsFree() throws {
        let text = """
            // first
            dg 1   kernels

             kernels @k{
            input %a :f32[2] // comment
            kernel %b=pointwise %a { name=@b }:f32[ 2 ]{

              input %a : f32[2]
              %b=exp %a :f32[2]
              output b=%b
            }
            output "b"=%b
            }
            """
        let canonical = """
            dg 1 kernels

            kernels @k {
              input %a : f32[2]
              kernel %b = pointwise %a : f32[2] {
                input %a : f32[2]
                %b = exp %a : f32[2]
                output b = %b
              }
              output b = %b
            }

            """
        #expect(try KernelGraph.parse(text, file: "free").text == canonical)
    }

    @Test func emptyKernelGraphComesBack() throws {
        let kernels = KernelGraph(name: "none")
        try KernelGraphVerifier.verify(kernels)
        #expect(kernels.text == "dg 1 kernels\n\nkernels @none {\n}\n")
        #expect(try KernelGraph.parse(kernels.text, file: "none") == kernels)
    }

    /// As deep as graphs may nest, although a kernel's body stands in another block.
    @Test func bodiesNestAsDeepAsGraphs() throws {
        func nested(_ depth: Int) -> String {
            let scan = "scan %a {count=1, carried=1, scanned=0, reverse=false} : f32[] {\ninput %a : f32[]\n"
            let last = String(repeating: "output a = %y\n}\n", count: depth)
            return "dg 1 kernels\nkernels @deep {\ninput %a : f32[]\nkernel %y = loop %a : f32[] {\ninput %a : f32[]\n"
                + String(repeating: "%y = \(scan)", count: depth) + "%y = exp %a : f32[]\noutput a = %y\n}\n" + last + "}\n"
        }
        let kernels = try KernelGraph.parse(nested(16), file: "deep")
        try KernelGraphVerifier.verify(kernels)
        #expect(try KernelGraph.parse(kernels.text, file: "deep") == kernels)
        #expect(throws: Diagnostic.self) { try KernelGraph.parse(nested(17), file: "deep") }
    }
}

/// Damaged texts: the parser may refuse them or read them, but must come back, and what it reads is sound.
@Suite struct KernelTextDamageTests {
    private func survive(_ text: String) {
        do throws(Diagnostic) {
            let kernels = try KernelGraph.parse(text, file: "damaged")
            #expect(throws: Never.self, "\(text)") { try KernelGraphVerifier.verify(kernels) }
            #expect((try? KernelGraph.parse(kernels.text, file: "printed")) == kernels, "\(text)")
        } catch {
            #expect(error.location != nil, "\(error)")
        }
    }

    @Test(arguments: KernelTextTests.files) func truncated(_ file: String) throws {
        for text in DamagedText.truncations(try KernelTextTests.golden(file)) { survive(text) }
    }

    @Test(arguments: KernelTextTests.files) func lines(_ file: String) throws {
        let text = try KernelTextTests.golden(file)
        let others = ["}", "{", "  input %q : f32[2]", "  view %q = %x : f32[9]", "blob @blob0 = \"\"", "kernel"]
        for text in DamagedText.lines(text, others: others) { survive(text) }
    }

    @Test(arguments: KernelTextTests.files) func words(_ file: String) throws {
        let others = [
            "9223372036854775807", "-1", "x", "%", "\"", "[", "{", "=", ",", "loop", "updates", "f64", "//",
        ]
        for text in DamagedText.words(try KernelTextTests.golden(file), others: others) { survive(text) }
    }
}
