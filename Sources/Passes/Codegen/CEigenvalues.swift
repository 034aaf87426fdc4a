/// C code for eigenvalues of symmetric matrices: reflections make the matrix tridiagonal, then rotations with implicit shifts
/// make it diagonal (G. Golub and C. Van Loan, Matrix Computations, sections 8.3.1 and 8.3.3).
enum CEigenvalues {
    /// How many vectors of scratch memory lie behind `values`, those included.
    static let vectors = 4

    static let functions = [tridiagonal, eigenvalues]

    /// a, symmetric, becomes the reflections' vectors; r their product, transposed; with the diagonal and what is beside it.
    private static let tridiagonal = CFunction(
        name: "dg_tridiagonal",
        parameters: "(double *restrict a, double *restrict r, double *restrict diagonal, double *restrict beside, "
            + "double *restrict p, double *restrict scale, const long d)",
        body: """
            {
                for (long k = 0; k < d; ++k) {
                    double *const v = a + k*d;
                    diagonal[k] = v[k];
                    scale[k] = 0;
                    if (k + 1 == d) break;
                    double squares = 0;
                    for (long j = k + 2; j < d; ++j) squares += v[j]*v[j];
                    beside[k] = v[k + 1];
                    if (squares == 0) continue;
                    const double norm = __builtin_sqrt(v[k + 1]*v[k + 1] + squares);
                    beside[k] = v[k + 1] > 0 ? -norm : norm;
                    v[k + 1] -= beside[k];
                    const double beta = scale[k] = 2/(v[k + 1]*v[k + 1] + squares);
                    for (long j = k + 1; j < d; ++j) p[j] = 0;
                    for (long i = k + 1; i < d; ++i) {
                        const double factor = beta*v[i], *const row = a + i*d;
                        DG_VECTORIZE
                        for (long j = k + 1; j < d; ++j) p[j] += factor*row[j];
                    }
                    double inner = 0;
                    for (long j = k + 1; j < d; ++j) inner += p[j]*v[j];
                    inner *= 0.5*beta;
                    for (long j = k + 1; j < d; ++j) p[j] -= inner*v[j];
                    for (long i = k + 1; i < d; ++i) {
                        double *const row = a + i*d;
                        const double first = v[i], second = p[i];
                        DG_VECTORIZE
                        for (long j = k + 1; j < d; ++j) row[j] -= first*p[j] + second*v[j];
                    }
                }
                for (long i = 0; i < d*d; ++i) r[i] = i/d == i%d;
                for (long k = d - 3; k >= 0; --k) {
                    const double *const v = a + k*d;
                    for (long j = k + 1; j < d; ++j) p[j] = 0;
                    for (long i = k + 1; i < d; ++i) {
                        const double factor = scale[k]*v[i], *const row = r + i*d;
                        DG_VECTORIZE
                        for (long j = k + 1; j < d; ++j) p[j] += factor*row[j];
                    }
                    for (long i = k + 1; i < d; ++i) {
                        double *const row = r + i*d;
                        const double factor = v[i];
                        DG_VECTORIZE
                        for (long j = k + 1; j < d; ++j) row[j] -= factor*p[j];
                    }
                }
                for (long i = 0; i < d; ++i)
                    for (long j = 0; j < i; ++j) {
                        const double turned = r[i*d + j];
                        r[i*d + j] = r[j*d + i];
                        r[j*d + i] = turned;
                    }
            }

            """)

    /// The eigenvalues of a, which is overwritten, and an eigenvector in each row of r; fails where there is no convergence, as
    /// with NaN.
    private static let eigenvalues = CFunction(
        name: "dg_eigenvalues",
        parameters: "(double *restrict a, double *restrict r, double *restrict values, const long d, int *restrict failed)",
        body: """
            {
                double *const beside = values + d;
                dg_tridiagonal(a, r, values, beside, values + 2*d, values + 3*d, d);
                beside[d - 1] = 0;
                *failed = 0;
                for (long first = 0; first < d; ++first)
                    for (int round = 0;; ++round) {
                        long last = first;
                        while (last < d - 1) {
                            const double size = __builtin_fabs(values[last]) + __builtin_fabs(values[last + 1]);
                            if (__builtin_fabs(beside[last]) <= 2.220446049250313e-16*size + 2.2250738585072014e-308) break;
                            ++last;
                        }
                        if (last == first) break;
                        if (round == 60) {
                            *failed = 1;
                            return;
                        }
                        double g = (values[first + 1] - values[first])/(2*beside[first]);
                        double length = __builtin_sqrt(g*g + 1);
                        g = values[last] - values[first] + beside[first]/(g + __builtin_copysign(length, g));
                        double sine = 1, cosine = 1, shift = 0;
                        long i = last - 1;
                        for (; i >= first; --i) {
                            const double f = sine*beside[i], b = cosine*beside[i];
                            length = __builtin_sqrt(f*f + g*g);
                            beside[i + 1] = length;
                            if (length == 0) {
                                values[i + 1] -= shift;
                                beside[last] = 0;
                                break;
                            }
                            sine = f/length;
                            cosine = g/length;
                            g = values[i + 1] - shift;
                            length = (values[i] - g)*sine + 2*cosine*b;
                            shift = sine*length;
                            values[i + 1] = g + shift;
                            g = cosine*length - b;
                            double *const upper = r + i*d, *const lower = upper + d;
                            DG_VECTORIZE
                            for (long j = 0; j < d; ++j) {
                                const double u = upper[j], l = lower[j];
                                lower[j] = sine*u + cosine*l;
                                upper[j] = cosine*u - sine*l;
                            }
                        }
                        if (i >= first) continue;
                        values[first] -= shift;
                        beside[first] = g;
                        beside[last] = 0;
                    }
            }

            """)
}
