"""Many requests in one: SharePoint's `$batch`, a multipart body of HTTP requests answered by one of HTTP replies.

A batch is no transaction: every part succeeds or fails alone, and the outer 200 says nothing about any of them. The
answer is a flat list in the order of the requests, so a part that is missing makes all from there on uncertain.
"""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from connectors.sharepoint.messages import Reply, Request
from connectors.sharepoint.settings import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One request inside a batch; `url` is absolute. Anything but GET travels in a changeset of its own, because a
    changeset with several writes would be answered for the whole where it is malformed. `changes`: it writes; a POST
    may only ask. `items`: about how many its answer holds. `kind`: in the usage, where it is sent alone."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    changes: bool = False
    units: int = 1
    items: int = 1
    kind: str = "item"

    def request(self, about: str) -> Request:
        """The same as a request by itself."""
        return Request(
            url=self.url,
            about=about,
            kind=self.kind,
            units=self.units,
            method=self.method,
            headers=self.headers,
            body=self.body or None,
            changes=self.changes,
        )

    def message(self) -> bytes:
        lines = [f"{self.method} {self.url} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body + b"\r\n"


_HTTP = b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
_FRAME = 400
"""More bytes than the boundaries and headers around one part take."""


def chunks(parts: Sequence[Part], limits: Limits) -> Iterator[tuple[Part, ...]]:
    """The parts in order, in groups that each make one request, whose answer is about as long as a page at most."""
    group: list[Part] = []
    size = items = 0
    for part in parts:
        weight = len(part.message()) + _FRAME
        is_full = len(group) == limits.batch or items + part.items > max(limits.page_size, limits.batch)
        if group and (is_full or size + weight > limits.body_bytes):
            yield tuple(group)
            group, size, items = [], 0, 0
        group.append(part)
        size += weight
        items += part.items
    if group:
        yield tuple(group)


def batch_request(endpoint: str, parts: Sequence[Part], about: str, random: Random) -> Request:
    """The request that carries these parts."""
    boundary = f"batch_{_identifier(random)}"
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + _framed(part, random) for part in parts)
    return Request(
        url=endpoint,
        about=about,
        kind="batch",
        units=sum(part.units for part in parts),
        method="POST",
        headers={"Content-Type": f"multipart/mixed; boundary={boundary}"},
        body=body + b"--" + boundary.encode() + b"--\r\n",
        changes=any(part.changes for part in parts),
    )


def _framed(part: Part, random: Random) -> bytes:
    if part.method == "GET":
        return _HTTP + part.message()
    changeset = f"changeset_{_identifier(random)}"
    edge = b"--" + changeset.encode()
    head = f"Content-Type: multipart/mixed; boundary={changeset}\r\n\r\n".encode()
    return head + edge + b"\r\n" + _HTTP + part.message() + edge + b"--\r\n\r\n"


def _identifier(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def batch_replies(reply: Reply, expected: int) -> tuple[Reply, ...]:
    """The replies in order, as far as they can be relied on: fewer than expected where the answer is cut short or
    garbled, and none at all where there are more, because then none can be matched to its request."""
    boundary = re.search(r'boundary="?([^";,]+)"?', reply.header("Content-Type") or "", re.IGNORECASE)
    if boundary is None:
        return ()
    pieces = re.split(rb"\r?\n?--" + re.escape(boundary.group(1).strip().encode()), b"\r\n" + reply.content)
    # What follows the last boundary is either the closing mark or a part whose end never came.
    replies: list[Reply] = []
    for piece in pieces[1:-1]:
        inner = _reply_in(piece)
        if inner is None:
            break
        replies.append(inner)
    return tuple(replies) if len(replies) <= expected else ()


def _reply_in(piece: bytes) -> Reply | None:
    """The HTTP reply inside one part; None where it is not whole."""
    _, _, message = _parted(piece)
    head, separator, body = _parted(message)
    status = re.match(rb"HTTP/\d(?:\.\d)? (\d{3})", head.lstrip())
    if status is None or not separator:
        return None
    lines = head.lstrip().decode("latin-1").splitlines()[1:]
    headers = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Reply(int(status.group(1)), headers, body)


def _parted(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Head, empty line and body; lines may end with CRLF or LF."""
    found = re.search(rb"\r?\n\r?\n", message)
    return (message, b"", b"") if found is None else (message[: found.start()], found.group(), message[found.end() :])
