"""`evo.audit`: measure what selection does to properties in a program of one's own, from within."""

from collections.abc import Callable, Mapping
from typing import Any

from evo.audits.for_deap import Watch
from evo.audits.record import Audit
from evo.errors import AuditError
from evo.wording import show


class DeapAudit(Audit):
    """Follows a program of DEAP by itself."""

    def __init__(self, toolbox: Any, *given: Any):
        if not hasattr(toolbox, "register"):
            raise AuditError(f"audit: toolbox = {show(toolbox)}: must be a toolbox of DEAP, or be left out")
        super().__init__(*given)
        if not self.properties:
            raise AuditError("audit: needs properties={'name': function of an individual}")
        self._toolbox, self._watch = toolbox, Watch(self)

    def __enter__(self) -> "DeapAudit":
        self._watch.begin(self._toolbox)
        return self

    def __exit__(self, *error: Any) -> None:
        """Give the program its own functions back, and take note of how it ended."""
        self._watch.end(measure=error[0] is None)
        super().__exit__(*error)

    def end(self, population: list[Any]) -> None:
        """Take this for the final population, where the audit would not find it by itself."""
        self._watch.named = list(population)


def audit(
    toolbox: Any = None,
    properties: Mapping[str, Callable[[Any], float]] | None = None,
    deployment: Callable[[Any], Any] | None = None,
    thresholds: Mapping[str, float] | None = None,
    maximize: bool = True,
) -> Any:
    """Watch the evolution that runs in the `with` block, without changing it: same random stream, same result.

    Parameters
    ----------
    toolbox : DEAP's; left out where the program tells of each generation itself, by `audit.generation`
    properties : by name, a number of an individual, such as 0 or 1 for having the property
    deployment : fitness of an individual in deployment, a number or a tuple whose first is taken
    thresholds : population mean, by property, that counts as realized; 0.5 where left out
    maximize : whether more fitness is better, where the program tells of it itself; DEAP's weights say so else

    Raises
    ------
    AuditError : no toolbox of DEAP, no properties for it, a threshold of something else

    Examples
    --------
    >>> with evo.audit(toolbox, {"first gene": lambda i: i[0]}) as audit:  # doctest: +SKIP
    ...     algorithms.eaSimple(population, toolbox, 0.5, 0.2, 40)
    >>> print(audit.report())  # doctest: +SKIP
    >>> with evo.audit() as audit:  # doctest: +SKIP
    ...     audit.generation({"neck": necks}, fitness=scores)
    ...     audit.generation({"neck": young}, parents=places, fitness=scores)
    """
    given = properties, deployment, thresholds, maximize
    return Audit(*given) if toolbox is None else DeapAudit(toolbox, *given)
