"""What a world supplies to the kernels: one fixed signature of each for all worlds (see `evo.worlds.world`)."""

from typing import Any

from numba import types

from evo.kernels.jit import F64_1, F64_2, F64_3, I64_1, U64_1, U64_2, type_of


def _returns_nothing(*arguments: Any) -> Any:
    return types.void(*(type_of(kind) for kind in arguments))


# bits[N, W], reals[N, D], knobs[K], group[N], rng_state[4], traits[N, T]
LIVE = _returns_nothing(U64_2, F64_2, F64_1, I64_1, U64_1, F64_2)
# bits[W], reals[D], knobs[K]
CARRIER = _returns_nothing(U64_1, F64_1, F64_1)
# bits[W], reals[D], knobs[K]
WITHOUT = CARRIER
# bits[N, W], reals[N, D], knobs[K], group[N], rng_state[4], scores[N, Q]
PROBE = LIVE
# bits[W], reals[D], knobs[K], rng_state[4], frames[S, E, F] -> steps filled
FILM = types.int64(*(type_of(kind) for kind in (U64_1, F64_1, F64_1, U64_1, F64_3)))
