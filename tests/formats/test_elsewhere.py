"""Media that stay elsewhere: read in whole or in part, and never from where only this machine can reach."""

from __future__ import annotations

import http.server
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from quorate.errors import InvalidInput, NotFound, TooLarge, Unavailable
from quorate.formats import elsewhere

BODY = b"0123456789" * 100


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/gone":
            self.send_error(404)
        elif self.path == "/round":
            self.send_response(302)
            self.send_header("Location", "/round")
            self.end_headers()
        elif self.path.startswith("/to?"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to?"))
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            for _ in range(100):
                self.wfile.write(BODY)
        else:
            self.send_response(206 if "Range" in self.headers else 200)
            self.send_header("Content-Type", "image/png; charset=x")
            self.send_header("X-Host", self.headers["Host"])
            body = BODY[:10] if "Range" in self.headers else BODY
            self.send_header("Content-Length", str(len(body)))
            if "Range" in self.headers:
                self.send_header("Content-Range", f"bytes 0-9/{len(BODY)}")
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def there() -> Iterator[str]:
    """The beginning of the addresses of a server on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def read(url: str, part: str | None = None, *, trusted: tuple[str, ...] = (), most: int = 10**6) -> elsewhere.Found:
    return elsewhere.fetch(url, part, trusted=trusted, most=most)


def test_a_listed_place_is_read_in_whole_and_in_part(there):
    whole = read(there + "a b/ü.png?x=1", trusted=(there,))
    assert (whole.status, whole.type, b"".join(whole.chunks)) == (200, "image/png", BODY)
    part = read(there + "1.png", "bytes=0-9", trusted=(there,))
    assert (part.status, part.headers["content-range"]) == (206, "bytes 0-9/1000")
    assert b"".join(part.chunks) == BODY[:10]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1", "0.0.0.0", "10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]", "localhost", "2130706433", "0x7f.1",
    ],
)  # fmt: skip
def test_an_address_of_ones_own_is_never_asked(address, monkeypatch):
    def connect(*_: Any, **__: Any) -> None:
        raise AssertionError("connected")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises((InvalidInput, NotFound)):
        read(f"http://{address}:80/x.png")


def test_a_name_that_leads_to_two_addresses_is_refused_if_one_is_private(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(InvalidInput, match="own"):
        read("http://a.example/x.png")


def test_a_redirect_is_looked_at_anew(there):
    inward = there.replace("127.0.0.1", "localhost") + "secret"
    with pytest.raises(InvalidInput, match="own"):
        read(f"{there}to?{inward}", trusted=(there,))
    assert b"".join(read(f"{there}to?/1.png", trusted=(there,)).chunks) == BODY
    with pytest.raises(Unavailable):
        read(f"{there}round", trusted=(there,))
    with pytest.raises(InvalidInput):
        read(f"{there}to?file:///etc/passwd", trusted=(there,))


def test_too_much_is_not_taken(there):
    with pytest.raises(TooLarge):
        read(there + "1.png", trusted=(there,), most=999)
    with pytest.raises(TooLarge):
        b"".join(read(there + "endless", trusted=(there,), most=5000).chunks)


def test_what_is_not_there_says_so(there):
    with pytest.raises(NotFound):
        read(there + "gone", trusted=(there,))
    with pytest.raises(NotFound):
        read("http://nobody.invalid/x.png")


@pytest.mark.parametrize(
    "url", ["ftp://a.example/x", "file:///etc/passwd", "http:///x", "http://a.example:x/", "s3://b/k"]
)
def test_other_addresses_are_not_fetched(url):
    with pytest.raises((InvalidInput, NotFound)):
        read(url)


def test_a_listed_store_is_read_in_whole_and_in_part():
    import fsspec

    with fsspec.open("memory://shelf/1.wav", "wb") as file:
        file.write(BODY)
    whole = read("memory://shelf/1.wav", trusted=("memory://shelf/",))
    assert (whole.status, b"".join(whole.chunks)) == (200, BODY)
    part = read("memory://shelf/1.wav", "bytes=5-7", trusted=("memory://shelf",))
    assert (part.status, part.headers["content-range"], b"".join(part.chunks)) == (206, "bytes 5-7/1000", b"567")
    with pytest.raises(NotFound):
        read("memory://shelf/2.wav", trusted=("memory://shelf/",))
    with pytest.raises(InvalidInput):
        read("memory://shelf-of-others/1.wav", trusted=("memory://shelf",))


def test_the_end_of_a_listed_name_is_its_end():
    assert elsewhere.listed("http://10.0.0.5/a.png", ["http://10.0.0.5"])
    assert not elsewhere.listed("http://10.0.0.55/a.png", ["http://10.0.0.5"])
    assert not elsewhere.listed("http://10.0.0.5", [""])
