/// C code that every plan begins with: numeric functions that vectorise, the generator, and the kernel interface.
enum CPrelude {
    static let text = """
        #include <string.h>
        #include <math.h>
        #include <time.h>
        #ifdef _OPENMP
        extern int omp_get_thread_num(void);
        extern int omp_get_num_threads(void);
        #endif

        #define DG_ROW_MAJOR 101
        #define DG_PLAIN 111
        #define DG_TRANSPOSED 112
        #ifdef __clang__
        #define DG_VECTORIZE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
        #else
        #define DG_VECTORIZE _Pragma("GCC ivdep")
        #endif
        #define DG_INLINE static inline __attribute__((always_inline, unused))

        /* Matrix products with the signature of cblas_sgemm and cblas_dgemm. */
        typedef struct {
            void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
            void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
        } dg_blas;

        static __thread unsigned char *dg_thread_scratch;

        typedef void (*dg_kernel)(void *const *, const dg_blas *, long, long);
        typedef struct { unsigned region; unsigned long offset; } dg_slice;
        typedef struct { dg_kernel run; unsigned first, count, epoch; long tasks; } dg_step;
        typedef struct { const dg_step *steps; unsigned count; const dg_slice *slices; } dg_entry;

        DG_INLINE long dg_min_long(long a, long b) { return a < b ? a : b; }
        DG_INLINE long dg_clamp(long k, long count) { return k < 0 ? 0 : k < count ? k : count - 1; }
        DG_INLINE float dg_max(float a, float b) { return (a != a) | (a > b) ? a : b; }
        DG_INLINE float dg_min(float a, float b) { return (a != a) | (a < b) ? a : b; }
        DG_INLINE double dg_max_f64(double a, double b) { return (a != a) | (a > b) ? a : b; }
        DG_INLINE double dg_min_f64(double a, double b) { return (a != a) | (a < b) ? a : b; }
        DG_INLINE float dg_sign(float a) { return a > 0 ? 1.0f : a < 0 ? -1.0f : a; }
        DG_INLINE double dg_sign_f64(double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : a; }
        DG_INLINE int dg_to_int(double a)
        {
            return a != a ? 0 : a >= 2147483647.0 ? 2147483647 : a <= -2147483648.0 ? -2147483647 - 1 : (int)a;
        }
        DG_INLINE int dg_bits(float a) { int r; memcpy(&r, &a, 4); return r; }
        DG_INLINE float dg_float(int a) { float r; memcpy(&r, &a, 4); return r; }

        /* e^x to 1 ulp or so: n = round(x / ln 2) by adding 1.5 * 2^23, a polynomial on the rest (Cephes), and the power of
           two in two factors so that results below the normal range round once. NaN passes through. */
        DG_INLINE float dg_exp(float x)
        {
            x = x > 89.0f ? 89.0f : x;
            x = x < -104.0f ? -104.0f : x;
            const float shifted = x * 1.44269504088896341f + 12582912.0f;
            const float n = shifted - 12582912.0f;
            const int whole = dg_bits(shifted) - 0x4B400000;
            float r = x - n * 0.693359375f;
            r = r + n * 2.12194440e-4f;
            float y = 1.9875691500e-4f;
            y = y * r + 1.3981999507e-3f;
            y = y * r + 8.3334519073e-3f;
            y = y * r + 4.1665795894e-2f;
            y = y * r + 1.6666665459e-1f;
            y = y * r + 5.0000001201e-1f;
            y = y * (r * r) + r + 1.0f;
            const int half = whole >> 1;
            return y * dg_float((half + 127) << 23) * dg_float((whole - half + 127) << 23);
        }

        /* The natural logarithm: exponent and mantissa around sqrt(1/2), then a polynomial (Cephes). */
        DG_INLINE float dg_log(float a)
        {
            const int tiny = a < 1.17549435e-38f;
            const float scaled = tiny ? a * 8388608.0f : a;
            const int bits = dg_bits(scaled);
            int exponent = (bits >> 23) - 126 - (tiny ? 23 : 0);
            float m = dg_float((bits & 0x007FFFFF) | 0x3F000000);
            const int low = m < 0.707106781186547524f;
            exponent -= low;
            m = (low ? m + m : m) - 1.0f;
            const float z = m * m;
            float y = 7.0376836292e-2f;
            y = y * m - 1.1514610310e-1f;
            y = y * m + 1.1676998740e-1f;
            y = y * m - 1.2420140846e-1f;
            y = y * m + 1.4249322787e-1f;
            y = y * m - 1.6668057665e-1f;
            y = y * m + 2.0000714765e-1f;
            y = y * m - 2.4999993993e-1f;
            y = y * m + 3.3333331174e-1f;
            const float e = (float)exponent;
            y = y * m * z + e * -2.12194440e-4f - 0.5f * z;
            const float result = m + y + e * 0.693359375f;
            const float special = a == 0.0f ? -__builtin_inff() : a < 0.0f ? __builtin_nanf("") : a;
            return (a > 0.0f) & (a < __builtin_inff()) ? result : special;
        }

        DG_INLINE float dg_tanh(float a)
        {
            const float x = __builtin_fabsf(a);
            const float z = a * a;
            float p = -5.70498872745e-3f;
            p = p * z + 2.06390887954e-2f;
            p = p * z - 5.37397155531e-2f;
            p = p * z + 1.33314422036e-1f;
            p = p * z - 3.33332819422e-1f;
            const float near = p * z * a + a;
            const float far = 1.0f - 2.0f / (dg_exp(x + x) + 1.0f);
            return __builtin_copysignf(x < 0.625f ? near : far, a);
        }
        DG_INLINE float dg_logistic(float a) { return 1.0f / (1.0f + dg_exp(-a)); }
        DG_INLINE float dg_pow(float a, float b) { return (float)pow((double)a, (double)b); }

        /* Philox 4x32-10 (Salmon et al., SC 2011): a 24-bit uniform number as a function of key, stream and position. */
        DG_INLINE float dg_uniform(int key0, int key1, unsigned stream, unsigned long position)
        {
            const unsigned long block = (position >> 6) << 4 | (position & 15);
            unsigned c0 = (unsigned)block, c1 = stream, c2 = (unsigned)(block >> 32), c3 = 0;
            unsigned k0 = (unsigned)key0, k1 = (unsigned)key1;
            for (int round = 0; round < 10; ++round) {
                const unsigned long p0 = 0xD2511F53ul * c0, p1 = 0xCD9E8D57ul * c2;
                c0 = (unsigned)(p1 >> 32) ^ c1 ^ k0;
                c1 = (unsigned)p1;
                c2 = (unsigned)(p0 >> 32) ^ c3 ^ k1;
                c3 = (unsigned)p0;
                k0 += 0x9E3779B9u;
                k1 += 0xBB67AE85u;
            }
            const unsigned lane = (position >> 4) & 3;
            const unsigned word = lane == 0 ? c0 : lane == 1 ? c1 : lane == 2 ? c2 : c3;
            return (float)(int)(word >> 8) * 5.9604644775390625e-8f;
        }

        typedef unsigned long dg_u8 __attribute__((vector_size(64)));
        typedef unsigned dg_u16 __attribute__((vector_size(64)));
        typedef int dg_s16 __attribute__((vector_size(64)));
        typedef float dg_f16 __attribute__((vector_size(64), aligned(4)));

        /* The 64 numbers of one group of positions: 16 blocks side by side, all four words of each. The 32-bit lanes are
           multiplied as the even and the odd halves of eight 64-bit lanes. */
        static __attribute__((noinline, unused)) void dg_uniform_group(float *draws, unsigned long group, unsigned k0, unsigned k1,
                                                                       unsigned stream)
        {
            const unsigned first = (unsigned)(group << 4);
            dg_u16 c0 = (dg_u16){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} | first;
            dg_u16 c1 = (dg_u16){0} + stream, c2 = (dg_u16){0} + (unsigned)(group >> 28), c3 = {0};
            const unsigned long low = 0xFFFFFFFFul;
            for (int round = 0; round < 10; ++round) {
                const dg_u8 even0 = ((dg_u8)c0 & low) * 0xD2511F53ul, odd0 = ((dg_u8)c0 >> 32) * 0xD2511F53ul;
                const dg_u8 even1 = ((dg_u8)c2 & low) * 0xCD9E8D57ul, odd1 = ((dg_u8)c2 >> 32) * 0xCD9E8D57ul;
                c0 = (dg_u16)((even1 >> 32) | (odd1 & ~low)) ^ c1 ^ k0;
                c1 = (dg_u16)((even1 & low) | (odd1 << 32));
                c2 = (dg_u16)((even0 >> 32) | (odd0 & ~low)) ^ c3 ^ k1;
                c3 = (dg_u16)((even0 & low) | (odd0 << 32));
                k0 += 0x9E3779B9u;
                k1 += 0xBB67AE85u;
            }
            const dg_u16 words[4] = {c0, c1, c2, c3};
            for (int w = 0; w < 4; ++w)
                *(dg_f16 *)(draws + 16*w) = __builtin_convertvector((dg_s16)(words[w] >> 8), dg_f16) * 5.9604644775390625e-8f;
        }

        /* dg_uniform for neighbouring positions. */
        static __attribute__((unused)) void dg_uniform_row(float *out, long count, int key0, int key1, unsigned stream,
                                                           unsigned long position)
        {
            long done = 0;
            while (done < count) {
                const unsigned long next = position + (unsigned long)done;
                const long skip = (long)(next & 63);
                const long taken = dg_min_long(64 - skip, count - done);
                if (taken == 64) {
                    dg_uniform_group(out + done, next >> 6, (unsigned)key0, (unsigned)key1, stream);
                } else {
                    float draws[64];
                    dg_uniform_group(draws, next >> 6, (unsigned)key0, (unsigned)key1, stream);
                    for (long j = 0; j < taken; ++j) out[done + j] = draws[skip + j];
                }
                done += taken;
            }
        }

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

        /* Rows of `packed` hold `columns` numbers and zeros up to `width`. */
        DG_INLINE void dg_pack(float *packed, const long width, const float *b, const long depth, const long depth_stride,
                               const long columns, const long column_stride)
        {
            for (long j = 0; j < columns; ++j)
                for (long k = 0; k < depth; ++k) packed[k*width + j] = b[k*depth_stride + j*column_stride];
            for (long k = 0; k < depth; ++k)
                for (long j = columns; j < width; ++j) packed[k*width + j] = 0;
        }

        /* ROWS x VECTORS accumulators in registers; every size is a constant once this is inlined. With ADD they start from c. */
        #define DG_DEFINE_PRODUCT(W) \\
        DG_INLINE void dg_panel_##W(const int ADD, const int ROWS, const int VECTORS, float *c, const long c_row, \\
                                    const float *a, const long a_row, const long a_depth, const float *b, \\
                                    const long b_depth, const long columns, const long depth) \\
        { \\
            dg_v##W sum[12][4]; \\
            _Pragma("unroll") for (int r = 0; r < ROWS; ++r) \\
                _Pragma("unroll") for (int v = 0; v < VECTORS; ++v) { \\
                    sum[r][v] = (dg_v##W){0}; \\
                    if (ADD) memcpy(&sum[r][v], c + r*c_row + W*v, 4 * (unsigned long)dg_min_long(W, columns - W*v)); \\
                } \\
            for (long k = 0; k < depth; ++k) { \\
                dg_v##W right[4]; \\
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
        /* c = a b, or c += a b with ADD, for one tile; b has rows of whole vectors, and BLOCK rows of c are made at once. */ \\
        DG_INLINE void dg_tile_product_##W(const int ADD, const int BLOCK, float *c, const long c_row, const float *a, \\
                                           const long a_row, const long a_depth, const float *b, const long b_depth, \\
                                           const long rows, const long columns, const long depth) \\
        { \\
            long j = 0; \\
            for (; j + 4*W <= columns + W - 1; j += 4*W) \\
                dg_columns_##W(ADD, 4, BLOCK, c + j, c_row, a, a_row, a_depth, b + j, b_depth, rows, columns - j, depth); \\
            const int rest = columns > j ? (int)((columns - j + W - 1) / W) : 0; \\
            if (rest) \\
                dg_columns_##W(ADD, rest, BLOCK, c + j, c_row, a, a_row, a_depth, b + j, b_depth, rows, columns - j, depth); \\
        }
        DG_DEFINE_PRODUCT(8)
        DG_DEFINE_PRODUCT(16)


        """

