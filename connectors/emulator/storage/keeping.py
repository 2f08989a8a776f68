"""Keeping a service's world: whatever changed it, it is in the file before anybody is told that it is done."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.emulator.service import Service
from connectors.emulator.storage.file import WorldFile


class Keeping:
    """An application around another that saves the service's world before each answer leaves."""

    def __init__(self, app: ASGIApp, service: Service, file: WorldFile) -> None:
        self._app = app
        self._service = service
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and hold its answer until the world is kept."""

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._save()
            await send(message)

        try:
            await self._app(scope, receive, kept)
        finally:
            # An answer that got lost on purpose never began, and yet what was asked may have been done.
            self._save()

    def _save(self) -> None:
        with self._service.lock:
            self._file.save(self._service.world)
