"""Pages as answers: the templates, and the headers that keep a page from doing more than it should."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from connectors.emulator.browsers import PAGE_HEADERS
from connectors.emulator.pages import cells, places, wording
from connectors.emulator.pages.formatting.styles import Sheet
from connectors.emulator.pages.places import Kind
from connectors.emulator.pages.turn import Turn
from connectors.emulator.wire.answers import Response

_FOLDER = Path(__file__).parent / "templates"
_POLICY = "default-src 'none'; style-src {}; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY.format("'self'"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    **PAGE_HEADERS,
}


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(cells=cells, places=places, wording=wording, Kind=Kind)
    return made


def page(template: str, turn: Turn | None, status: int = 200, *, sheet: Sheet | None = None, **values: Any) -> Response:
    """A page of a template. `turn` is None where the page is about nothing that is there; `sheet` has the styles that
    the page carries beyond those of every page, and the policy then allows exactly these."""
    shown: dict[str, Any] = {
        "turn": turn,
        "site": None,
        "person": None,
        "people": [],
        "style": places.STYLE_PATH,
        "choosing": False,
        "view": None,
        "own_style": Markup(sheet.text) if sheet else "",  # noqa: S704 - a sheet lets nothing but styles through
    }
    if turn is not None and turn.place.site is not None:
        shown |= {"site": turn.site, "person": turn.person, "people": cells.people(turn.site)}
    text = _environment().get_template(template).render(shown | values)
    headers = {**_HEADERS, "Content-Type": "text/html; charset=utf-8"}
    if sheet and sheet.text:
        headers["Content-Security-Policy"] = _POLICY.format(f"'self' {sheet.source}")
    return Response(status, headers, text.encode("utf-8", "replace"))


def problem(status: int, heading: str, sentence: str, turn: Turn | None = None) -> Response:
    """A page that says in one sentence why there is nothing else to see."""
    return page("problem.html", turn, status, heading=heading, sentence=sentence)


def stylesheet() -> Response:
    """How every page looks."""
    content = b"\n".join((_FOLDER / name).read_bytes() for name in ("pages.css", "formatting.css"))
    return Response(200, {**_HEADERS, "Content-Type": "text/css; charset=utf-8"}, content)


def redirect(address: str, **headers: str) -> Response:
    """Go on to another page; a form that was sent is not sent again by reloading."""
    return Response(303, {**_HEADERS, "Location": address, **headers})
