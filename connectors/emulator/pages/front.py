"""The door for browsers: which visits are answered with a page, and which are refused."""

from collections.abc import Callable, Mapping

from connectors.emulator.browsers import from_own_page
from connectors.emulator.pages import editing, listing, reading
from connectors.emulator.pages.places import Kind, find
from connectors.emulator.pages.rendering import problem, stylesheet
from connectors.emulator.pages.turn import NoSuchPageError, Turn
from connectors.emulator.pages.visit import Visit
from connectors.emulator.service import Service
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.paths import split_service

Handler = Callable[[Turn], Response]

_SITES = "/sites/"


def _style(_: Turn) -> Response:
    return stylesheet()


def _no_list(turn: Turn) -> Response:
    return problem(404, "There is no list here", f"{turn.site.title} has no list at this address.", turn)


PAGES: Mapping[tuple[str, Kind], Handler] = {
    ("GET", Kind.STYLE): _style,
    ("GET", Kind.NO_LIST): _no_list,
    ("GET", Kind.HOME): listing.home,
    ("GET", Kind.SITE): listing.show_site,
    ("POST", Kind.PERSON): listing.choose_person,
    ("GET", Kind.LIST): listing.show_list,
    ("GET", Kind.ITEM): reading.show_item,
    ("GET", Kind.EDIT): editing.open_item,
    ("POST", Kind.EDIT): editing.save_item,
    ("GET", Kind.NEW): editing.open_new,
    ("POST", Kind.NEW): editing.add_item,
    ("GET", Kind.RECYCLE): editing.ask_to_recycle,
    ("POST", Kind.RECYCLE): editing.recycle,
}


def respond(service: Service, visit: Visit) -> Response | None:
    """Answer a browser; None for what is no page, or is asked from another machine.

    The pages need no sign-in, so they are there only for whoever sits at this machine: over loopback, under one of
    the machine's own names, and for changes only from a page of ours.
    """
    path = visit.request.path
    if not visit.local or split_service(path) is not None:
        return None
    with service.lock:
        place = find(service.world, path)
        if place is None:
            return _nothing_here(visit)
        handler = PAGES.get((visit.verb, place.kind))
        if handler is None:
            return None
        turn = Turn(service, visit, place)
        return _refusal(visit) or _answer(turn, handler)


def _nothing_here(visit: Visit) -> Response | None:
    if visit.request.path.lower().startswith(_SITES) and visit.wants_page:
        return problem(404, "There is no page here", "No site of this server has a page at this address.")
    return None


def _refusal(visit: Visit) -> Response | None:
    if not visit.addressed_to_us:
        return _forbidden("This server answers browsers only under its own address, such as 127.0.0.1 or localhost.")
    if not visit.countable:
        return problem(400, "That address cannot be read", "The address of this page names far too many values.")
    if visit.verb != "POST":
        return None
    if not from_own_page(visit.request.headers, visit.request.origin):
        return _forbidden("This change was sent by another page than one of this server's, so nothing was changed.")
    if not visit.readable:
        return problem(400, "That form cannot be read", "What was sent is no form of this server, or is too large.")
    return None


def _forbidden(sentence: str) -> Response:
    return problem(403, "Not allowed", sentence)


def _answer(turn: Turn, handler: Handler) -> Response:
    try:
        return handler(turn)
    except NoSuchPageError as missing:
        return problem(404, "There is nothing here", str(missing), turn)
