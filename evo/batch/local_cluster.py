"""A dask scheduler and workers of one's own: they ask for a credential, and serve no pages.

Their connections are encrypted with a key that is made for them and thrown away, so that no other user of this machine
can send them code; what dask's pages would tell, and take in, is not served at all.
"""

import logging
from typing import Any

from distributed import Nanny, Scheduler, Worker
from distributed.deploy.spec import SpecCluster
from distributed.security import Security

HERE = {"host": "127.0.0.1", "protocol": "tls://"}


class _Scheduler(Scheduler):
    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Serve no pages."""


class _Worker(Worker):
    def start_http_server(self, *_: Any, **__: Any) -> None:
        """Serve no pages."""


def start(jobs: int) -> SpecCluster:
    """Start a scheduler, and so many processes of one thread.

    Raises
    ------
    ImportError : cryptography is not installed
    """
    security = Security.temporary()
    own = {**HERE, "security": security}
    quiet = logging.CRITICAL + 1
    worker = {
        "cls": Nanny,
        "options": {**own, "nthreads": 1, "worker_class": _Worker, "dashboard": False, "silence_logs": quiet},
    }
    scheduler = {"cls": _Scheduler, "options": {**own, "port": 0, "dashboard": False}}
    return SpecCluster(
        workers=dict.fromkeys(range(jobs), worker), scheduler=scheduler, security=security, silence_logs=quiet
    )
