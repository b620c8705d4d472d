"""Agents with senses, a small recurrent network and a body in a room. A task is one file, `coin.py` is the example.

How to write the next one. What all tasks do is in `task.py`, a life in `course.py` or `gathering.py`. A task gives its
rules as small kernels, which are put in place of those there (`evo/kernels/jit.py: filled`). `coin.py` is the example
where things stay as they are, `keys_chests.py` where they are taken or move.

1. `KNOBS = (*GRID, *kinds("key", "chest"), ...)`: the shared knobs first, then those of the kinds of object (up to 16;
   up to 6 where they are taken or move), then its own. `TRAITS`, `PROBES`, and `K`, `T`, `P`, the columns of these.
2. `layout = layout_of("key", "chest")`: the network. `own=1` is for a binary input more, `actions=9` for other actions
   than the five. Further reals: `weights_of(...)` in a Layout, and they come after the network's.
3. `refuses(knobs)` gives the name of a knob and why it does not go with others; it ends with `unfit(knobs, cells=n)`,
   n the cells that an agent and its objects take. A task whose agents have energy says `fed=True`.
4. `fill(knobs, levels, q, state)`: what is in level q, whose walls are there. `levels.objects[q, j]` are cells, -1 is
   nowhere, and `levels.best[q]` is the return that nobody can exceed (`best_return`, `best_returns`, `steps_from`).
   - Things stay: object j is of kind j. `levels.start[q]` and `levels.goal[q, :3]` are places, that is
     `CELLS * q + cell`: two that end the level, one that is noted. `levels.worth[q]` is what each end pays.
   - Things are taken or move: `strew` draws the start and the first so many cells.
5. A life, and what it came to, which is `out[TALLY]`.
   - Things stay: `new_room = room_for(__name__, kinds=2)`, `play` and `TALLY` of `course.py`, and STAY=True below.
   - Else: TALLY begins with "returned" and "best". `new_room(knobs)` gives `(eyes, levels, things, things.out)`, where
     `new_things(eyes, kind_of, len(MINE), len(TALLY))` has the kind of each object, rising, and MINE names the whole
     numbers that are kept of each lane. `play = gathering(__name__, act=act, ...)`, with those of the rules that it
     needs: rise, begin, feel, turn, act, movers, move, pose; `gathering.py` says what each does. A binary input of its
     own takes three things: `layout_of(..., own=1)`, `with_bits(eyes, 1)`, and `feel`, which sets it. Energy is
     `things.energy`, which `feel` writes into `x`.
6. `tell(knobs, genome, out, row)` writes every trait; `tell_returns` writes the first two where the return is fitness.
   `score(knobs, out, case, row)` adds to scores what one case of an assay shows.
   `TASK = task(__name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score)`; where there is need, with
   STAY=True, ACTIONS=9 (as in `layout`), TOGETHER=True (all are assayed in the same levels), genomes_of.
7. `probe`: `room = drawn(knobs, rng_state)`, `scores[:] = 0.0`, then for each case move one thing and call
   `assay(knobs, room, case, reals, rng_state, scores)`. `drawn, assay = TASK.drawn, TASK.assay` stand above it. Where
   things stay, `look_around` is called after one is moved.
8. `WORLD = World(..., live=TASK.live, film=Film(TASK.film, most_pictures, entities, kinds), carrier=None, arms=...)`.
   Entities are 1 + the objects + size squared, kinds are named in the order of `picture`, walls last. Arms are the
   knobs of its arms of environment. Its docstring says why it has no `carrier` and no `without`.
9. Its name in `evo/worlds/load.py: GRID`, its tests in tests/worlds/grid: rules by networks made by hand (`minds.py`
   there), lives against plain Python.

Speed. Take arrays out of tuples in the first line of a rule, and do all that is done with them in one block after it,
at most behind one condition. With two such blocks in `act`, or with its loop over monsters, numba counted references at
every step, and a life took six times as long; the loop is `move` now, which is called once for each. A remainder by a
knob was computed at every step although a condition held it back; a comparison is not. Pass np.int64(0), not 0, else
all is compiled once more.
"""
