"""Only whoever has the token, from the page's own address, is let in; web sockets too."""

import asyncio

import pytest

from evo.watch.guard import Guard, names_this_machine

TOKEN, PORT = "a-token", 8420
HOME = f"127.0.0.1:{PORT}"


def ask(kind="http", host=HOME, cookie=None, origin=None, query=b"", method="GET", more=()):
    """What the guard answers: its messages, and whether what is behind it was reached."""
    reached, sent = [], []

    async def app(scope, receive, send):
        reached.append(scope["type"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message)

    headers = [(b"host", host.encode())] if host is not None else []
    headers += [(b"cookie", f"other=1; evo-watch-{PORT}={cookie}".encode())] if cookie else []
    headers += [(b"origin", origin.encode())] if origin is not None else []
    scope = {
        "type": kind,
        "headers": [*headers, *more],
        "query_string": query,
        "path": "//evil.example",
        "method": method,
    }
    asyncio.run(Guard(app, TOKEN, PORT)(scope, receive, send))
    return sent, bool(reached)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("given", "passes"),
    [
        ({"cookie": TOKEN}, True),
        ({"cookie": TOKEN, "origin": f"http://{HOME}"}, True),
        ({"cookie": TOKEN, "host": f"localhost:{PORT}"}, True),
        ({}, False),
        ({"cookie": "another"}, False),
        ({"cookie": TOKEN + "x"}, False),
        ({"cookie": TOKEN, "origin": "http://evil.example"}, False),
        ({"cookie": TOKEN, "origin": "null"}, False),
        ({"cookie": TOKEN, "origin": f"https://{HOME}"}, False),
        ({"cookie": TOKEN, "origin": f"http://localhost:{PORT}"}, False),
        ({"cookie": TOKEN, "host": f"evil.example:{PORT}"}, False),
        ({"cookie": TOKEN, "host": "127.0.0.1:1"}, False),
        ({"cookie": TOKEN, "host": None}, False),
        ({"cookie": TOKEN, "more": [(b"host", b"evil.example")]}, False),
        (
            {"cookie": TOKEN, "more": [(b"origin", b"http://evil.example"), (b"origin", f"http://{HOME}".encode())]},
            False,
        ),
    ],
)
def test_who_may_pass(kind, given, passes):
    sent, reached = ask(kind, **given)
    assert reached == passes
    if not passes:
        assert sent[0] == {"type": "websocket.close", "code": 1008} if kind == "websocket" else sent[0]["status"] == 403


def test_the_token_becomes_a_cookie_that_no_script_and_no_other_site_has():
    sent, reached = ask(query=f"token={TOKEN}".encode())
    headers = dict(sent[0]["headers"])
    assert not reached and sent[0]["status"] == 303
    assert headers[b"location"] == b"/"  # wherever it was asked for
    assert headers[b"set-cookie"] == f"evo-watch-{PORT}={TOKEN}; HttpOnly; SameSite=Strict; Path=/".encode()


@pytest.mark.parametrize(
    "given",
    [
        {"query": b"token=wrong"}, {"query": b"token="}, {"query": b"token"}, {"query": b"%ff=\xff"},
        {"query": f"token={TOKEN}".encode(), "host": f"evil.example:{PORT}"},
        {"query": f"token={TOKEN}".encode(), "origin": "http://evil.example"},
        {"query": f"token={TOKEN}".encode(), "method": "POST"},
        {"query": f"token={TOKEN}".encode(), "kind": "websocket"},
    ],
)  # fmt: skip
def test_a_token_elsewhere_opens_nothing(given):
    sent, reached = ask(**given)
    assert not reached
    assert not any(b"set-cookie" in dict(message.get("headers", ())) for message in sent)


def test_what_is_let_through_may_load_from_here_alone():
    sent, _ = ask(cookie=TOKEN)
    policy = dict(sent[0]["headers"])[b"content-security-policy"].decode()
    assert "default-src 'self'" in policy and f"ws://{HOME}" in policy and "frame-ancestors 'none'" in policy


def test_names_of_this_machine():
    assert all(map(names_this_machine, ("localhost:1", "127.0.0.1:1", "[::1]:1", "192.168.0.7:80")))
    assert not any(map(names_this_machine, ("", "evil.example:1", "127.0.0.1.evil.example:1", "localhost.evil:1")))
