"""One annotator over HTTP: `python -S http.py PORT SEPARATE TOKEN`; prints its figures as JSON.

It says that it is ready, and then reads when to begin and to end from its input.

A bare socket and the standard library only, so that the load costs little of the cores that are measured. Times are
of the clock of the wall; loops that begin before BEGIN warm up and do not count.
"""

import json
import socket
import sys
import time

DRY_SECONDS = 0.05


class Annotator:
    """A connection that is kept alive."""

    def __init__(self, port, token):
        self.port, self.name = port, token[-12:]
        self.head = f"Host: q\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n".encode()
        self.sent = 0
        self.connect()

    def connect(self):
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def post(self, path, body):
        """Send it; whether it was taken, and the answer's bytes."""
        self.sent += 1
        head = b"POST /api/v1/work/%b HTTP/1.1\r\n%bIdempotency-Key: %b-%d\r\nContent-Length: %d\r\n\r\n"
        self.socket.sendall(head % (path, self.head, self.name.encode(), self.sent, len(body)) + body)
        answer = self.socket.recv(65536)
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self._more()
        at = answer.find(b"content-length: ") + 16
        length = int(answer[at : answer.find(b"\r\n", at)])
        while len(answer) < end + 4 + length:
            answer += self._more()
        return answer.startswith(b"HTTP/1.1 200"), answer[end + 4 :]

    def _more(self):
        more = self.socket.recv(65536)
        if not more:
            raise ConnectionError("the server hung up")
        return more


def leased(answer):
    """The first lease in an answer, or None."""
    at = answer.find(b'"assignment":"')
    return answer[at + 14 : at + 50] if at >= 0 else None


def work(port, token, begin, end, separate):
    """Claim and answer until END: the time of each loop in milliseconds, errors, and how often there was nothing."""
    annotator = Annotator(port, token)
    claim = b'{"count":1,"projects":["bench"]}'
    submit = b'{"assignment":"%b","value":"a","seconds":5.0' + (b"}" if separate else b',"claim":1}')
    took, errors, dry, lease = [], [], 0, None
    while (now := time.time()) < end:
        started = time.perf_counter()
        if lease is None:
            taken, answer = annotator.post(b"claim", claim)
            lease = leased(answer)
            if not taken:
                errors.append(answer.decode())
            if lease is None:
                dry += 1
                time.sleep(DRY_SECONDS)
                continue
        taken, answer = annotator.post(b"submit", submit % lease)
        if not taken:
            errors.append(answer.decode())
        elif now >= begin:
            took.append(1000 * (time.perf_counter() - started))
        lease = None if separate or not taken else leased(answer)
    return {"ms": took, "errors": errors, "dry": dry}


if __name__ == "__main__":
    port, separate, token = sys.argv[1:]
    print("ready", flush=True)
    begin, end = map(float, sys.stdin.readline().split())
    print(json.dumps([work(int(port), token, begin, end, separate == "1")]))
