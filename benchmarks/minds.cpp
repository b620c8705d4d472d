// The lives of minds.py in C++, as the practical limit: a network of 8 or 16 hidden units in eight levels of one agent
// at once (a lane of a vector is a level), and the room it moves in. Compiled on the spot by minds_peers.py, with no
// fused operations, so that every return must come out as evo's, bit for bit. Levels and first levels are given.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

constexpr int LANES = 8, CELLS = 256, WIDE = 16, ACTIONS = 5, GOALS = 3, TRAITS = 4;
constexpr int32_t STEP[ACTIONS] = {0, -WIDE, WIDE, 1, -1}, NEVER = INT32_MIN / 2;

typedef float Floats __attribute__((vector_size(4 * LANES)));
typedef int32_t Ints __attribute__((vector_size(4 * LANES)));

Floats every(float x) { return Floats{} + x; }

Floats squash(Floats x) {
    x = x > 3.0f ? every(3.0f) : x;
    x = x < -3.0f ? every(-3.0f) : x;
    Floats square = x * x;
    return x * (square + 27.0f) / (square * 9.0f + 27.0f);
}

// Sizes that are known when it is compiled are template arguments; 0 for those that are not.
template <int HIDDEN, int BITS, int REALS>
struct Network {
    int bits = BITS, reals = REALS;
    alignas(32) Floats h[2][HIDDEN], x[8];
    alignas(32) Ints word, action;

    void think(const float *w, int now) {
        const int bits = BITS ? BITS : this->bits, reals = REALS ? REALS : this->reals;
        const Floats *before = h[now];
        Floats *after = h[1 - now];
        for (int unit = 0; unit < HIDDEN; unit += 8) {
            const float *row = w + unit;
            Floats a[8];
            for (int k = 0; k < 8; k++) a[k] = every(row[k]);
            for (int j = 0; j < HIDDEN; j++) {
                row += HIDDEN;
                for (int k = 0; k < 8; k++) a[k] = a[k] + row[k] * before[j];
            }
            for (int i = 0; i < reals; i++) {
                row += HIDDEN;
                for (int k = 0; k < 8; k++) a[k] = a[k] + row[k] * x[i];
            }
            for (int i = 0; i < bits; i++) {
                row += HIDDEN;
                Ints ones = (word << (31 - i)) >> 31;
                for (int k = 0; k < 8; k++) a[k] = a[k] + (Floats)(ones & (Ints)every(row[k]));
            }
            for (int k = 0; k < 8; k++) after[unit + k] = squash(a[k]);
        }
        const float *bias = w + HIDDEN * (1 + HIDDEN + reals + bits), *row = bias + ACTIONS;
        Floats top = every(-INFINITY);
        Ints best = {};
        for (int k = 0; k < ACTIONS; k++) {
            Floats out = every(bias[k]);
            for (int unit = 0; unit < HIDDEN; unit += 8, row += 8) {
                const Floats *s = after + unit;
                out = out + (((row[0] * s[0] + row[1] * s[1]) + (row[2] * s[2] + row[3] * s[3])) +
                             ((row[4] * s[4] + row[5] * s[5]) + (row[6] * s[6] + row[7] * s[7])));
            }
            best = out > top ? Ints{} + k : best;
            top = out > top ? out : top;
        }
        action = best;
    }
};

// P levels and one where nobody can move, for lanes that have none; a place is 256 times the level plus the cell.
struct Levels {
    int64_t none;            // P
    const uint8_t *wall;     // [256 (P + 1)]
    const int32_t *seen;     // [256 (P + 1)], binary inputs in each place
    const int64_t *start;    // [P + 1]
    const int64_t *goal;     // [P + 1, 3], two that end the level, one that is noted
    const double *worth;     // [P + 1, 3], of a level that ends at the first, at the second, at neither
    const double *best;      // [P + 1]
};

template <int HIDDEN, int BITS, int REALS>
struct Agent : Network<HIDDEN, BITS, REALS> {
    const Levels &levels;
    int32_t at[LANES], age[LANES], goal[GOALS][LANES], begun = 0, count, steps, bump;
    float scale[WIDE];
    double haste;

    Agent(const Levels &levels, int size, int count, int steps, double haste, int bump)
        : levels(levels), count(count), steps(steps), bump(bump), haste(haste / steps) {
        for (int i = 0; i < WIDE; i++) scale[i] = (float)(2.0 * i / (size - 1.0) - 1.0);
    }

