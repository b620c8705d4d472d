/* The job of onemax.py as a plain C loop, compiled on the spot as the practical limit: N individuals of L loci,
   tournament of K, sparse mutation at one rate, fitness 1.01^ones. With `measures`: mean, variance, selection and
   transmission of T traits every generation, as evo takes them, and expected selection by counts of the L + 1
   fitness values that this job can have. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t s[4];

static inline uint64_t next(void) {
    uint64_t sum = s[0] + s[3], result = (sum << 23 | sum >> 41) + s[0], t = s[1] << 17;
    s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
    s[3] = s[3] << 45 | s[3] >> 19;
    return result;
}

static inline double uniform(void) { return (double)(next() >> 11) * 0x1p-53; }

/* Bits for two bounded draws of 32 bits each; the bias of under n / 2^32 that evo refuses is left in. */
static inline void two_below(uint64_t n, uint32_t *a, uint32_t *b) {
    uint64_t word = next();
    *a = (uint32_t)(((word >> 32) * n) >> 32);
    *b = (uint32_t)(((word & 0xffffffffu) * n) >> 32);
}

static inline int64_t gap(double log_q) { return (int64_t)fmin(log(1.0 - uniform()) / log_q, 4e18); }

#define T 4

/* Returns the mean number of ones at the end. */
double run(int64_t n, int64_t loci, int64_t contestants, double rate, int64_t generations, int measures, uint64_t seed) {
    int64_t words = (loci + 63) / 64;
    uint64_t *bits = calloc(n * words, 8), *next_bits = calloc(n * words, 8);
    double *traits = calloc(n * T, 8), *old = calloc(n * T, 8), *fitness = calloc(n, 8), *offspring = calloc(n, 8);
    double *expected = calloc(loci + 1, 8), *by_ones = calloc(loci + 1, 8);
    int64_t *parent = calloc(n, 8), *count = calloc(loci + 1, 8);
    double price[4][T] = {{0}}, log_q = log1p(-rate);
    for (int k = 0; k < 4; k++) s[k] = seed = seed * 6364136223846793005u + 1442695040888963407u;
    for (int64_t k = 0; k <= loci; k++) by_ones[k] = pow(1.01, (double)k);
    for (int64_t g = 0; g <= generations; g++) {
        for (int64_t i = 0; i < n; i++) {
            int64_t ones = 0, first = (int64_t)(bits[i * words] & 1);
            for (int64_t w = 0; w < words; w++) ones += __builtin_popcountll(bits[i * words + w]);
            fitness[i] = by_ones[ones];
            if (measures) {
                traits[i * T] = fitness[i];
                traits[i * T + 1] = traits[i * T + 2] = (double)first;
                traits[i * T + 3] = (double)(ones - first);
            }
        }
        double mean[T] = {0};
        if (measures) {
            double change[T] = {0};
            for (int t = 0; t < T; t++) mean[t] = 0.0;
            for (int64_t i = 0; i < n; i++)
                for (int t = 0; t < T; t++) {
                    mean[t] += traits[i * T + t];
                    change[t] += traits[i * T + t] - old[parent[i] * T + t];
                }
            for (int t = 0; t < T; t++) mean[t] /= (double)n;
            for (int t = 0; t < T; t++) price[0][t] += g > 0 ? change[t] / (double)n : 0.0;
        }
        if (g == generations) break;
        for (int64_t k = 0; k < n; k += 2) {
            uint32_t a, b, c, d;
            two_below((uint64_t)n, &a, &b);
            double top_a = fitness[a], top_b = fitness[b];
            for (int64_t r = 1; r < contestants; r++) {
                two_below((uint64_t)n, &c, &d);
                double score_a = fitness[c], score_b = fitness[d];
                a = score_a > top_a ? c : a;
                b = score_b > top_b ? d : b;
                top_a = score_a > top_a ? score_a : top_a;
                top_b = score_b > top_b ? score_b : top_b;
            }
            parent[k] = a;
            if (k + 1 < n) parent[k + 1] = b;
        }
        for (int64_t i = 0; i < n; i++)
            for (int64_t w = 0; w < words; w++) next_bits[i * words + w] = bits[parent[i] * words + w];
        for (int64_t at = gap(log_q); at < n * loci; at += 1 + gap(log_q)) {
            int64_t i = at / loci, locus = at % loci;
            next_bits[i * words + locus / 64] ^= 1ull << (locus % 64);
        }
        if (measures) {
            memset(offspring, 0, (size_t)n * 8);
            for (int64_t i = 0; i < n; i++) offspring[parent[i]] += 1.0;
            memset(count, 0, (size_t)(loci + 1) * 8);
            for (int64_t i = 0; i < n; i++) count[(int64_t)(traits[i * T + 1] + traits[i * T + 3])]++;
            int64_t above = 0;
            for (int64_t k = loci; k >= 0; k--) {
                double before = pow((double)(n - above) / (double)n, (double)contestants);
                above += count[k];
                double after = pow((double)(n - above) / (double)n, (double)contestants);
                if (count[k]) expected[k] = (double)n * (before - after) / (double)count[k];
            }
            double v[T] = {0}, selection[T] = {0}, expectation[T] = {0};
            for (int64_t i = 0; i < n; i++) {
                double w = offspring[i], e = expected[(int64_t)(traits[i * T + 1] + traits[i * T + 3])];
                for (int t = 0; t < T; t++) {
                    double x = traits[i * T + t] - mean[t];
                    v[t] += x * x;
                    selection[t] += w * x;
                    expectation[t] += e * x;
                }
            }
            for (int t = 0; t < T; t++) {
                price[1][t] += v[t] / (double)n;
                price[2][t] += selection[t] / (double)n;
                price[3][t] += expectation[t] / (double)n;
            }
            double *swap = traits; traits = old; old = swap;
        }
        uint64_t *swap = bits; bits = next_bits; next_bits = swap;
    }
    double ones = 0.0;
    for (int64_t k = 0; k < n * words; k++) ones += __builtin_popcountll(bits[k]);
    volatile double kept = price[0][0] + price[1][0] + price[2][0] + price[3][0];
    (void)kept;
    free(bits); free(next_bits); free(traits); free(old); free(fitness); free(offspring); free(expected);
    free(by_ones); free(parent); free(count);
    return ones / (double)n;
}
