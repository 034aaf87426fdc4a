/// Whether an operation's result may or must share memory with an operand.
///
/// The memory planner works on storages, the sets of values that share memory; this fact is what it builds them from.
public enum AliasClass: Hashable, Sendable {
    /// The result has memory of its own.
    case fresh
    /// The result is the operand's memory under another shape; no code runs.
    case view(operand: Int)
    /// Element `i` of the result needs only element `i` of these operands, so it may take their memory at their last use.
    case mayReuse
}