    void take_next(int lane, int now, int first) {
        const bool idle = begun == count;
        const int64_t q = idle ? levels.none : (first + begun) % levels.none;
        at[lane] = (int32_t)levels.start[q];
        age[lane] = idle ? NEVER : 0;
        for (int which = 0; which < GOALS; which++) goal[which][lane] = (int32_t)levels.goal[GOALS * q + which];
        for (int unit = 0; unit < HIDDEN; unit++) this->h[now][unit][lane] = 0.0f;
        begun += !idle;
    }

    void perceive(int lane, int bumped) {
        this->word[lane] = levels.seen[at[lane]] | bumped << bump;
        this->x[0][lane] = scale[at[lane] & (WIDE - 1)];
        this->x[1][lane] = scale[at[lane] >> 4 & (WIDE - 1)];
    }

    // traits: mean return, the same over the best there is, shares of levels whose goal and noted place were reached
    void live(const float *w, int first, double *traits) {
        double returned = 0.0, best = 0.0;
        int reached = 0, noted = 0, ended = 0, now = 0;
        uint32_t stood = 0;
        begun = 0;
        for (int lane = 0; lane < LANES; lane++) {
            take_next(lane, now, first);
            perceive(lane, 0);
        }
        while (ended < count) {
            this->think(w, now);
            now = 1 - now;
            for (int lane = 0; lane < LANES; lane++) {
                const int32_t there = at[lane] + STEP[this->action[lane]];
                int bumped = levels.wall[there];
                const int32_t place = bumped ? at[lane] : there;
                at[lane] = place;
                age[lane]++;
                stood |= (uint32_t)(place == goal[2][lane]) << lane;
                if ((place == goal[0][lane]) | (place == goal[1][lane]) | (age[lane] == steps)) {
                    const int which = place == goal[0][lane] ? 0 : place == goal[1][lane] ? 1 : 2;
                    const int32_t q = place >> 8;
                    returned += levels.worth[GOALS * q + which] * (1.0 - haste * age[lane]);
                    best += levels.best[q];
                    reached += which == 0;
                    noted += stood >> lane & 1;
                    stood &= ~(1u << lane);
                    ended++;
                    take_next(lane, now, first);
                    bumped = 0;
                }
                perceive(lane, bumped);
            }
        }
        traits[0] = returned / count;
        traits[1] = best > 0.0 ? returned / best : 0.0;
        traits[2] = (double)reached / count;
        traits[3] = (double)noted / count;
    }
};

template <int HIDDEN, int BITS, int REALS>
void lives(const Levels &levels, const int64_t *sizes, double haste, const double *genomes, const int64_t *first,
           double *traits) {
    const int64_t n = sizes[0], weights = sizes[1];
    Agent<HIDDEN, BITS, REALS> agent(levels, (int)sizes[2], (int)sizes[3], (int)sizes[4], haste, (int)sizes[8]);
    if (!BITS) agent.bits = (int)sizes[6], agent.reals = (int)sizes[7];
    std::vector<float> w(weights);
    for (int64_t i = 0; i < n; i++) {
        for (int64_t d = 0; d < weights; d++) w[d] = (float)genomes[weights * i + d];
        agent.live(w.data(), (int)first[i], traits + TRAITS * i);
    }
}

}  // namespace

// sizes: agents, weights of one, side of the room, levels of a life, steps of a level, hidden units, binary inputs (at
// most 32), real inputs (the place, 2), which binary input is the bump; `known`: compile for 13 binary inputs alone.
// genomes: double[N, weights]; first: int64[N]; traits: double[N, 4]. Returns 0, or 1 where the sizes are none of these.
extern "C" int minds(const int64_t *sizes, double haste, int known, const double *genomes, const int64_t *first,
                     int64_t pool, const uint8_t *wall, const int32_t *seen, const int64_t *start, const int64_t *goal,
                     const double *worth, const double *best, double *traits) {
    const Levels levels = {pool, wall, seen, start, goal, worth, best};
    const bool eight = sizes[5] == 8, fits = sizes[6] == 13 && sizes[7] == 2;
    if ((!eight && sizes[5] != 16) || sizes[6] > 32 || sizes[7] != 2 || sizes[3] < LANES || (known && !fits)) return 1;
    if (known && eight) lives<8, 13, 2>(levels, sizes, haste, genomes, first, traits);
    else if (known) lives<16, 13, 2>(levels, sizes, haste, genomes, first, traits);
    else if (eight) lives<8, 0, 0>(levels, sizes, haste, genomes, first, traits);
    else lives<16, 0, 0>(levels, sizes, haste, genomes, first, traits);
    return 0;
}
