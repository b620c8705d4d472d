"""Whether a dask scheduler is at an address, found out before dask's own client waits for one."""

import asyncio
import re
import socket
import threading

from evo.errors import ScenarioError
from evo.wording import show

_ADDRESS = re.compile(r"((?P<by>tcp|tls|ws|wss)://)?(?P<host>[^\s:/\[\]]+|\[[0-9A-Fa-f:.]+\]):(?P<port>[0-9]{1,5})")


def check(address: str, patience: float) -> None:
    """Raise where no scheduler answers. dask's client waits for ever where something else does.

    patience : seconds that it may take to be reached, and as many more to shake hands

    Raises
    ------
    ScenarioError : it is no address, needs a credential, nobody answers, or what answers is no scheduler
    """
    import distributed

    found = _ADDRESS.fullmatch(address)
    if found is None or not 0 < int(found["port"]) < 2**16:
        raise ScenarioError(
            f"--scheduler {show(address)}: must be tcp://HOST:PORT or tls://HOST:PORT, with a port from 1 to 65535"
        )
    credential = distributed.Security().get_connection_args("client")
    if found["by"] in ("tls", "wss") and not credential.get("ssl_context"):
        raise ScenarioError(
            f"--scheduler {address}: needs a credential; name its files in dask's settings, distributed.comm.tls"
        )
    try:
        socket.create_connection((found["host"].strip("[]"), int(found["port"])), patience).close()
    except (OSError, UnicodeError) as error:  # UnicodeError: a label of the host is empty or too long
        raise ScenarioError(f"--scheduler {address}: nobody answers there ({error})") from None
    if not _shakes_hands(address, credential, patience):
        raise ScenarioError(f"--scheduler {address}: what answers there is no dask scheduler")


def _shakes_hands(address: str, credential: dict[str, object], patience: float) -> bool:
    """Whether a scheduler answers. Asked in a thread, for a notebook has a loop of its own."""
    from distributed.comm import connect

    answers: list[bool] = []

    async def ask() -> None:
        (await asyncio.wait_for(connect(address, timeout=patience, **credential), 2 * patience)).abort()

    def work() -> None:
        try:
            asyncio.run(ask())
            answers.append(True)
        except BaseException:  # whatever comes of reading what no scheduler has sent
            answers.append(False)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(3 * patience)
    return answers == [True]
