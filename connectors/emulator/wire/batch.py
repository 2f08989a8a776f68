"""`$batch`: a tolerant reader of what clients send, and the flat answer the service gives.

Clients differ: line feeds alone or with carriage returns, a preamble that repeats the headers, boundaries with and
without quotes, headers without a space, one change set or many, absolute, relative and unencoded addresses. All of it
is read. The parts are done in order, each by itself; nothing is rolled back.
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from connectors.emulator import errors
from connectors.emulator.state.world import Site, World
from connectors.emulator.wire.answers import Response, failure
from connectors.emulator.wire.calls import Request
from connectors.emulator.wire.paths import split_service
from connectors.emulator.wire.shapes import Level

Responder = Callable[[Request], Response]

_BOUNDARY = re.compile(r"boundary\s*=\s*(?:\"([^\"]+)\"|([^;\s]+))", re.IGNORECASE)
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_PROTOCOL = re.compile(r"HTTP/\d(\.\d)?")


def answer(world: World, site: Site, request: Request, respond: Responder) -> Response:
    """Do every part by `respond` and answer them in their order; a batch beyond the limits is refused whole."""
    limits = world.limits
    if len(request.body) > limits.batch_bytes:
        raise errors.batch_too_large(len(request.body), limits.batch_bytes)
    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        raise errors.bad_query("The content type of a batch must be multipart/mixed with a boundary.")
    parts = list(_operations(request.body, boundary))
    if not parts:
        raise errors.bad_query("The batch holds no operation.")
    if len(parts) > limits.batch_operations:
        raise errors.batch_too_many(limits.batch_operations)
    mark = f"batchresponse_{world.new_guid()}"
    answers = [_part(mark, _answered(part, site, request, respond)) for part in parts]
    content = b"".join(answers) + f"--{mark}--\r\n".encode()
    return Response(200, {"Content-Type": f"multipart/mixed; boundary={mark}"}, content)


def boundary_of(content_type: str) -> str | None:
    """The boundary a content type names."""
    match = _BOUNDARY.search(content_type)
    return (match[1] or match[2]) if match and "multipart" in content_type.lower() else None


def _operations(body: bytes, boundary: str, *, change_set: bool = False) -> Iterator[bytes]:
    """The HTTP requests in a multipart body, change sets opened; a change set holds no other."""
    for section in _sections(body, boundary):
        head, rest = _cut(section)
        inner = boundary_of(_headers(head).get("content-type", ""))
        if inner is None or change_set:
            yield rest
        else:
            yield from _operations(rest, inner, change_set=True)


def _sections(body: bytes, boundary: str) -> Iterator[bytes]:
    """What stands between the delimiters; the preamble and the epilogue are dropped.

    A delimiter ends its line and need not begin one: one client puts it right behind the JSON of a part.
    """
    delimiter = re.compile(rb"(?:\r?\n)?--" + re.escape(boundary.encode()) + rb"(--)?[ \t]*(?=\r?\n|$)")
    marks = list(delimiter.finditer(body))
    for start, end in pairwise(marks):
        if start[1] is None:
            yield body[start.end() : end.start()]


def _cut(section: bytes) -> tuple[bytes, bytes]:
    """The headers of a section and what follows the blank line."""
    section = section.lstrip(b"\r\n")
    match = _BLANK_LINE.search(section)
    return (section, b"") if match is None else (section[: match.start()], section[match.end() :])


def _headers(head: bytes) -> dict[str, str]:
    """Header lines by lower-case name; a folded line belongs to the one before."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace"))
    found = {}
    for line in unfolded.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
    return found


def _answered(part: bytes, site: Site, outer: Request, respond: Responder) -> Response:
    request = _request(part, site, outer)
    if request is None:
        return failure(
            errors.bad_query("The part of the batch does not begin with a request line that can be read."), Level.NONE
        )
    split = split_service(request.path)
    if request.origin != outer.origin or (split is not None and split[0].lower() != site.path.lower()):
        return failure(errors.bad_query("The part of the batch belongs to another site."), Level.NONE)
    if split is not None and split[2].lower() == "$batch":
        return failure(errors.bad_query("A batch cannot hold another batch."), Level.NONE)
    return respond(request)


def _request(part: bytes, site: Site, outer: Request) -> Request | None:
    head, body = _cut(part)
    first, _, rest = head.lstrip().partition(b"\n")
    asked = _request_line(first.decode("utf-8", "replace"))
    if asked is None:
        return None
    method, url = asked
    shared = {"authorization": outer.headers.get("authorization", ""), "accept": outer.headers.get("accept", "")}
    headers = shared | _headers(rest)
    try:
        origin, path, query = _address(url, site, outer.origin)
    except ValueError:
        return None
    return Request(method, unquote(path), path, query, headers, body.strip(), origin)


def _request_line(line: str) -> tuple[str, str] | None:
    """Method and address of a request line, in time that grows as the line does; blanks may stand in an address."""
    method, *rest = line.split(None, 1) or [""]
    url, *protocol = rest[0].rsplit(None, 1) if rest else [""]
    if not (method.isascii() and method.isalpha()) or not protocol or not _PROTOCOL.fullmatch(protocol[0]):
        return None
    return method, url


def _address(url: str, site: Site, origin: str) -> tuple[str, str, str]:
    """Origin, path and query of a part's address: absolute, from the server's root, or relative to the site's `_api`.

    A host that is written otherwise but is the same, whatever its scheme, is the origin itself. What follows a # is a
    fragment, and no part of the query however much it was meant to be.
    """
    url = url.partition("#")[0]
    if "://" in url.partition("?")[0]:
        cut = urlsplit(url)
        same = cut.netloc.lower() == urlsplit(origin).netloc.lower()
        return (origin if same else f"{cut.scheme}://{cut.netloc}"), cut.path, cut.query
    path, _, query = url.partition("?")
    if path.startswith("/"):
        return origin, path, query
    base = site.path.rstrip("/")
    return origin, (f"{base}/{path}" if path.lower().startswith("_api/") else f"{base}/_api/{path}"), query


def _part(mark: str, response: Response) -> bytes:
    status = HTTPStatus(response.status)
    headers = "".join(f"{name.upper()}: {value}\r\n" for name, value in response.headers.items())
    head = (
        f"--{mark}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        f"HTTP/1.1 {response.status} {status.phrase}\r\n{headers}\r\n"
    )
    return head.encode() + response.content + b"\r\n"
