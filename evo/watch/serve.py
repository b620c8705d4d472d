"""The server of the page: on this machine alone, unless told otherwise, behind the guard."""

import errno
import os
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from evo import interrupts
from evo.errors import ScenarioError
from evo.scenario.spec import Spec
from evo.watch.sandbox import Sandbox

NEEDS = "evo watch needs NiceGUI: pip install 'evo-sandbox[watch]'"
HOST, PORT = "127.0.0.1", 8420
_TRIED = 100  # ports


def serve(spec: Spec, host: str, port: int, opens: bool, told: Callable[[str], None]) -> None:
    """Serve the page of a scenario until it is interrupted. told: of what a person should know.

    Raises
    ------
    ScenarioError : the scenario cannot be watched; NiceGUI is not there; there is no free port
    """
    Sandbox(spec)
    try:
        import uvicorn

        from evo.watch.page import application
    except ImportError:
        raise ScenarioError(NEEDS) from None
    listening, taken = _listen(host, port)
    if taken:
        told(f"port {port} is taken; {taken}, the next that is free, is used")
    if host not in (HOST, "localhost", "::1"):
        told(
            f"--host {host}: whoever reaches this machine's port and knows the address with its token can watch and "
            "steer; what is sent is not encrypted"
        )
    token = secrets.token_urlsafe(24)
    shown = f"[{host}]" if ":" in host else socket.gethostname() if host in ("0.0.0.0", "") else host
    address = f"http://{shown}:{taken or port}/?token={token}"
    server = _server(uvicorn, application(spec, token, taken or port))
    print(address, flush=True)
    told("open this address in a browser; Ctrl-C ends it")
    if opens and _has_screen():
        webbrowser.open(address)
    for number in interrupts.SIGNALS:
        signal.signal(number, _leave)
    server.run(sockets=[listening])


def _server(uvicorn: Any, app: Any) -> Any:
    class Server(uvicorn.Server):  # type: ignore[misc]
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals end this process at once: nothing is stored that could be left half done."""
            yield

    how = {"loop": "asyncio", "log_level": "warning", "access_log": False, "server_header": False}
    return Server(uvicorn.Config(app, **how))


def _leave(*_: Any) -> None:
    interrupts.claim()
    os.write(2, b"\nevo: the page is closed\n")
    os._exit(interrupts.STATUS)


def _listen(host: str, port: int) -> tuple[socket.socket, int]:
    """A socket on that port, or on the next that is free, which is told: 0 where it is that port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in range(port, min(port + _TRIED, 65536)):
        listening = socket.socket(family, socket.SOCK_STREAM)
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was just closed is free
        try:
            listening.bind((host, number))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                continue
            raise ScenarioError(f"--host {host}: cannot be listened on: {error.strerror or error}") from None
        return listening, 0 if number == port else number
    raise ScenarioError(f"--port {port}: no port from there to {min(port + _TRIED, 65536) - 1} is free")


def _has_screen() -> bool:
    """Whether a browser could show itself; in a bare terminal one of text would take that over."""
    return sys.platform in ("win32", "darwin") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
