"""Which operators and parameters `evo pressure` measures."""

from evo.errors import ScenarioError
from evo.kernels.operators import SCHEMES
from evo.pressure.deap_operators import OPERATORS, of_deap
from evo.pressure.subject import Subject, of_kernel
from evo.wording import closest


def subjects(scheme: str | None, parameter: float | None, seed: int = 1) -> list[Subject]:
    """The subjects of a call: all of evo's schemes, one scheme over its range, or one point.

    Raises
    ------
    ScenarioError : there is no such scheme, or its parameter is out of bounds
    """
    if scheme is None:
        if parameter is not None:
            raise ScenarioError(f"--parameter {parameter:g}: needs --scheme, one of {', '.join(SCHEMES)}")
        return [of_kernel(name, value, seed) for name, known in SCHEMES.items() for value in known.tried]
    if scheme.startswith("deap."):
        return _of_deap(scheme.removeprefix("deap."), parameter, seed)
    if scheme not in SCHEMES:
        allowed = [*SCHEMES, *(f"deap.{name}" for name in OPERATORS)]
        raise ScenarioError(f"--scheme {scheme}: there is no such scheme; {closest(scheme, allowed)}")
    known = SCHEMES[scheme].parameter
    if parameter is None:
        return [of_kernel(scheme, value, seed) for value in SCHEMES[scheme].tried]
    if known is None:
        raise ScenarioError(f"--parameter {parameter:g}: scheme '{scheme}' has no parameter; leave it out")
    if why := known.refuses(parameter):
        raise ScenarioError(f"--parameter {parameter:g}: {known.what} {why}")
    return [of_kernel(scheme, parameter, seed)]


def _of_deap(name: str, parameter: float | None, seed: int) -> list[Subject]:
    if name == "all":
        return [of_deap(each, value, seed) for each, (values, *_) in OPERATORS.items() for value in values]
    if name not in OPERATORS:
        raise ScenarioError(f"--scheme deap.{name}: is not measured; {closest(name, ['all', *OPERATORS])}")
    values, keyword, _, _ = OPERATORS[name]
    if parameter is None:
        return [of_deap(name, value, seed) for value in values]
    if keyword is None:
        raise ScenarioError(f"--parameter {parameter:g}: {name} has no parameter; leave it out")
    share = keyword == "k / N"
    if (share and not 0.0 < parameter <= 1.0) or (not share and (parameter < 1 or parameter != int(parameter))):
        allowed = "a number above 0, at most 1" if share else "a whole number of 1 or more"
        raise ScenarioError(f"--parameter {parameter:g}: {keyword} must be {allowed}")
    return [of_deap(name, parameter, seed)]
