"""What a program tells an audit of itself, checked: properties, thresholds, numbers, parents."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evo.audits.ledger import Parents
from evo.errors import AuditError
from evo.wording import show

MOST = 1e150  # of a property, so that the sum of its squares over a population is a number
_UNKNOWN = "unknown parents are None, () or -1"


def functions(properties: Any, deployment: Any) -> dict[str, Any]:
    """Properties by name.

    Raises
    ------
    AuditError : no dict of functions, or a deployment that is no function
    """
    if properties is not None and not isinstance(properties, Mapping):
        raise AuditError(f"audit: properties = {show(properties)}: must be a dict of names and functions")
    for name, function in (properties or {}).items():
        if not callable(function):
            raise AuditError(f"audit: properties = {name}: {show(function)}: must be a function of an individual")
    if deployment is not None and not callable(deployment):
        raise AuditError(f"audit: deployment = {show(deployment)}: must be a function of an individual")
    return dict(properties or {})


def limits(thresholds: Any, names: Sequence[str]) -> dict[str, float]:
    """Thresholds by property. names: of the properties, where they are known.

    Raises
    ------
    AuditError : no dict of numbers, or of something that is no property
    """
    if thresholds is not None and not isinstance(thresholds, Mapping):
        raise AuditError(f"audit: thresholds = {show(thresholds)}: must be a dict of properties and numbers")
    found = {}
    for name, value in (thresholds or {}).items():
        try:
            found[name] = float(value)
        except (TypeError, ValueError):
            found[name] = float("nan")
        if np.isnan(found[name]):
            raise AuditError(f"audit: thresholds = {name}: {show(value)}: must be a number")
        if names and name not in names:
            raise AuditError(f"audit: thresholds = {name}: is not one of the properties {', '.join(names)}")
    return found


def numbers(name: str, values: Any, size: int | None) -> np.ndarray:
    """Of each of so many individuals, NaN where nothing is told. size: None where it is not known yet.

    Raises
    ------
    AuditError : no numbers, or not so many
    """
    if values is None:
        return np.full(size or 0, np.nan)
    try:
        found = np.asarray(values, float)
    except (TypeError, ValueError):
        raise AuditError(f"audit.generation: {name}: must be numbers, one for each individual") from None
    if found.ndim != 1:
        raise AuditError(f"audit.generation: {name}: must be numbers, one for each individual")
    if size is not None and len(found) != size:
        raise AuditError(f"audit.generation: {name} has {len(found)} numbers, and there are {size} individuals")
    return found


def measured(name: str, values: Any, size: int | None) -> np.ndarray:
    """The same of a property, which everybody has."""
    found = numbers(name, values, size)
    if values is None or not (np.abs(found) <= MOST).all():
        raise AuditError(f"audit.generation: {name}: must be finite numbers up to {MOST:.0e}, one for each individual")
    if not len(found):
        raise AuditError("audit.generation: a generation needs at least one individual")
    return found


def members(individuals: Any) -> list[Any]:
    """The individuals of a generation.

    Raises
    ------
    AuditError : nothing that has any
    """
    try:
        found = list(individuals)
    except TypeError:
        raise AuditError(f"audit.generation: individuals = {show(individuals)}: must be a list of them") from None
    if not found:
        raise AuditError("audit.generation: a generation needs at least one individual")
    return found


def lines(parents: Any, size: int, before: int) -> list[Parents]:
    """Parents as the ledger takes them. size: individuals; before: those of the generation before.

    Raises
    ------
    AuditError : not so many, or a place or a share that is none
    """
    if parents is None:
        return [()] * size
    if isinstance(parents, np.ndarray):
        parents = parents.tolist()
    if isinstance(parents, Mapping) or not isinstance(parents, Sequence):
        raise AuditError(f"audit.generation: parents = {show(parents)}: must be a list, one entry for each individual")
    if len(parents) != size:
        raise AuditError(f"audit.generation: parents has {len(parents)} entries, and there are {size} individuals")
    return [_line(given, before) for given in parents]


def _line(given: Any, before: int) -> Parents:
    """Of one individual."""
    if given is None:
        return ()
    entries = list(given) if isinstance(given, (tuple, list, np.ndarray)) else [given]
    if entries and all(isinstance(entry, (tuple, list)) and len(entry) == 2 for entry in entries):
        try:
            pairs = [(place, float(share)) for place, share in entries]
        except (TypeError, ValueError):
            pairs = [(0, float("nan"))]
        whole = sum(share for _, share in pairs)
        if not all(share >= 0.0 for _, share in pairs) or abs(whole - 1.0) > 1e-9:
            raise AuditError(f"audit.generation: parents: {show(given)}: shares must be 0 or more, and 1 together")
    else:
        known = [place for place in entries if not _is_unknown(place)]
        pairs = [(place, 1.0 / len(known)) for place in known]
    for place, _ in pairs:
        if not _is_place(place, before):
            raise AuditError(
                f"audit.generation: parents: {show(place)} is no place in the generation before, 0 to {before - 1}; "
                f"{_UNKNOWN}"
            )
    return tuple((0, int(place), share) for place, share in pairs)


def _is_unknown(place: Any) -> bool:
    return place is None or (_is_number(place) and place == -1)


def _is_number(place: Any) -> bool:
    return isinstance(place, (int, float, np.integer, np.floating)) and not isinstance(place, bool)


def _is_place(place: Any, before: int) -> bool:
    return _is_number(place) and place == np.floor(place) and 0 <= place < before
