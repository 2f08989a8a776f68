"""What goes back to the client, before the headers every answer carries are added."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.emulator.errors import SharePointError
from connectors.emulator.wire.shapes import Level, encode, error_body

NOT_EMULATED = "X-Emulator-Not-Emulated"


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer travels: after `delay` seconds, only its first `cut` bytes, or not at all where it is lost."""

    delay: float = 0.0
    cut: int | None = None
    lost: bool = False


PROMPT = Delivery()


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back: the headers of SharePoint itself are added where it leaves."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    delivery: Delivery = PROMPT


def failure(error: SharePointError, level: Level) -> Response:
    """An error as an answer."""
    if error.raw is not None:
        return Response(error.status, error.headers, error.raw)
    return Response(error.status, {"Content-Type": level.value, **error.headers}, encode(error_body(error, level)))


def not_emulated(what: str, level: Level) -> Response:
    """The answer to what SharePoint has and this server has not."""
    error = SharePointError(501, "-1, System.NotImplementedException", f"Not emulated: {what}.")
    return Response(
        501, {"Content-Type": level.value, NOT_EMULATED: _header_text(what)}, encode(error_body(error, level))
    )


def _header_text(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")[:200]
