"""`RenderListDataAsStream`: what a page of the service asks for its list. Only the data; the other parts answer 501."""

from typing import Any

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.operations.caml import ask, check_folder, place_of, text_of
from connectors.emulator.state.fields import Field
from connectors.emulator.state.json_kinds import checked_kind
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.views import DEFAULT_ROWS
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.caml import read_view
from connectors.emulator.wire.items import Columns
from connectors.emulator.wire.render import page_text
from connectors.emulator.wire.shapes import Reply, Verbatim

LIST_DATA = 2
_READ = frozenset({"ViewXml", "RenderOptions", "Paging", "FolderServerRelativeUrl"})
# Members that change nothing of what is emulated, and those that would.
_ACCEPTED = frozenset({"DatesInUtc", "AllowMultipleValueFilterForTaxonomyFields", "AddRequiredFields"})
_ABSENT = frozenset(
    {"ExpandGroups", "FirstGroupOnly", "MergeDefaultView", "OverrideViewXml", "ReplaceGroup", "RenderURLFieldInJSON",
     "ImageFieldsToTryRewriteToCdnUrls", "OriginalDate"}
)  # fmt: skip


def render(call: Call) -> Reply:
    """A page of a list's rows, in the service's own hand whatever metadata was asked for."""
    owner, given = call.list, call.parameters("parameters")
    _check(given)
    check_folder(call, given.get("FolderServerRelativeUrl"))
    columns = Columns(owner)
    view = read_view(columns, text_of(given, "ViewXml").strip() or owner.default_view.caml, call.actor)
    shown = view.fields or default_columns(owner)
    size = min(view.row_limit or DEFAULT_ROWS, owner.limits.largest_page)
    items, token = ask(columns, view, shown, place_of(text_of(given, "Paging")), size)
    paged = view.paged or view.row_limit is None
    text = page_text(columns, shown, items, size, token if paged else None)
    return Reply(Verbatim(text.encode("utf-8", "replace")), headers={"Content-Type": "application/json; charset=utf-8"})


def default_columns(owner: SpList) -> tuple[Field, ...]:
    """What is shown where a view names no columns: those of the list's default view."""
    named = {column.name: column for column in owner.fields()}
    return tuple(named[name] for name in owner.default_view.fields if name in named)


def _check(given: dict[str, Any]) -> None:
    for name, value in given.items():
        if name in _ABSENT and value:
            raise NotEmulated(f"RenderListDataAsStream with {name}")
        if name not in _READ | _ACCEPTED | _ABSENT:
            raise errors.unknown_property(name, "SP.RenderListDataParameters")
    options = given.get("RenderOptions")
    if options is not None and checked_kind(options, int) not in {0, LIST_DATA}:
        raise NotEmulated(f"RenderOptions {options}")
