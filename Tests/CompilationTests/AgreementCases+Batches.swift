import Graph

/// Layers that treat every sample of a batch alike, and sums over the batch of what they compute.
extension AgreementCase {
    static func batches() throws -> [AgreementCase] {
        let shapes = [
            // Batch, steps, width, heads: whole samples per tile, also where no number of tasks divides them and where rows
            // are not whole vectors; then samples of few steps, which run in parts of the batch.
            (8, 6, 16, 4), (7, 5, 20, 2), (24, 9, 32, 4), (13, 17, 12, 1), (32, 1, 48, 4), (12, 2, 16, 2), (9, 3, 10, 5), (11, 1, 8, 2),
        ]
        return try shapes.flatMap { batch, steps, width, heads in
            try [layer(batch, steps, width, heads), hidden(batch, steps, width), vectors(batch, width)]
        }
    }

    private static func batched(_ name: String, _ body: String) throws -> AgreementCase {
        var example = try AgreementCase(name, body)
        example.tolerance = 2e-5
        return example
    }

    /// Attention with dropout, its projections, a residual, a layer norm, and gradients towards shared weights.
    static func layer(_ batch: Int, _ steps: Int, _ width: Int, _ heads: Int) throws -> AgreementCase {
        let (b, t, d, h, e) = (batch, steps, width, heads, width / heads)
        return try batched(
            "attention layer \([batch, steps, width, heads])",
            """
            input %x : f32[\(b),\(t),\(d)]
            input %in : f32[\(3 * d),\(d)]
            input %bias : f32[\(d)]
            input %out : f32[\(d),\(d)]
            input %key : i32[2]
            %wq = slice %in {starts=[0,0], limits=[\(d),\(d)], strides=[1,1]} : f32[\(d),\(d)]
            %wk = slice %in {starts=[\(d),0], limits=[\(2 * d),\(d)], strides=[1,1]} : f32[\(d),\(d)]
            %wv = slice %in {starts=[\(2 * d),0], limits=[\(3 * d),\(d)], strides=[1,1]} : f32[\(d),\(d)]
            %q.product = dot %x, %wq {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(d)]
            %bias.all = broadcast %bias {axes=[2]} : f32[\(b),\(t),\(d)]
            %q = add %q.product, %bias.all : f32[\(b),\(t),\(d)]
            %k = dot %x, %wk {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(d)]
            %v = dot %x, %wv {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(d)]
            %q.heads = reshape %q : f32[\(b),\(t),\(h),\(e)]
            %k.heads = reshape %k : f32[\(b),\(t),\(h),\(e)]
            %v.heads = reshape %v : f32[\(b),\(t),\(h),\(e)]
            %scores = dot %q.heads, %k.heads {batch=[[0,2],[0,2]], contract=[[3],[3]]} : f32[\(b),\(h),\(t),\(t)]
            %max = reduce %scores {kind=maximum, axes=[3]} : f32[\(b),\(h),\(t)]
            %max.all = broadcast %max {axes=[0,1,2]} : f32[\(b),\(h),\(t),\(t)]
            %shifted = subtract %scores, %max.all : f32[\(b),\(h),\(t),\(t)]
            %exp = exp %shifted : f32[\(b),\(h),\(t),\(t)]
            %sum = reduce %exp {kind=sum, axes=[3]} : f32[\(b),\(h),\(t)]
            %sum.all = broadcast %sum {axes=[0,1,2]} : f32[\(b),\(h),\(t),\(t)]
            %probability = divide %exp, %sum.all : f32[\(b),\(h),\(t),\(t)]
            %uniform = random_uniform %key {stream=5} : f32[\(b),\(h),\(t),\(t)]
            %rate = constant {value=0.25} : f32[\(b),\(h),\(t),\(t)]
            %keep = compare %uniform, %rate {kind=ge} : bool[\(b),\(h),\(t),\(t)]
            %zero = constant {value=0.0} : f32[\(b),\(h),\(t),\(t)]
            %kept = select %keep, %probability, %zero : f32[\(b),\(h),\(t),\(t)]
            %attended = dot %kept, %v.heads {batch=[[0,1],[0,2]], contract=[[3],[1]]} : f32[\(b),\(h),\(t),\(e)]
            %by_step = transpose %attended {permutation=[0,2,1,3]} : f32[\(b),\(t),\(h),\(e)]
            %joined = reshape %by_step : f32[\(b),\(t),\(d)]
            %projected = dot %joined, %out {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(d)]
            %residual = add %x, %projected : f32[\(b),\(t),\(d)]
            %total = reduce %residual {kind=sum, axes=[2]} : f32[\(b),\(t)]
            %total.all = broadcast %total {axes=[0,1]} : f32[\(b),\(t),\(d)]
            %y = subtract %residual, %total.all : f32[\(b),\(t),\(d)]
            %dout = dot %y, %joined {batch=[[],[]], contract=[[0,1],[0,1]]} : f32[\(d),\(d)]
            %dbias = reduce %y {kind=sum, axes=[0,1]} : f32[\(d)]
            %scaled = multiply %y, %residual : f32[\(b),\(t),\(d)]
            %dscale = reduce %scaled {kind=sum, axes=[0,1]} : f32[\(d)]
            %pooled = reduce %y {kind=sum, axes=[1]} : f32[\(b),\(d)]
            output y = %y
            output dout = %dout
            output dbias = %dbias
            output dscale = %dscale
            output pooled = %pooled
            """)
    }

