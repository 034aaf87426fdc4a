import Data
import Foundation
import Graph

extension ReplayBundle {
    private enum SectionName: String, CaseIterable {
        case description = "description.json"
        case specification = "source.json"
        case sourceGraph = "source.dg"
        case graph = "graph.dg"
        case kernels = "kernels.dg"
        case program = "program.dg"
        /// A binary file as text, so that the bundle is text.
        case inputs = "inputs.safetensors.base64"
    }

    /// Reads a bundle.
    ///
    /// - Throws: `replay.header`, `replay.section`, `replay.description`, `replay.missing`, and what is wrong with the file.
    public init(path: String) throws(Diagnostic) {
        let text = try SectionedText(TextFile.read(path: path), file: path, names: SectionName.allCases.map(\.rawValue))
        func section(_ name: SectionName) -> String? { text[name.rawValue] }
        func missing(_ what: String) -> Diagnostic {
            Diagnostic("replay.missing", path, "the bundle lacks a section", expected: what)
        }
        guard let json = section(.description) else { throw missing(SectionName.description.rawValue) }
        description = try ReplayDescription(json: json, file: path)
        if let specification = section(.specification) {
            source = .specification(specification)
        } else if let graph = section(.sourceGraph) {
            source = .graph(graph)
        } else {
            throw missing("\(SectionName.specification.rawValue) or \(SectionName.sourceGraph.rawValue)")
        }
        let found = [SectionName.graph, .kernels, .program].compactMap(section)
        guard found.isEmpty || found.count == 3 else { throw missing("all stages or none") }
        stages = found.isEmpty ? nil : Stages(graph: found[0], kernels: found[1], program: found[2])
        if let encoded = section(.inputs) {
            guard let bytes = Foundation.Data(base64Encoded: encoded, options: .ignoreUnknownCharacters) else {
                throw Diagnostic("replay.inputs", path, "the inputs are not encoded as they should be", expected: "base64")
            }
            inputs = Array(bytes)
        }
    }

    /// Writes the bundle whole or not at all.
    public func write(to path: String) throws(Diagnostic) {
        var text = SectionedText()
        text.append(SectionName.description.rawValue, try descriptionJSON())
        switch source {
        case .specification(let specification): text.append(SectionName.specification.rawValue, specification)
        case .graph(let graph): text.append(SectionName.sourceGraph.rawValue, graph)
        }
        if let stages {
            text.append(SectionName.graph.rawValue, stages.graph)
            text.append(SectionName.kernels.rawValue, stages.kernels)
            text.append(SectionName.program.rawValue, stages.program)
        }
        if let inputs {
            let encoded = Foundation.Data(inputs).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
            text.append(SectionName.inputs.rawValue, encoded)
        }
        try AtomicFile.write(Array(text.text.utf8), to: path)
    }

    /// Writes every part as a file into a folder.
    public func extract(to folder: String) throws(Diagnostic) {
        var files: [(SectionName, String)] = [(.description, try descriptionJSON())]
        switch source {
        case .specification(let text): files.append((.specification, text))
        case .graph(let text): files.append((.sourceGraph, text))
        }
        if let stages { files += [(.graph, stages.graph), (.kernels, stages.kernels), (.program, stages.program)] }
        for (name, text) in files { try AtomicFile.write(Array(text.utf8), to: "\(folder)/\(name.rawValue)") }
    }

    private func descriptionJSON() throws(Diagnostic) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(description), as: UTF8.self) + "\n"
        } catch {
            throw Diagnostic("replay.write", description.name, "the description cannot be written: \(error)", kind: .compilerBug)
        }
    }
}
