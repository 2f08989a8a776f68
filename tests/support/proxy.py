"""A small HTTP proxy on loopback: it knows names that no resolver knows, and remembers who asked for what."""

import base64
import select
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer

_CHUNK = 65536


@dataclass
class ConnectProxy:
    """`routes` leads a `host:port` to a port of loopback; what has no route is refused. `asked` is every CONNECT."""

    url: str
    routes: Mapping[str, int]
    password: str | None = None
    asked: list[str] = field(default_factory=list)

    @property
    def url_with_password(self) -> str:
        """The proxy's address as a setting would give it."""
        return self.url.replace("://", f"://council:{self.password}@")


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    proxy: ConnectProxy


class _Handler(StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        method, target, _ = self.rfile.readline().decode("latin-1").split(" ", 2)
        headers = list(iter(lambda: self.rfile.readline().decode("latin-1").strip(), ""))
        proxy = self.server.proxy
        proxy.asked.append(f"{method} {target}")
        if proxy.password and not any(_is_allowed(line, proxy.password) for line in headers):
            self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        elif method != "CONNECT" or target not in proxy.routes:
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        else:
            with socket.create_connection(("127.0.0.1", proxy.routes[target])) as upstream:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                _relay(self.connection, upstream)


def _is_allowed(line: str, password: str) -> bool:
    expected = base64.b64encode(f"council:{password}".encode()).decode()
    return line.lower().startswith("proxy-authorization:") and line.endswith(expected)


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Bytes both ways until either side ends."""
    while True:
        for ready in select.select([one, other], [], [])[0]:
            try:
                received = ready.recv(_CHUNK)
                (other if ready is one else one).sendall(received)
            except OSError:
                return
            if not received:
                return


@contextmanager
def connect_proxy(routes: Mapping[str, int], password: str | None = None) -> Iterator[ConnectProxy]:
    """A proxy that serves until the block ends."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.proxy = ConnectProxy(f"http://127.0.0.1:{server.server_address[1]}", routes, password)
        thread = threading.Thread(target=server.serve_forever, name="proxy", daemon=True)
        thread.start()
        try:
            yield server.proxy
        finally:
            server.shutdown()
            thread.join(timeout=10)
