/// C functions of tiles: reductions of rows, packing, and matrix products in registers.
enum CTile {
    static let text = """
        typedef float dg_v4 __attribute__((vector_size(16), aligned(4)));
        typedef int dg_i16 __attribute__((vector_size(64), aligned(4)));
        typedef float dg_v8 __attribute__((vector_size(32), aligned(4)));
        typedef float dg_v16 __attribute__((vector_size(64), aligned(4)));

        /* Partial results of a reduction, a multiple of 16, combined in a fixed order. */
        DG_INLINE float dg_sum_lanes(const float *lanes, const int count)
        {
            dg_v16 a = *(const dg_v16 *)lanes;
            for (int j = 16; j < count; j += 16) a += *(const dg_v16 *)(lanes + j);
            const dg_v8 b = __builtin_shufflevector(a, a, 0, 1, 2, 3, 4, 5, 6, 7)
                + __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15);
            const dg_v4 c = __builtin_shufflevector(b, b, 0, 1, 2, 3) + __builtin_shufflevector(b, b, 4, 5, 6, 7);
            return (c[0] + c[2]) + (c[1] + c[3]);
        }
        DG_INLINE dg_v16 dg_max_v16(dg_v16 a, dg_v16 b)
        {
            const dg_i16 first = (dg_i16)(a > b) | (dg_i16)(a != a);
            return (dg_v16)((first & (dg_i16)a) | (~first & (dg_i16)b));
        }
        DG_INLINE float dg_max_lanes(const float *lanes, const int count)
        {
            dg_v16 a = *(const dg_v16 *)lanes;
            for (int j = 16; j < count; j += 16) a = dg_max_v16(a, *(const dg_v16 *)(lanes + j));
            a = dg_max_v16(a, __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
            a = dg_max_v16(a, __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15));
            a = dg_max_v16(a, __builtin_shufflevector(a, a, 2, 3, 0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
            return dg_max(a[0], a[1]);
        }

        /* The larger of two numbers where neither is NaN. */
        DG_INLINE dg_v16 dg_larger_v16(dg_v16 a, dg_v16 b)
        {
            const dg_i16 first = (dg_i16)(a > b);
            return (dg_v16)((first & (dg_i16)a) | (~first & (dg_i16)b));
        }
        /* The maximum of a row of at least 16 numbers. NaN is found by its bits, which costs less than comparisons on the way. */
        DG_INLINE float dg_row_max(const float *row, const long count)
        {
            const long vectors = count / 16;
            dg_v16 a = *(const dg_v16 *)(row + count - 16), b = a;
            dg_u16 magnitude = (dg_u16)a & 0x7FFFFFFFu;
            for (long v = 0; v < vectors; ++v) {
                const dg_v16 x = *(const dg_v16 *)(row + 16*v);
                if (v & 1) b = dg_larger_v16(x, b);
                else a = dg_larger_v16(x, a);
                const dg_u16 y = (dg_u16)x & 0x7FFFFFFFu, larger = (dg_u16)(y > magnitude);
                magnitude = (larger & y) | (~larger & magnitude);
            }
            a = dg_larger_v16(a, b);
            a = dg_larger_v16(a, __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
            a = dg_larger_v16(a, __builtin_shufflevector(a, a, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
            a = dg_larger_v16(a, __builtin_shufflevector(a, a, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
            a = dg_larger_v16(a, __builtin_shufflevector(a, a, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
            const dg_i16 nan = (dg_i16)(magnitude > 0x7F800000u);
            int found = 0;
            for (int j = 0; j < 16; ++j) found |= nan[j];
            return found ? __builtin_nanf("") : a[0];
        }

        /* Swaps between two vectors what lies off the diagonal of blocks of 1, 2, 4 or 8 lanes. */
        DG_INLINE void dg_swap_lanes(const int BLOCK, dg_v16 *a, dg_v16 *b)
        {
            const dg_v16 x = *a, y = *b;
            if (BLOCK == 1) {
                *a = __builtin_shufflevector(x, y, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                *b = __builtin_shufflevector(x, y, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
            } else if (BLOCK == 2) {
                *a = __builtin_shufflevector(x, y, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
                *b = __builtin_shufflevector(x, y, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
            } else if (BLOCK == 4) {
                *a = __builtin_shufflevector(x, y, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
                *b = __builtin_shufflevector(x, y, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
            } else {
                *a = __builtin_shufflevector(x, y, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
                *b = __builtin_shufflevector(x, y, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
            }
        }

        /* Transposes DEPTH <= 8 neighbours of each of 16 columns. */
        DG_INLINE void dg_transpose_block(const int DEPTH, float *packed, const long width, const float *b, const long stride,
                                          const long columns)
        {
            dg_v16 x[8];
            _Pragma("unroll") for (int r = 0; r < 8; ++r) {
                x[r] = (dg_v16){0};
                if (r < columns) memcpy(&x[r], b + r*stride, 4 * DEPTH);
                if (r + 8 < columns) memcpy((float *)&x[r] + 8, b + (r + 8)*stride, 4 * DEPTH);
            }
            _Pragma("unroll") for (int r = 0; r < 8; r += 2) dg_swap_lanes(1, &x[r], &x[r + 1]);
            _Pragma("unroll") for (int r = 0; r < 8; ++r) if (!(r & 2)) dg_swap_lanes(2, &x[r], &x[r + 2]);
            _Pragma("unroll") for (int r = 0; r < 4; ++r) dg_swap_lanes(4, &x[r], &x[r + 4]);
            _Pragma("unroll") for (int r = 0; r < DEPTH; ++r) *(dg_v16 *)(packed + r*width) = x[r];
        }

        /* Rows of `packed` hold `columns` numbers and zeros up to `width`. */
        DG_INLINE void dg_pack(float *packed, const long width, const float *b, const long depth, const long depth_stride,
                               const long columns, const long column_stride)
        {
            if (column_stride == 1) {
                for (long k = 0; k < depth; ++k) {
                    memcpy(packed + k*width, b + k*depth_stride, 4 * (unsigned long)columns);
                    for (long j = columns; j < width; ++j) packed[k*width + j] = 0;
                }
            } else if (depth_stride == 1 && width % 16 == 0) {
                for (long j = 0; j < width; j += 16) {
                    long k = 0;
                    for (; k + 8 <= depth; k += 8)
                        dg_transpose_block(8, packed + k*width + j, width, b + j*column_stride + k, column_stride, columns - j);
                    if (k < depth)
                        dg_transpose_block((int)(depth % 8), packed + k*width + j, width, b + j*column_stride + k, column_stride,
                                           columns - j);
                }
            } else {
                for (long j = 0; j < columns; ++j)
                    for (long k = 0; k < depth; ++k) packed[k*width + j] = b[k*depth_stride + j*column_stride];
                for (long k = 0; k < depth; ++k)
                    for (long j = columns; j < width; ++j) packed[k*width + j] = 0;
            }
        }

        /* How many rows of a product are made at once, where each takes some registers: enough to hide the latency of a multiplication,
           few enough for the accumulators to stay in registers, and with as few passes and as small a rest as possible. */
        DG_INLINE int dg_row_block(const long rows, const long registers)
        {
            const long fitting = DG_REGISTERS * 3 / 4 / registers, most = dg_min_long(fitting, 12);
            const long passes = (rows + most - 1) / most;
            return passes ? (int)((rows + passes - 1) / passes) : 1;
        }

        /* ROWS x VECTORS accumulators in registers; every size is a constant once this is inlined. With ADD they start from c. */
        #define DG_DEFINE_PRODUCT(W) \\
        DG_INLINE void dg_panel_##W(const int ADD, const int ROWS, const int VECTORS, float *c, const long c_row, \\
                                    const float *a, const long a_row, const long a_depth, const float *b, \\
                                    const long b_depth, const long columns, const long depth) \\
        { \\
            dg_v##W sum[12][DG_PANEL(W)]; \\
            _Pragma("unroll") for (int r = 0; r < ROWS; ++r) \\
                _Pragma("unroll") for (int v = 0; v < VECTORS; ++v) { \\
                    sum[r][v] = (dg_v##W){0}; \\
                    if (ADD) memcpy(&sum[r][v], c + r*c_row + W*v, 4 * (unsigned long)dg_min_long(W, columns - W*v)); \\
                } \\
            for (long k = 0; k < depth; ++k) { \\
                dg_v##W right[DG_PANEL(W)]; \\
                _Pragma("unroll") for (int v = 0; v < VECTORS; ++v) right[v] = *(const dg_v##W *)(b + k*b_depth + W*v); \\
                _Pragma("unroll") for (int r = 0; r < ROWS; ++r) { \\
                    const float left = a[r*a_row + k*a_depth]; \\
                    _Pragma("unroll") for (int v = 0; v < VECTORS; ++v) sum[r][v] = left * right[v] + sum[r][v]; \\
                } \\
            } \\
            _Pragma("unroll") for (int r = 0; r < ROWS; ++r) \\
                _Pragma("unroll") for (int v = 0; v < VECTORS; ++v) \\
                    memcpy(c + r*c_row + W*v, &sum[r][v], 4 * (unsigned long)dg_min_long(W, columns - W*v)); \\
        } \\
        DG_INLINE void dg_columns_##W(const int ADD, const int VECTORS, const int BLOCK, float *c, const long c_row, \\
                                      const float *a, const long a_row, const long a_depth, const float *b, \\
                                      const long b_depth, const long rows, const long columns, const long depth) \\
        { \\
            long i = 0; \\
            for (; i + BLOCK <= rows; i += BLOCK) \\
                dg_panel_##W(ADD, BLOCK, VECTORS, c + i*c_row, c_row, a + i*a_row, a_row, a_depth, b, b_depth, columns, depth); \\
            const int rest = (int)(rows % BLOCK); \\
            if (rest) \\
                dg_panel_##W(ADD, rest, VECTORS, c + i*c_row, c_row, a + i*a_row, a_row, a_depth, b, b_depth, columns, depth); \\
        } \\
        /* c = a b, or c += a b with ADD, for one tile; b has rows of whole vectors. */ \\
        DG_INLINE void dg_tile_product_##W(const int ADD, float *c, const long c_row, const float *a, const long a_row, \\
                                           const long a_depth, const float *b, const long b_depth, const long rows, \\
                                           const long columns, const long depth) \\
        { \\
            /* Whole panels store whole vectors: a size that the compiler does not know would be a call of memcpy. */ \\
            const long whole = columns / (DG_PANEL(W)*W) * (DG_PANEL(W)*W); \\
            for (long j = 0; j < whole; j += DG_PANEL(W)*W) \\
                dg_columns_##W(ADD, DG_PANEL(W), dg_row_block(rows, DG_PANEL(W)*DG_PARTS(W)), c + j, c_row, a, a_row, a_depth, \\
                               b + j, b_depth, rows, DG_PANEL(W)*W, depth); \\
            const long rest = columns - whole, vectors = (rest + W - 1) / W; \\
            if (rest) \\
                dg_columns_##W(ADD, vectors, dg_row_block(rows, vectors*DG_PARTS(W)), c + whole, c_row, a, a_row, a_depth, \\
                               b + whole, b_depth, rows, rest, depth); \\
        }
        DG_DEFINE_PRODUCT(8)
        DG_DEFINE_PRODUCT(16)

        /* c = a b for few columns, where the rows of a run along the depth: sums in vectors along the depth, of 16 elements of c at
           once. `packed` holds b transposed in COLUMNS rows of whole vectors, zero past the depth and past its columns. */
        DG_INLINE void dg_tile_dots(const int COLUMNS, float *c, const long c_row, const float *a, const long a_row,
                                    const float *packed, const long rows, const long columns, const long depth)
        {
            enum { lanes = 16, together = DG_REGISTERS / 2 / DG_PARTS(16) };
            const long width = (depth + 15) / 16 * 16, whole = depth / 16 * 16;
            const int ROWS = lanes / COLUMNS;
            for (long i = 0; i < rows; i += ROWS) {
                dg_v16 sum[16];
                _Pragma("unroll") for (int s = 0; s < 16; ++s) sum[s] = (dg_v16){0};
                /* As many sums at once as stay in registers. */
                _Pragma("unroll") for (int first = 0; first < 16; first += together) {
                    for (long k = 0; k < whole; k += 16)
                        _Pragma("unroll") for (int s = first; s < first + together; ++s) {
                            const dg_v16 left = *(const dg_v16 *)(a + dg_min_long(i + s / COLUMNS, rows - 1)*a_row + k);
                            sum[s] = left * *(const dg_v16 *)(packed + s % COLUMNS * width + k) + sum[s];
                        }
                    if (whole < depth)
                        _Pragma("unroll") for (int s = first; s < first + together; ++s) {
                            dg_v16 left = {0};
                            memcpy(&left, a + dg_min_long(i + s / COLUMNS, rows - 1)*a_row + whole,
                                   4 * (unsigned long)(depth - whole));
                            sum[s] = left * *(const dg_v16 *)(packed + s % COLUMNS * width + whole) + sum[s];
                        }
                }
                /* Halves are added until lane s holds the sum of vector s. */
                _Pragma("unroll") for (int s = 0; s < 8; ++s) { dg_swap_lanes(8, &sum[s], &sum[s + 8]); sum[s] += sum[s + 8]; }
                _Pragma("unroll") for (int s = 0; s < 4; ++s) { dg_swap_lanes(4, &sum[s], &sum[s + 4]); sum[s] += sum[s + 4]; }
                _Pragma("unroll") for (int s = 0; s < 2; ++s) { dg_swap_lanes(2, &sum[s], &sum[s + 2]); sum[s] += sum[s + 2]; }
                dg_swap_lanes(1, &sum[0], &sum[1]);
                sum[0] += sum[1];
                if (c_row == COLUMNS && columns == COLUMNS && i + ROWS <= rows) *(dg_v16 *)(c + i*c_row) = sum[0];
                else
                    _Pragma("unroll") for (int r = 0; r < ROWS; ++r)
                        if (i + r < rows) memcpy(c + (i + r)*c_row, (const float *)&sum[0] + r*COLUMNS, 4 * (unsigned long)columns);
            }
        }


        """
}
