/// The generator of random numbers in C: one number, neighbouring numbers, and matrices of them.
enum CRandom {
    static let text = """
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

        /* The upper halves of 64-bit lanes, in both halves: where only lower halves count, a shuffle costs less than a shift. */
        DG_INLINE dg_u8 dg_upper_halves(dg_u8 a)
        {
            const dg_u16 b = (dg_u16)a;
            return (dg_u8)__builtin_shufflevector(b, b, 1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13, 13, 15, 15);
        }

        /* The 64 numbers of each of GROUPS groups of positions: 16 blocks side by side, all four words of each. Words stand in
           64-bit lanes of which the lower halves count, blocks with even and with odd numbers in vectors of their own, so that
           products need no rearranging. Two groups together hide the latency of a multiplication where there are registers enough. */
        DG_INLINE void dg_uniform_blocks(const int GROUPS, float *draws, unsigned long group, unsigned key0, unsigned key1,
                                         unsigned stream)
        {
            const unsigned long low = 0xFFFFFFFFul;
            const dg_u8 evens = {0, 2, 4, 6, 8, 10, 12, 14};
            dg_u8 c0[4], c1[4], c2[4], c3[4];
            const dg_u8 k0 = (dg_u8){0} + key0, k1 = (dg_u8){0} + key1;
            _Pragma("unroll") for (int v = 0; v < 2*GROUPS; ++v) {
                const unsigned long at = group + (unsigned long)(v / 2);
                c0[v] = (evens + (unsigned long)(v & 1)) | (unsigned)(at << 4);
                c1[v] = (dg_u8){0} + stream;
                c2[v] = (dg_u8){0} + (unsigned)(at >> 28);
                c3[v] = (dg_u8){0};
            }
            /* As many vectors side by side as stay in registers. */
            enum { together = DG_PANEL(16) };
            _Pragma("unroll") for (int first = 0; first < 2*GROUPS; first += together) {
                dg_u8 r0 = k0, r1 = k1;
                _Pragma("unroll") for (int round = 0; round < 10; ++round) {
                    _Pragma("unroll") for (int v = first; v < first + together && v < 2*GROUPS; ++v) {
                        const dg_u8 p0 = (c0[v] & low) * 0xD2511F53ul, p1 = (c2[v] & low) * 0xCD9E8D57ul;
                        c0[v] = dg_upper_halves(p1) ^ c1[v] ^ r0;
                        c1[v] = p1;
                        c2[v] = dg_upper_halves(p0) ^ c3[v] ^ r1;
                        c3[v] = p0;
                    }
                    r0 += 0x9E3779B9ul;
                    r1 += 0xBB67AE85ul;
                }
            }
            _Pragma("unroll") for (int g = 0; g < GROUPS; ++g) {
                const dg_u8 even[4] = {c0[2*g], c1[2*g], c2[2*g], c3[2*g]};
                const dg_u8 odd[4] = {c0[2*g + 1], c1[2*g + 1], c2[2*g + 1], c3[2*g + 1]};
                _Pragma("unroll") for (int w = 0; w < 4; ++w) {
                    const dg_u16 word = __builtin_shufflevector(
                        (dg_u16)even[w], (dg_u16)odd[w], 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
                    *(dg_f16 *)(draws + 64*g + 16*w)
                        = __builtin_convertvector((dg_s16)(word >> 8), dg_f16) * 5.9604644775390625e-8f;
                }
            }
        }
        static __attribute__((noinline, unused)) void dg_uniform_groups(float *draws, unsigned long group, long count,
                                                                        int key0, int key1, unsigned stream)
        {
            long g = 0;
            for (; g + 2 <= count; g += 2)
                dg_uniform_blocks(2, draws + 64*g, group + (unsigned long)g, (unsigned)key0, (unsigned)key1, stream);
            if (g < count) dg_uniform_blocks(1, draws + 64*g, group + (unsigned long)g, (unsigned)key0, (unsigned)key1, stream);
        }

        /* dg_uniform for neighbouring positions. */
        static __attribute__((unused)) void dg_uniform_row(float *out, long count, int key0, int key1, unsigned stream,
                                                           unsigned long position)
        {
            long done = 0;
            while (done < count) {
                const unsigned long next = position + (unsigned long)done;
                const long skip = (long)(next & 63), left = count - done;
                long taken = left / 64 * 64;
                if (skip == 0 && taken > 0) {
                    dg_uniform_groups(out + done, next >> 6, taken / 64, key0, key1, stream);
                } else {
                    float draws[512] __attribute__((aligned(64)));
                    taken = dg_min_long(512 - skip, left);
                    dg_uniform_groups(draws, next >> 6, (skip + taken + 63) / 64, key0, key1, stream);
                    memcpy(out + done, draws + skip, 4 * (unsigned long)taken);
                }
                done += taken;
            }
        }


        """
}
