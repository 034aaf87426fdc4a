import Graph

/// What would change a decision about fusion, for those who ask why.
///
/// The reasons themselves stand where the decisions are taken; here is what follows from them. They start with these words.
public enum FusionAdvice {
    /// Nil where nothing has to be changed, as the value is computed where it is read.
    public static func text(for decision: FusionDecision) -> String? {
        guard decision.outcome == .materialized, !decision.reason.hasPrefix("part of") else { return nil }
        return rules.first { decision.reason.contains($0.words) }?.advice
            ?? decision.pass.map { "other limits of the pass \($0); leaving it out (--disable \($0)) only makes more kernels" }
    }

    private static let rules: [(words: String, advice: String)] = [
        (
            "is not an expression over single elements",
            "no rewriting of its readers: such operations write their result; the passes tile and batch can keep it in a "
                + "thread's scratch memory if its readers work on the same tiles"
        ),
        ("the graph returns it", "not returning it: outputs have memory of their own"),
        ("a view that the graph returns is copied", "returning its operand instead"),
        ("a loop reads it in every iteration", "computing it inside the loop's body, once for every iteration"),
        ("a view needs its operand's memory", "removing the reshape between it and its readers"),
        ("reads it from memory", "another reader: this operation adds into its result and reads whole tensors"),
        ("gather reads it at computed places", "gathering rows before computing on them"),
        ("a broadcast would compute it many times", "broadcasting what it is computed from, where that is cheap"),
        ("overlapping windows would compute it many times", "windows that do not overlap, or computing it behind the windows"),
        ("the generator reads its key from memory", "passing the key as an input"),
        (
            "a matrix product cannot read it with strides",
            "moving the transposition or slice to the product's other side or behind it"
        ),
        (
            "faster from memory of its own",
            "nothing that would be faster by the cost model: reading with strides costs more than the copy"
        ),
        ("a matrix product", "reading it by one large product instead of many elements or small matrices"),
        (
            "kernels read it and computing it costs",
            "fewer readers, or a cheaper expression: a cheap one is computed again by each reader"
        ),
        ("the kernel is large enough", "nothing but a smaller expression: code of one kernel is bounded"),
        ("reads a result elsewhere or through a view", "readers that read the same elements in the same order"),
        ("would have to wait", "nothing: joined, that kernel would start later than it does"),
        ("could not be updated in place", "nothing: joined, a parameter or moment would need a copy"),
        ("the loop is large enough", "nothing but smaller bodies: registers are bounded"),
        ("more than", "fewer results that others need"),
        ("rows are short", "longer rows: a loop over few elements is not worth joining"),
        ("it is another attention", "nothing: one attention per kernel keeps layers equal, which then share their code"),
        ("needs it early, too", "no other reader before the tiled kernel: then it would not have to be computed outside"),
        ("it is computed again for other readers", "--disable rematerialize, at the price of memory"),
        ("a result of parts is a view", "not returning it, or samples of four rows or more"),
        ("it does not treat every sample alike", "operations that keep the batch as their first axis"),
        (
            "its form does not run sample by sample",
            "a product by a matrix that all samples share, or an expression; smaller values per sample"
        ),
        ("it reads the sum", "nothing: a sum over the batch is known only after all tiles"),
        ("across tiles", "reading only what belongs to the same sample (or the same head)"),
        ("reads this sum", "nothing: a sum over the batch is known only after all tiles"),
        ("what lies between them is outside", "whatever keeps the kernels between them out; ask for one of those"),
        ("its batch cannot be cut into parts", "operations that keep the batch as their first axis"),
        ("stays in the cache", "larger matrices: small ones are not worth blocks"),
        ("do not divide into blocks", "a number of rows with a divisor that fits the cache"),
        ("are not computed in blocks", "f32 or f64"),
        ("the graph returns pairs", "returning a sum of them instead"),
        ("reads pairs in another order", "reading the pairs row by row"),
    ]
}
