"""Agents with senses, a small recurrent network and a body in a room. A task is one file, `coin.py` is the example.

How to write the next one. What all tasks do is in `task.py`, a life in `course.py` or `gathering.py`; a task gives
its rules as small kernels, which are put in place of those there (`evo/kernels/jit.py: filled`).

1. `KNOBS = (*GRID, *kinds("key", "chest"), ...)`: the shared knobs first, then those of the kinds of object (up to 16),
   then its own. `K = columns(KNOBS)`, `T = columns(TRAITS)`. `layout = layout_of("key", "chest")`, or with further
   reals of its own after the network's, `weights_of(...)` in a Layout. `TALLY`, the sums of a life, begins with returns
   and the best that there are.
2. `refuses(knobs)` gives the name of a knob and why it does not go with others; it ends with `unfit(knobs, cells=n)`,
   n the cells that an agent and its objects take. A task whose agents have energy says `fed=True`.
3. `fill(knobs, levels, q, state)`: what is in a level, whose walls are there: `levels.objects[q, j]` (cells, -1
   nowhere), `levels.start[q]` and `levels.goal[q, :3]` (places, that is `CELLS * q + cell`), `levels.best[q]` by
   `best_return` and `steps_from`.
4. A life. Objects stay as they are, and goals end a level: `new_room = room_for(__name__, kinds=2)`, `course.play`,
   and STAY=True below. Objects are taken or move: `new_room` makes senses, levels and things, and
   `play = gathering(__name__, act=act, ...)` takes the task's rules, lane by lane; `keys_chests.py` is the example.
   Binary inputs of the task's own: `with_bits`.
5. `tell` and `score`: an agent's traits and scores from the sums of a life.
   `TASK = task(__name__, new_room=..., fill=..., play=..., tell=..., score=...)` makes `live`, `film`, and for `probe`
   `drawn` and `assay`: the same levels and agents in all cases, with one thing moved.
6. Its name in `evo/worlds/load.py: GRID`, its tests in tests/worlds/grid: rules by networks made by hand (`minds.py`
   there), lives against plain Python.
7. A line in its docstring that says why it has no `carrier` and no `without`; `arms`, the knobs of its arms of
   environment.

Speed: in a rule take arrays out of tuples first, and do nothing after a branch that uses them, nor in a loop of its
own: else numba counts references at each step (five times the time). A division by what is not a constant is done at
every step, even behind a condition that rarely holds. Pass np.int64(0), not 0, else it is all compiled once more.
"""
