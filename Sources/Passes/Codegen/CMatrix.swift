import Graph

/// C functions of linear algebra on one matrix: they read f32 or f64, compute in double in the thread's scratch memory, and
/// round once.
///
/// Inner loops run along rows, so that they vectorise without another order of additions.
enum CMatrix {
    /// The functions of an operation, what they call first.
    static func functions(_ op: MatrixOp, _ type: ElementType) -> [CFunction] {
        let own = CFunction(name: name(op, type), parameters: parameters(op, type), body: body(op, CSource.type(type)))
        switch op {
        case .cholesky, .triangularSolve, .triangularSolveTransposed: return [own]
        case .squareRoot, .sylvester: return CEigenvalues.functions + [own]
        }
    }

    static func name(_ op: MatrixOp, _ type: ElementType) -> String { "dg_\(op.rawValue)_\(type.rawValue)" }

    /// How many doubles of scratch memory an operation needs for matrices of `extent` rows and `columns` columns.
    static func workspace(_ op: MatrixOp, extent: Int, columns: Int) -> Int {
        switch op {
        case .cholesky, .triangularSolve, .triangularSolveTransposed: extent * columns
        case .squareRoot: 2 * extent * extent + CEigenvalues.vectors * extent
        case .sylvester: 3 * extent * extent + (CEigenvalues.vectors + 1) * extent
        }
    }

    private static func parameters(_ op: MatrixOp, _ type: ElementType) -> String {
        let element = CSource.type(type)
        let operands = (["a", "b"].prefix(op.operandCount)).map { ", const \(element) *restrict \($0)" }.joined()
        return "(\(element) *restrict x\(operands), const long d, const long n, double *restrict w)"
    }

    private static func body(_ op: MatrixOp, _ element: String) -> String {
        switch op {
        case .cholesky: cholesky(element)
        case .triangularSolve: substitution(element, first: "i = 0; i < d; ++i", others: "j = 0; j < i; ++j", factor: "a[i*d + j]")
        case .triangularSolveTransposed:
            substitution(element, first: "i = d - 1; i >= 0; --i", others: "j = i + 1; j < d; ++j", factor: "a[j*d + i]")
        case .squareRoot: squareRoot(element)
        case .sylvester: sylvester(element)
        }
    }

    private static let loadSymmetric = """
            for (long i = 0; i < d; ++i)
                for (long j = 0; j < d; ++j) w[i*d + j] = 0.5*((double)a[i*d + j] + (double)a[j*d + i]);
        """

    /// Row k of the factor's transpose, then its outer product off what is left.
    private static func cholesky(_ element: String) -> String {
        """
        {
            (void)n;
        \(loadSymmetric)
            for (long k = 0; k < d; ++k) {
                double *const row = w + k*d;
                if (!(row[k] > 0)) {
                    for (long i = 0; i < d*d; ++i) x[i] = (\(element))__builtin_nan("");
                    return;
                }
                const double root = __builtin_sqrt(row[k]);
                row[k] = root;
                for (long j = k + 1; j < d; ++j) row[j] /= root;
                for (long i = k + 1; i < d; ++i) {
                    double *const rest = w + i*d;
                    const double factor = row[i];
                    DG_VECTORIZE
                    for (long j = i; j < d; ++j) rest[j] -= factor*row[j];
                }
            }
            for (long i = 0; i < d; ++i)
                for (long j = 0; j < d; ++j) x[i*d + j] = j <= i ? (\(element))w[j*d + i] : 0;
        }

        """
    }

    private static func substitution(_ element: String, first: String, others: String, factor: String) -> String {
        """
        {
            for (long \(first)) {
                double *const row = w + i*n;
                DG_VECTORIZE
                for (long c = 0; c < n; ++c) row[c] = b[i*n + c];
                for (long \(others)) {
                    const double factor = \(factor), *const known = w + j*n;
                    DG_VECTORIZE
                    for (long c = 0; c < n; ++c) row[c] -= factor*known[c];
                }
                const double pivot = a[i*d + i];
                for (long c = 0; c < n; ++c) row[c] /= pivot;
            }
            for (long i = 0; i < d*n; ++i) x[i] = (\(element))w[i];
        }

        """
    }

