"""One run of a program in a process of its own: other random numbers, its populations watched, what was found kept."""

import json
import os
import sys
import traceback
import types
import warnings
from pathlib import Path
from typing import Any

from evo.errors import AuditError

_NOTHING = "evolved nothing that could be seen"
ENDED = "ended with exit status "
HOW = f"{_NOTHING}: give --property NAME=WHAT, or put the evolution inside `with evo.audit(...):`"
TWICE = (
    "--property: the program has an audit of its own, whose properties stand in its `evo.audit(...)`; "
    "leave --property out, or that audit"
)
UNSEEN = (
    _NOTHING + ": no operator of DEAP chose out of a list of individuals, and no algorithm of "
    "pymoo, LEAP or PyGAD ran{forked}; tell of each generation inside `with evo.audit() as audit:` by audit.generation"
)


def main(path: str) -> None:
    """Run the job that a file tells of, and write what was found beside it."""
    job = json.loads(Path(path).read_text(encoding="utf-8"))
    own = os.getpid()
    try:
        told: dict[str, Any] = {"audits": _run(job)}
    except SystemExit as error:
        how = f"{ENDED}{error.code}" if isinstance(error.code, int) else f"ended with the message {_show(error.code)}"
        told = {"error": how}
    except AuditError as error:
        text = str(error)
        told = {"error": text if text.startswith(_NOTHING) else f"could not be audited: {text.removeprefix('audit: ')}"}
    except BaseException as error:  # whatever a program may raise
        traceback.print_exc()
        told = {"error": f"raised {' '.join(traceback.format_exception_only(error)[-1].split())}"}
        if isinstance(error, EOFError):
            told["error"] += "; what asks for input gets none in an audit: hand it over as -- ARGUMENTS"
    if os.getpid() != own:  # a process that the program forked goes on to its end, and tells nothing
        os._exit(0)
    aside = Path(f"{job['result']}.aside")
    aside.write_text(json.dumps(told), encoding="utf-8")
    aside.replace(job["result"])
    sys.stdout.flush()
    os._exit(0)  # threads that the program left behind are not waited for


def _show(value: Any) -> str:
    """A text in one line, cut short."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:80]} ..."


def _run(job: dict[str, Any]) -> list[dict[str, Any]]:
    """Reports of all audits of the run."""
    from evo.audits import blind, deap_operators, for_deap, libraries, record, seeds
    from evo.audits.follow import Follow
    from evo.audits.given import function

    children: list[int] = []  # one for each process that the program forks
    os.register_at_fork(after_in_parent=lambda: children.append(1))
    seeds.mix(job["seed"], job["replicate"])
    if job["watch"]:
        deap_operators.install()
    watch = follow = None
    if job["without"]:
        blind.active = blind.Blind(job["without"], on=job["blind"])
    if job["properties"] and job["watch"]:
        properties = {name: function("--property", what) for name, what in job["properties"]}
        deployment = function("--deployment", job["deployment"]) if job["deployment"] else None
        watch = for_deap.Watch(record.Audit(properties, deployment, job["thresholds"]))
        follow = Follow(watch.audit)
        libraries.begin(follow)
    module = types.ModuleType("__main__")
    module.__file__ = job["script"]
    sys.modules["__main__"] = module
    sys.argv = [job["script"], *job["arguments"]]
    sys.path.insert(0, str(Path(job["script"]).parent))
    code = compile(Path(job["script"]).read_bytes(), job["script"], "exec", dont_inherit=True)
    if watch is not None:
        watch.names = module.__dict__
        watch.begin()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that creator makes a class again
        try:
            exec(code, module.__dict__)
        except SystemExit as error:
            if isinstance(error.code, str) or (isinstance(error.code, int) and error.code):
                raise  # what else is handed over is what `main` returned, as in sys.exit(main())
        if watch is not None and follow is not None and not record.finished:
            for end in follow.ends:
                end()
            watch.end()
    if record.finished and job["properties"]:
        raise AuditError(TWICE)
    audits = record.finished or ([watch.audit] if watch is not None and watch.audit.ledger.steps else [])
    if not audits and job["watch"]:
        forked = " in this process; what it evolves in processes that it starts is not seen" if children else ""
        raise AuditError(UNSEEN.format(forked=forked) if job["properties"] else HOW)
    if blind.active is not None and not blind.active.used:
        audits[0].notes["not_blind"] = blind.NOT_SEEN
    return [audit.report().to_dict() for audit in audits]