    /// Two matrix products with an activation between them, and sums that are read again.
    private static func hidden(_ batch: Int, _ steps: Int, _ width: Int) throws -> AgreementCase {
        let (b, t, d, n) = (batch, steps, width, 3 * width)
        return try batched(
            "hidden layer \([batch, steps, width])",
            """
            input %x : f32[\(b),\(t),\(d)]
            input %w : f32[\(n),\(d)]
            input %u : f32[\(d),\(n)]
            input %key : i32[2]
            %hidden = dot %x, %w {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(n)]
            %zero = constant {value=0.0} : f32[\(b),\(t),\(n)]
            %relu = maximum %hidden, %zero : f32[\(b),\(t),\(n)]
            %uniform = random_uniform %key {stream=9} : f32[\(b),\(t),\(n)]
            %kept = multiply %relu, %uniform : f32[\(b),\(t),\(n)]
            %y = dot %kept, %u {batch=[[],[]], contract=[[2],[1]]} : f32[\(b),\(t),\(d)]
            %dw = dot %y, %kept {batch=[[],[]], contract=[[0,1],[0,1]]} : f32[\(d),\(n)]
            %back = dot %y, %dw {batch=[[],[]], contract=[[2],[0]]} : f32[\(b),\(t),\(n)]
            %dx = dot %back, %w {batch=[[],[]], contract=[[2],[0]]} : f32[\(b),\(t),\(d)]
            %db = reduce %back {kind=sum, axes=[0,1]} : f32[\(n)]
            %largest = reduce %dx {kind=maximum, axes=[0]} : f32[\(t),\(d)]
            output dx = %dx
            output db = %db
            output largest = %largest
            """)
    }

    /// Samples that are single rows, with a product of all pairs between two products of rows.
    private static func vectors(_ batch: Int, _ width: Int) throws -> AgreementCase {
        let (b, d) = (batch, width)
        return try batched(
            "vectors \([batch, width])",
            """
            input %x : f32[\(b),\(d)]
            input %w : f32[\(d),\(d)]
            %y = dot %x, %w {batch=[[],[]], contract=[[1],[1]]} : f32[\(b),\(d)]
            %z = tanh %y : f32[\(b),\(d)]
            %norm2 = multiply %z, %z : f32[\(b),\(d)]
            %norm = reduce %norm2 {kind=sum, axes=[1]} : f32[\(b)]
            %pairs = dot %z, %z {batch=[[],[]], contract=[[1],[1]]} : f32[\(b),\(b)]
            %norm.all = broadcast %norm {axes=[0]} : f32[\(b),\(b)]
            %ratio = subtract %pairs, %norm.all : f32[\(b),\(b)]
            %mixed = dot %ratio, %z {batch=[[],[]], contract=[[1],[0]]} : f32[\(b),\(d)]
            %last = dot %mixed, %w {batch=[[],[]], contract=[[1],[0]]} : f32[\(b),\(d)]
            %dw = dot %last, %z {batch=[[],[]], contract=[[0],[0]]} : f32[\(d),\(d)]
            output last = %last
            output dw = %dw
            """)
    }
}