    /// The eigenvectors are the rows of r: s = rᵀ √λ r.
    private static func squareRoot(_ element: String) -> String {
        """
        {
            (void)n;
            double *const r = w + d*d, *const values = r + d*d;
        \(loadSymmetric)
            int failed = 0;
            if (d > 0) dg_eigenvalues(w, r, values, d, &failed);
            double largest = 0;
            for (long k = 0; k < d; ++k) largest = dg_max_f64(largest, __builtin_fabs(values[k]));
            for (long k = 0; k < d; ++k) failed |= !(values[k] >= -2.220446049250313e-16*d*largest);
            if (failed) {
                for (long i = 0; i < d*d; ++i) x[i] = (\(element))__builtin_nan("");
                return;
            }
            for (long i = 0; i < d*d; ++i) w[i] = 0;
            for (long k = 0; k < d; ++k) {
                const double root = values[k] > 0 ? __builtin_sqrt(values[k]) : 0, *const vector = r + k*d;
                for (long i = 0; i < d; ++i) {
                    double *const row = w + i*d;
                    const double factor = root*vector[i];
                    DG_VECTORIZE
                    for (long j = 0; j < d; ++j) row[j] += factor*vector[j];
                }
            }
            for (long i = 0; i < d*d; ++i) x[i] = (\(element))w[i];
        }

        """
    }

    /// x = rᵀ z r with z = (r c rᵀ) / (λᵢ + λⱼ); `turned` is rᵀ.
    private static func sylvester(_ element: String) -> String {
        """
        {
            (void)n;
            double *const r = w + d*d, *const y = r + d*d, *const values = y + d*d, *const line = values + \(CEigenvalues.vectors)*d;
        \(loadSymmetric)
            int failed = 0;
            if (d > 0) dg_eigenvalues(w, r, values, d, &failed);
            if (failed) {
                for (long i = 0; i < d*d; ++i) x[i] = (\(element))__builtin_nan("");
                return;
            }
            double *const turned = w;
            for (long i = 0; i < d; ++i)
                for (long j = 0; j < d; ++j) turned[i*d + j] = r[j*d + i];
            for (long k = 0; k < d; ++k) {
                for (long j = 0; j < d; ++j) line[j] = 0;
                for (long i = 0; i < d; ++i) {
                    const double factor = r[k*d + i];
                    DG_VECTORIZE
                    for (long j = 0; j < d; ++j) line[j] += factor*(double)b[i*d + j];
                }
                double *const row = y + k*d;
                for (long j = 0; j < d; ++j) row[j] = 0;
                for (long i = 0; i < d; ++i) {
                    const double factor = line[i], *const vector = turned + i*d;
                    DG_VECTORIZE
                    for (long j = 0; j < d; ++j) row[j] += factor*vector[j];
                }
                for (long j = 0; j < d; ++j) line[j] = row[j]/(values[k] + values[j]);
                for (long j = 0; j < d; ++j) row[j] = 0;
                for (long i = 0; i < d; ++i) {
                    const double factor = line[i], *const vector = r + i*d;
                    DG_VECTORIZE
                    for (long j = 0; j < d; ++j) row[j] += factor*vector[j];
                }
            }
            for (long i = 0; i < d; ++i) {
                for (long j = 0; j < d; ++j) line[j] = 0;
                for (long k = 0; k < d; ++k) {
                    const double factor = turned[i*d + k], *const row = y + k*d;
                    DG_VECTORIZE
                    for (long j = 0; j < d; ++j) line[j] += factor*row[j];
                }
                for (long j = 0; j < d; ++j) x[i*d + j] = (\(element))line[j];
            }
        }

        """
    }
}