    /// The team loop: all threads walk the steps of an entry; a barrier stands where the epoch changes.
    static let runner = """
        static double dg_now(void)
        {
            struct timespec t;
            clock_gettime(CLOCK_MONOTONIC, &t);
            return t.tv_sec + 1e-9 * t.tv_nsec;
        }

        /* With `times`, the start and end of every step in seconds, for each thread. */
        static void dg_walk(const dg_entry *entry, unsigned char *const *regions, const dg_blas *blas, int thread, int threads,
                            double *times)
        {
            dg_thread_scratch = regions[5] + (unsigned long)DG_THREAD_SCRATCH * (unsigned)thread;
            if (times) times += 2 * (unsigned long)entry->count * (unsigned)thread;
            unsigned epoch = 0;
            for (unsigned index = 0; index < entry->count; ++index) {
                const dg_step *step = &entry->steps[index];
                if (step->epoch != epoch) {
                    epoch = step->epoch;
        #ifdef _OPENMP
        #pragma omp barrier
        #endif
                }
                /* Neighbouring steps start with different threads, so that single tasks spread. */
                const int share = (int)((thread + index) % (unsigned)threads);
                const long begin = step->tasks * share / threads, end = step->tasks * (share + 1) / threads;
                if (times) times[2 * index] = times[2 * index + 1] = dg_now();
                if (begin == end) continue;
                void *pointers[DG_MAXIMUM_SLICES];
                for (unsigned k = 0; k < step->count; ++k) {
                    const dg_slice slice = entry->slices[step->first + k];
                    pointers[k] = regions[slice.region] + slice.offset;
                }
                step->run(pointers, blas, begin, end);
                if (times) times[2 * index + 1] = dg_now();
            }
        }

        int dg_run(unsigned number, unsigned char *const *regions, const dg_blas *blas, int threads, double *times)
        {
            if (number >= sizeof dg_entries / sizeof dg_entries[0]) return 1;
            const dg_entry *entry = &dg_entries[number];
        #ifdef _OPENMP
            if (threads > 1) {
        #pragma omp parallel num_threads(threads)
                dg_walk(entry, regions, blas, omp_get_thread_num(), omp_get_num_threads(), times);
                return 0;
            }
        #endif
            (void)threads;
            dg_walk(entry, regions, blas, 0, 1, times);
            return 0;
        }

        unsigned dg_abi_version(void) { return 1; }
        unsigned long dg_thread_scratch_bytes(void) { return DG_THREAD_SCRATCH; }

        """
}
