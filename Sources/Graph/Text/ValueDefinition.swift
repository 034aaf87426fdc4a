extension Graph {
    /// The line that defines a value, without a loop's body and with long constants cut short.
    package func definition(of value: ValueID) -> String {
        let type = "\(type(of: value))"
        guard let node = definingNode(of: value) else {
            let role = inputs.first { $0.value == value }?.role ?? .data
            return "input" + (role == .data ? "" : " (\(role.rawValue))") + " : \(type)"
        }
        let operands = node.operands.map { NameText.value(name(of: $0)) }.joined(separator: ", ")
        let attributes = node.op.attributes.map { "\($0.name)=\($0.value.summary)" }.joined(separator: ", ")
        return node.op.spelling + (operands.isEmpty ? "" : " \(operands)") + (attributes.isEmpty ? "" : " {\(attributes)}")
            + " : \(type)"
    }
}

