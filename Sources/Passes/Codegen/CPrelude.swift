/// C code that every plan begins with: the kernel interface, numeric functions that vectorise, the generator, and tiles.
enum CPrelude {
    static let text = numeric + CRandom.text + CTile.text

    private static let numeric = """
        #include <string.h>
        #include <math.h>
        #include <time.h>
        /* The thread sanitizer does not see how the OpenMP runtime orders threads: they say it themselves where they meet. */
        #ifdef __has_feature
        #if __has_feature(thread_sanitizer)
        extern void __tsan_acquire(void *), __tsan_release(void *);
        static char dg_meeting;
        #define DG_LEAVE __tsan_release(&dg_meeting);
        #define DG_ENTER __tsan_acquire(&dg_meeting);
        #endif
        #endif
        #ifndef DG_LEAVE
        #define DG_LEAVE
        #define DG_ENTER
        #endif
        #ifdef _OPENMP
        extern int omp_get_thread_num(void);
        extern int omp_get_num_threads(void);
        #ifndef DG_BARRIER
        #define DG_BARRIER DG_LEAVE _Pragma("omp barrier") DG_ENTER
        #endif
        #else
        #define DG_BARRIER
        #endif

        #define DG_ROW_MAJOR 101
        #define DG_PLAIN 111
        #define DG_TRANSPOSED 112
        #ifdef __clang__
        #define DG_VECTORIZE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")
        #define DG_KEEP_LOOP _Pragma("clang loop unroll(disable)")
        #else
        #define DG_VECTORIZE _Pragma("GCC ivdep")
        #define DG_KEEP_LOOP _Pragma("GCC unroll 1")
        #endif
        #define DG_INLINE static inline __attribute__((always_inline, unused))

        /* How many floats a vector register holds, and how many there are. */
        #if defined __AVX512F__
        #define DG_LANES 16
        #define DG_REGISTERS 32
        #elif defined __AVX__
        #define DG_LANES 8
        #define DG_REGISTERS 16
        #elif defined __aarch64__
        #define DG_LANES 4
        #define DG_REGISTERS 32
        #else
        #define DG_LANES 4
        #define DG_REGISTERS 16
        #endif
        /* The registers that a vector of W floats takes, and how many such vectors a panel of a product is wide. */
        #define DG_PARTS(W) (W > DG_LANES ? W / DG_LANES : 1)
        #define DG_PANEL(W) (DG_REGISTERS / 8 > DG_PARTS(W) ? DG_REGISTERS / 8 / DG_PARTS(W) : 1)

        /* Matrix products with the signature of cblas_sgemm and cblas_dgemm. */
        typedef struct {
            void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
            void (*dgemm)(int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
        } dg_blas;

        /* Shared by the parts that the file may be compiled in. */
        extern __thread unsigned char *dg_thread_scratch __attribute__((visibility("hidden")));

        typedef void (*dg_kernel)(void *const *, const dg_blas *, long, long);
        typedef struct { unsigned region; unsigned long offset; } dg_slice;
        typedef struct { dg_kernel run; unsigned first, count, epoch; long tasks; } dg_step;
        typedef struct { const dg_step *steps; unsigned count; const dg_slice *slices; } dg_entry;

        /* What the runtime asks for; dg_runtime.h says what the fields mean. */
        typedef struct { unsigned epoch, region; unsigned long offset, count; unsigned width, only_nan; } dg_span;
        typedef struct {
            unsigned first, end;
            double *times;
            const dg_span *spans;
            unsigned span_count, found;
        } dg_request;

        DG_INLINE long dg_min_long(long a, long b) { return a < b ? a : b; }
        DG_INLINE long dg_clamp(long k, long count) { return k < 0 ? 0 : k < count ? k : count - 1; }
        DG_INLINE float dg_max(float a, float b) { const float c = a > b ? a : b; return a != a ? a : c; }
        DG_INLINE float dg_min(float a, float b) { const float c = a < b ? a : b; return a != a ? a : c; }
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

        /* e^x to 1 ulp or so: n = round(x / ln 2) by adding 1.5 * 2^23, a polynomial on the rest (Cephes) in pairs of terms so
           that multiplications overlap, and the power of two in two factors so that results below the normal range round once:
           with 2 * 127 in the sum its low bits are both exponents with their bias. NaN passes through. */
        DG_INLINE float dg_exp(float x)
        {
            x = x > 89.0f ? 89.0f : x;
            x = x < -104.0f ? -104.0f : x;
            const float shifted = x * 1.44269504088896341f + 12583166.0f;
            const float n = shifted - 12583166.0f;
            float r = x - n * 0.693359375f;
            r = r + n * 2.12194440e-4f;
            const float z = r * r;
            const float y5 = 1.9875691500e-4f * r + 1.3981999507e-3f;
            const float y3 = 8.3334519073e-3f * r + 4.1665795894e-2f;
            const float y1 = 1.6666665459e-1f * r + 5.0000001201e-1f;
            const float y53 = y5 * z + y3;
            const float p = y53 * z + y1;
            const float y = (p * z + r) + 1.0f;
            const int whole = dg_bits(shifted), half = (int)((unsigned)whole >> 1);
            return y * dg_float(half << 23) * dg_float((whole - half) << 23);
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


        """

