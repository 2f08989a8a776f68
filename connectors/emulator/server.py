"""The HTTP server: uvicorn, in a thread for tests and the demonstration, in the foreground for the command."""

import asyncio
import socket
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from connectors.emulator.certificates import Tls
from connectors.emulator.hang_up import WithHangUp

STARTED_WITHIN = 20.0
_LAST_ANSWERS_WITHIN = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is told of it, not what it listens on


class EmulatorServer:
    """Serves an application on a port of its own.

    `with EmulatorServer(app) as server:` serves in a thread until the block ends; `run_forever()` serves in the
    foreground until it is interrupted. Port 0 lets the system choose; `base_url` says which it chose. With `tls` it
    speaks https and nothing else.
    """

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 0, *, tls: Tls | None = None) -> None:
        self.host = host
        self._scheme = "http" if tls is None else "https"
        app = WithHangUp(app)
        self._server = _PromptServer(_plain(app) if tls is None else _encrypted(app, tls))
        # The protocol is named because asyncio switches Nagle off only where it sees TCP; without that every answer
        # on a kept-alive connection waits 40 ms.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((host, port))
            # From here on clients wait rather than be refused: the address may be told before anything is served.
            self._socket.listen(128)
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self._thread: threading.Thread | None = None

    @property
    def base_url(self) -> str:
        """Scheme, host and port as this machine reaches it, without a slash at the end."""
        host = _EVERYWHERE.get(self.host, self.host)
        host = f"[{host}]" if ":" in host else host
        return f"{self._scheme}://{host}:{self.port}"

    def __enter__(self) -> "EmulatorServer":
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="emulator", daemon=True
        )
        self._thread.start()
        pause = threading.Event()
        waited = 0.0
        while not self._server.started:
            if not self._thread.is_alive() or waited > STARTED_WITHIN:
                raise RuntimeError("The emulator did not start.")
            pause.wait(0.005)
            waited += 0.005
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End what serves and free the port; a server in the foreground frees it itself when it returns."""
        self._server.should_exit = True
        foreground = self._thread is None and self._server.started
        if self._thread is not None:
            self._thread.join(timeout=10)
            self._thread = None
        if not foreground:
            self._socket.close()

    def ask_to_end(self) -> None:
        """Let what serves, or is about to, end in good order. Does nothing else, so a signal handler may call it."""
        self._server.should_exit = True

    def run_forever(self) -> None:
        """Serve in the foreground until interrupted, or asked to end."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()


class _PromptServer(uvicorn.Server):
    """Ends at once although clients keep connections, or have yet to send the rest of what they ask.

    A polite end of TLS would wait for each of them to answer, and half a request is never going to be done. Answers
    that are on their way get a moment, and those that take longer are not given.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in self._connections():
            asked = getattr(connection, "cycle", None)
            if asked is None or asked.response_complete or asked.more_body:
                connection.transport.abort()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_ANSWERS_WITHIN):
                while self.server_state.tasks and not self.force_exit:
                    await asyncio.sleep(0.02)
        for connection in self._connections():
            connection.transport.abort()
        await super().shutdown(sockets)

    def _connections(self) -> list[Any]:
        return list(self.server_state.connections)


def _plain(app: ASGIApp, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        # The Date header is the world's clock, written by the application.
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        lifespan="off",
        ws="none",
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


def _encrypted(app: ASGIApp, tls: Tls) -> uvicorn.Config:
    # Python reads keys from files only. These are gone again, with the folder that only we can enter, once read.
    with tempfile.TemporaryDirectory(prefix="emulator-tls-") as name:
        certificate, key = Path(name) / "certificate.pem", Path(name) / "key.pem"
        certificate.write_text(tls.certificate_pem, encoding="ascii")
        key.write_text(tls.key_pem, encoding="ascii")
        config = _plain(app, certificate, key)
        config.load()
    return config
