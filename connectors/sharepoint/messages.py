"""One request and one reply, and what one run of them has cost."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from connectors.sharepoint.settings import header
from sync.core.run_report import Requests
from sync.errors import UnreadableError

NO_METADATA = "application/json;odata=nometadata"
MINIMAL = "application/json;odata=minimalmetadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """`url` is absolute. `about` names what is asked for in messages. `kind` and `units` go into the usage.

    `changes`: it writes, so it may be repeated only where the host says that it was not done. `permit` is asked each
    time it is about to be sent; what it raises is not ours to catch.
    """

    url: str
    about: str
    kind: str
    units: int = 1
    method: str = "GET"
    accept: str = NO_METADATA
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    changes: bool = False
    permit: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def header(self, name: str) -> str | None:
        return header(self.headers, name)

    @property
    def is_json(self) -> bool:
        return "json" in (self.header("Content-Type") or "").lower()

    def json(self, about: str) -> Any:
        """The decoded body; UnreadableError where it is not whole JSON."""
        if not self.is_json:
            raise UnreadableError(f"SharePoint answered with something other than data when asked for {about}.")
        try:
            return json.loads(self.content)
        except ValueError:
            raise UnreadableError(f"The answer about {about} was cut short or is not valid JSON.") from None

    def mapping(self, about: str) -> dict[str, Any]:
        """The decoded body where it is a JSON object, as every single thing SharePoint answers is."""
        decoded = self.json(about)
        if not isinstance(decoded, dict):
            raise UnreadableError(f"The answer about {about} is not of the expected form.")
        return decoded


@dataclass(slots=True)
class Meter:
    """Counts every request that is sent, repeated ones too: SharePoint charges those as well. For any number of
    threads."""

    by_kind: Counter[str] = field(default_factory=Counter)
    resource_units: int = 0
    throttled_seconds: float = 0.0
    paced_seconds: float = 0.0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def sent(self, request: Request) -> None:
        with self._lock:
            self.by_kind[request.kind] += 1
            self.resource_units += request.units

    def waited(self, seconds: float, *, told: bool) -> None:
        """Because the host said so (`told`), or for our own ceiling."""
        with self._lock:
            self.throttled_seconds += seconds if told else 0.0
            self.paced_seconds += 0.0 if told else seconds

    def usage(self) -> Requests:
        with self._lock:
            kinds = dict(sorted(self.by_kind.items()))
            return Requests(kinds, self.resource_units, self.throttled_seconds, self.paced_seconds)
