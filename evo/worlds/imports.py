"""What a world's file imports: a world is what its own file says, so nothing beside it may decide what it does."""

import ast
import importlib.util
import site
import sysconfig
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path

from evo.places import PACKAGE
from evo.worlds.source import Source


def stray(source: Source) -> tuple[int, str] | None:
    """Line and sentence of an import of a file that is neither evo's nor installed; None where there is none.

    Such a file would be part of the world, and be neither hashed nor trusted nor kept with results: an edit of it would
    change what is evolved, and nobody would be told.
    """
    for node in ast.walk(ast.parse(source.content)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        else:
            continue
        for name in names:
            if (where := _elsewhere(name.partition(".")[0], source.path)) is not None:
                says = (
                    f"imports {name} from {where}, which is not installed: a world is what its own file says, so write "
                )
                return node.lineno, says + "into it what it needs of the other"
    return None


def _elsewhere(name: str, world: Path) -> str | None:
    """Where a module would come from, if not from Python, evo or what is installed: also the file beside a world's."""
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):  # running will tell
        return None
    if spec is None:
        found = (world.with_name(f"{name}.py"), world.with_name(name) / "__init__.py")
        return next((str(path) for path in found if path.is_file()), None)
    if name in ("evo", "__main__") or spec.origin in ("built-in", "frozen"):
        return None
    places = _places(spec)
    known = [sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")]
    known += [site.getusersitepackages(), str(PACKAGE)]
    if any(place.is_relative_to(folder) for place in places for folder in known):
        return None
    return None if name in metadata.packages_distributions() else str(places[0]) if places else None


def _places(spec: ModuleSpec) -> list[Path]:
    """Its file, or the folders of a package that has none of its own."""
    return [Path(place) for place in ([spec.origin] if spec.origin else spec.submodule_search_locations or ())]
