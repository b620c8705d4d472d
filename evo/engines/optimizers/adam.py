"""Adam: steps of about one size whatever the gradient's, by running moments of it (Kingma and Ba 2015)."""

import numpy as np


class Adam:
    """Steps uphill. rate: the size of a step in each coordinate, at most about."""

    def __init__(self, rate: float, first: float = 0.9, second: float = 0.999):
        self._rate, self._decay = rate, (first, second)
        self._moments: list[np.ndarray | float] = [0.0, 0.0]
        self._steps = 0

    def step(self, gradient: np.ndarray) -> np.ndarray:
        """The step that follows one more gradient. float64[D]."""
        self._steps += 1
        powers = (gradient, gradient * gradient)
        for k, (decay, power) in enumerate(zip(self._decay, powers, strict=True)):
            self._moments[k] = decay * self._moments[k] + (1.0 - decay) * power
        mean, square = (m / (1.0 - d**self._steps) for m, d in zip(self._moments, self._decay, strict=True))
        return np.asarray(self._rate * mean / (np.sqrt(square) + 1e-8))