    /// The team loop: all threads walk a range of an entry's steps; a barrier stands where the epoch changes.
    static let runner = """
        __thread unsigned char *dg_thread_scratch;

        static double dg_now(void)
        {
            struct timespec t;
            clock_gettime(CLOCK_MONOTONIC, &t);
            return t.tv_sec + 1e-9 * t.tv_nsec;
        }

        /* Whether a part of the memory holds a number that is not finite, by the bits: adding `carry` to a number without its
           sign sets the highest bit if it is one. */
        static int dg_is_bad(const dg_span *span, unsigned char *const *regions, int thread, int threads)
        {
            const unsigned long begin = span->count * (unsigned)thread / (unsigned)threads;
            const unsigned long end = span->count * (unsigned)(thread + 1) / (unsigned)threads;
            const void *memory = regions[span->region] + span->offset;
            if (span->width == 4) {
                const unsigned carry = span->only_nan ? 0x007fffffu : 0x00800000u, *x = memory;
                unsigned bits = 0;
                for (unsigned long i = begin; i < end; ++i) bits |= (x[i] & 0x7fffffffu) + carry;
                return bits >> 31 != 0;
            }
            const unsigned long carry = span->only_nan ? 0x000ffffffffffffful : 0x0010000000000000ul, *x = memory;
            unsigned long bits = 0;
            for (unsigned long i = begin; i < end; ++i) bits |= (x[i] & 0x7ffffffffffffffful) + carry;
            return bits >> 63 != 0;
        }

        /* All threads check what an epoch has written, when all of it is written and before any of it is overwritten; `next` is
           the first span that is not checked yet. Returns whether a thread has found something: the same for all threads. */
        static int dg_check(dg_request *request, unsigned char *const *regions, unsigned epoch, unsigned *next, int thread,
                            int threads)
        {
            const unsigned first = *next;
            for (; *next < request->span_count && request->spans[*next].epoch <= epoch; ++*next)
                if (dg_is_bad(&request->spans[*next], regions, thread, threads))
                    __atomic_store_n(&request->found, *next + 1, __ATOMIC_RELAXED);
            if (*next == first) return 0;
            DG_BARRIER
            return __atomic_load_n(&request->found, __ATOMIC_RELAXED) != 0;
        }

        static void dg_walk(const dg_entry *entry, dg_request *request, unsigned char *const *regions, const dg_blas *blas,
                            int thread, int threads)
        {
            dg_thread_scratch = regions[5] + (unsigned long)DG_THREAD_SCRATCH * (unsigned)thread;
            double *times = request->times;
            if (times) times += 2 * (unsigned long)entry->count * (unsigned)thread;
            const unsigned end_step = request->end < entry->count ? request->end : entry->count;
            if (request->first >= end_step) return;
            unsigned epoch = entry->steps[request->first].epoch, next_span = 0;
            /* Neighbouring steps start with different threads, so that single tasks spread. */
            int share = thread - 1;
            for (unsigned index = request->first; index < end_step; ++index) {
                const dg_step *step = &entry->steps[index];
                if (step->epoch != epoch) {
                    DG_BARRIER
                    if (request->span_count && dg_check(request, regions, epoch, &next_span, thread, threads)) return;
                    epoch = step->epoch;
                }
                share = share + 1 == threads ? 0 : share + 1;
                /* Most steps that are not this thread's have one task: they cost no division. */
                long begin = share + 1 < threads, end = 1;
                if (step->tasks != 1) {
                    begin = step->tasks * share / threads;
                    end = step->tasks * (share + 1) / threads;
                }
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
            if (!request->span_count) return;
            DG_BARRIER
            dg_check(request, regions, epoch, &next_span, thread, threads);
        }

        int dg_run(unsigned number, dg_request *request, unsigned char *const *regions, const dg_blas *blas, int threads)
        {
            if (number >= sizeof dg_entries / sizeof dg_entries[0]) return 1;
            const dg_entry *entry = &dg_entries[number];
            request->found = 0;
        #ifdef _OPENMP
            if (threads > 1) {
                DG_LEAVE
        #pragma omp parallel num_threads(threads)
                {
                    DG_ENTER
                    dg_walk(entry, request, regions, blas, omp_get_thread_num(), omp_get_num_threads());
                    DG_LEAVE
                }
                DG_ENTER
                return 0;
            }
        #endif
            (void)threads;
            dg_walk(entry, request, regions, blas, 0, 1);
            return 0;
        }

        unsigned dg_abi_version(void) { return 2; }
        unsigned long dg_thread_scratch_bytes(void) { return DG_THREAD_SCRATCH; }

        """
}
