import Graph

extension ValueLife {
    /// Follows a value by its name from pass to pass.
    struct Trace {
        /// The name that it has by now.
        var value: String
        /// The loop that it is computed in.
        var loop: String?
        var isGone = false
        var events: [Event] = []

        init(value: String) {
            self.value = value
        }

        // MARK: Graph passes

        /// How a graph defines the value; bodies of loops have names of their own, which only count if nothing outside has it.
        mutating func find(in graph: Graph) -> String? {
            if let found = Self.definition(of: value, in: graph) { return found }
            for node in graph.nodes {
                guard case .scan(let scan) = node.op, let found = Self.definition(of: value, in: scan.body) else { continue }
                loop = graph.name(of: node.results[0])
                return found
            }
            return nil
        }

        mutating func follow(_ pass: String, _ before: Graph, _ after: Graph) {
            switch (definition(in: before), definition(in: after)) {
            case (nil, nil):
                // It may be the first time that there is such a value, at the top or in a loop.
                guard events.isEmpty, let new = find(in: after) else { return }
                events.append(Event(pass: pass, kind: .created, value: value, text: new))
            case (nil, let new?):
                isGone = false
                events.append(Event(pass: pass, kind: .created, value: value, text: new))
            case (let old?, let new?) where old != new:
                events.append(Event(pass: pass, kind: .rewritten, value: value, text: "\(old) → \(new)"))
            case (.some, nil):
                leave(pass, before, after)
            case (.some, .some):
                break
            }
        }

        private mutating func leave(_ pass: String, _ before: Graph, _ after: Graph) {
            if loop != nil, let outside = Self.definition(of: value, in: after) {
                loop = nil
                events.append(Event(pass: pass, kind: .rewritten, value: value, text: "moved out of the loop: \(outside)"))
            } else if let next = replacement(graph(before), graph(after)) {
                let text = "its readers read \(NameText.value(next)) instead"
                events.append(Event(pass: pass, kind: .replaced, value: value, text: text))
                value = next
            } else {
                events.append(Event(pass: pass, kind: .removed, value: value, text: "nothing reads it any more"))
                isGone = true
            }
        }

        private func definition(in graph: Graph) -> String? {
            self.graph(graph).flatMap { Self.definition(of: value, in: $0) }
        }

        /// The graph or body that the value is in.
        private func graph(_ whole: Graph) -> Graph? {
            guard let loop else { return whole }
            for node in whole.nodes {
                if case .scan(let scan) = node.op, whole.name(of: node.results[0]) == loop { return scan.body }
            }
            return nil
        }

        private static func definition(of value: String, in graph: Graph) -> String? {
            graph.values.firstIndex { $0.name == value }.map { graph.definition(of: ValueID($0)) }
        }

        /// What most of the value's readers, known by their names, read in its place.
        private func replacement(_ before: Graph?, _ after: Graph?) -> String? {
            guard let before, let after, let old = before.values.firstIndex(where: { $0.name == value }) else { return nil }
            let places = Dictionary(after.values.map { ($0.name, $0) }) { first, _ in first }
            var votes: [String: Int] = [:]
            for node in before.nodes {
                guard let slot = node.operands.firstIndex(of: ValueID(old)),
                    let reader = places[before.name(of: node.results[0])], case .node(let id, _) = reader.definition,
                    after.node(id).operands.count == node.operands.count
                else { continue }
                votes[after.name(of: after.node(id).operands[slot]), default: 0] += 1
            }
            for output in before.outputs where output.value == ValueID(old) {
                if let other = after.output(named: output.name) { votes[after.name(of: other.value), default: 0] += 1 }
            }
            return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }

        // MARK: Kernel passes

        mutating func place(_ pass: String, _ before: KernelGraph?, _ after: KernelGraph) {
            guard !isGone else { return }
            let new = KernelPlacement(of: value, in: after)
            // That a kernel grew around it is no news of the value.
            func identity(_ placement: KernelPlacement) -> [String] {
                [placement.storage.rawValue] + placement.kernels.flatMap { [$0.name, $0.form] }
            }
            if let before, identity(KernelPlacement(of: value, in: before)) == identity(new) { return }
            events.append(Event(pass: pass, kind: .placed, value: value, text: new.text))
        }
    }
}
