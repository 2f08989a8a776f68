"""Keeping a service's world: whatever changed it, it is in the file before anybody is told that it is done."""

import logging

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.emulator.service import Service
from connectors.emulator.storage.file import StorageError, WorldFile

log = logging.getLogger("connectors.emulator")


class Keeping:
    """An application around another that saves the service's world before each answer leaves.

    Where it cannot be saved, a 500 takes the answer's place, and the next answer's turn comes to save all of it.
    """

    def __init__(self, app: ASGIApp, service: Service, file: WorldFile) -> None:
        self._app = app
        self._service = service
        self._file = file

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and hold its answer until the world is kept."""
        trouble: str | None = None

        async def kept(message: Message) -> None:
            nonlocal trouble
            if message["type"] == "http.response.start":
                trouble = self._save()
                if trouble is not None:
                    await PlainTextResponse(trouble, 500)(scope, receive, send)
            if trouble is None:
                await send(message)

        try:
            await self._app(scope, receive, kept)
        finally:
            # An answer that got lost on purpose never began, and yet what was asked may have been done.
            if trouble is None:
                self._save()

    def _save(self) -> str | None:
        """Why the world could not be saved; None where it was."""
        try:
            with self._service.lock:
                self._file.save(self._service.world)
        except StorageError as error:
            log.warning("%s", error)
            return str(error)
        return None
