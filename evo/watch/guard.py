"""Who may see the page: whoever has the token, from the page's own address, over http and over web sockets.

Pure ASGI, before everything else: a library's own middleware would not see web sockets.
"""

import hmac
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_REFUSED = b"evo: open the whole address that evo watch printed, with its token.\n"
# What a browser may load and where from, so that nothing leaves this machine, whatever a page holds.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' {socket}; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = ((b"referrer-policy", b"no-referrer"), (b"x-content-type-options", b"nosniff"))


def names_this_machine(host: str) -> bool:
    """Whether a Host header names this machine: by an address, which no other site can be, or by its own name."""
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name.lower() in ("localhost", socket.gethostname().lower()):
        return True
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class Guard:
    """An ASGI application before another.

    Parameters
    ----------
    token : that the address must hold once; then a cookie does, which scripts cannot read and other sites cannot send
    port : of the server; cookies are not kept apart by it, so it is part of the cookie's name
    """

    def __init__(self, app: Any, token: str, port: int):
        self._app, self._token, self._cookie, self._port = app, token, f"evo-watch-{port}", port

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Hand on what may pass, and refuse the rest with 403."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            headers[name] = headers[name] + b"; " + value if name in headers else value
        host = headers.get(b"host", b"").decode("latin-1")
        origin = headers.get(b"origin")
        here = self._is_here(host) and (origin is None or origin.decode("latin-1") == f"http://{host}")
        if here and self._known(headers.get(b"cookie", b"").decode("latin-1")):
            await self._app(scope, receive, self._with_policy(send, host))
        elif here and scope["type"] == "http" and scope["method"] == "GET" and self._tells(scope["query_string"]):
            await self._let_in(send)
        else:
            await _refuse(scope, receive, send)

    def _is_here(self, host: str) -> bool:
        return host.endswith(f":{self._port}") and names_this_machine(host)

    def _known(self, cookies: str) -> bool:
        try:
            found = SimpleCookie(cookies).get(self._cookie)
        except CookieError:
            return False
        return found is not None and self._is_token(found.value)

    def _tells(self, query: bytes) -> bool:
        return any(map(self._is_token, parse_qs(query.decode("latin-1")).get("token", [])))

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())

    async def _let_in(self, send: Send) -> None:
        """To the page without the token in its address, where it would be kept in the history and copied."""
        cookie = f"{self._cookie}={self._token}; HttpOnly; SameSite=Strict; Path=/"
        headers = [(b"location", b"/"), (b"set-cookie", cookie.encode())]
        await send({"type": "http.response.start", "status": 303, "headers": [*headers, *_HEADERS]})
        await send({"type": "http.response.body", "body": b""})

    @staticmethod
    def _with_policy(send: Send, host: str) -> Send:
        policy = (b"content-security-policy", _POLICY.format(socket=f"ws://{host}").encode("latin-1"))

        async def sent(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message.get("headers", ()), policy, *_HEADERS]}
            await send(message)

        return sent


async def _refuse(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *_HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _REFUSED})
