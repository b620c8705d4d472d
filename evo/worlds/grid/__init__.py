"""Agents with senses, a small recurrent network and a body in a room. A task is one file, `coin.py` is the example.

How to write the next one, in under 100 lines of its own rules:

1. `KNOBS = (*GRID, *kinds("key", "chest"), ...)`: the shared knobs first, then those of the kinds of object (up to 16),
   then its own. `K = columns(KNOBS)`, `T = columns(TRAITS)`. `layout = layout_of("key", "chest")`, or with further
   reals of its own after the network's, `weights_of(...)` in a Layout.
2. `refuses(knobs)` gives the name of a knob and why it does not go with others; it ends with `unfit(knobs, cells=n)`,
   n the cells that an agent and its objects take. A task whose agents have energy says `fed=True`.
3. A level: `make_room`, then `levels.objects[q, j]` (cells, -1 nowhere), `levels.start[q]` and `levels.goal[q, :3]`
   (places, that is `CELLS * q + cell`), `levels.best[q]` by `best_return` and `steps_from`; `look_around` last. `live`
   draws the pool from its stream first, then each agent begins at a level of it that is drawn.
4. A life: `wake`, then `course.play` where objects stay as they are and goals end a level. Else a loop like it, with
   the task's rules lane by lane. Objects that are taken or move: `things.py` keeps them by lane and looks for the
   nearest in all lanes at once; `keys_chests.py` is the example. `look_around` is called with stay False. Binary
   inputs of the task's own: `with_bits`. Energy: `x[LANES * eyes.energy + lane]`.
5. `probe`: the same levels and agents in all cases, with one thing moved; `film`: one lane, `draw` and `draw_walls`.
6. Its name in `evo/worlds/load.py: GRID`, its tests in tests/worlds/grid: rules by networks made by hand (`minds.py`
   there), lives against plain Python.
7. A line in its docstring that says why it has no `carrier` and no `without`; `arms`, the knobs of its arms of
   environment.

Speed: take arrays out of tuples before the loop, and use every array on every path of what is called in it, else numba
counts references at each step (three times the time); pass np.int64(0), not 0, else it is all compiled once more.
"""
