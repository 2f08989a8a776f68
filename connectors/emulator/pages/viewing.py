"""What a view shows of its list: which columns, and which rows in which order, or why it cannot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated, SharePointError
from connectors.emulator.pages import cells
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state import approval
from connectors.emulator.state.fields import Field
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from connectors.emulator.state.views import View
from connectors.emulator.wire.caml import CamlView, read_view
from connectors.emulator.wire.items import Columns
from connectors.emulator.wire.query import Question, answer

TITLES: Final = frozenset({"LinkTitle", "LinkTitleNoMenu", "Title"})
_KEPT = frozenset({"Modified", "Editor", approval.STATUS})


@dataclass(frozen=True, slots=True)
class Rows:
    """A view's rows in its own order. `problem` says why there are none that could be shown."""

    items: Sequence[Item] = ()
    problem: str = ""


def columns(owner: SpList, view: View) -> list[Field]:
    """What a view's table shows: its own columns, and no others, so that a column somebody made without putting it into
    a view is looked for where it is. The view that came with the list also tells what became of each item."""
    known = {column.name: column for column in owner.fields()} | dict.fromkeys(TITLES, owner.title_field)
    named = dict.fromkeys(known[name] for name in view.fields if name in known)
    shown = [column for column in named if column.builtin or not column.hidden]
    if not view.template:
        return shown or [owner.title_field]
    return list(dict.fromkeys([*shown, *(column for column in cells.system(owner) if column.name in _KEPT)]))


def rows(turn: Turn, view: View, shown: Sequence[Field]) -> Rows:
    """The rows of a view for the person who looks, in the view's order."""
    try:
        items = _asked(turn, view, shown)
    except SharePointError as refused:
        return Rows(problem=_refusal(turn.owner, refused))
    except NotEmulated as absent:
        return Rows(problem=f"This view cannot be displayed here: this server has no {absent.what}.")
    return Rows(items if view.paged else items[: _size(view)])


def _size(view: View) -> int | None:
    return view.row_limit if view.row_limit > 0 else None


def _asked(turn: Turn, view: View, shown: Sequence[Field]) -> list[Item]:
    """The items, found as a query for them is answered. What an indexed condition has narrowed down may be sorted by
    any column; without one, a list over the threshold may not."""
    owner = turn.owner
    around = Columns(owner)
    asked = read_view(around, f"<View><Query>{view.query}</Query></View>", turn.person)
    joined = asked.joined
    if not view.template:
        joined |= {column.rest_name for column in shown if column.rest_name in around.references}
    order = () if asked.where is not None else asked.order
    items, _ = answer(around, Question(asked.where, order, joined, max(len(owner.items), 1), {}))
    return items if order else _sorted(turn, around, asked, items)


def _sorted(turn: Turn, around: Columns, asked: CamlView, items: list[Item]) -> list[Item]:
    for order in reversed(asked.order):
        key = _key(turn, around, order.name)
        items = sorted(items, key=key, reverse=order.descending)
    return items


def _key(turn: Turn, around: Columns, path: str) -> Callable[[Item], Any]:
    column = around.fields.get(path.partition("/")[0])
    return (lambda item: item.id) if column is None else cells.sort_key(turn.site, column)


def _refusal(owner: SpList, refused: SharePointError) -> str:
    """Why a view is not shown, as the service's own page says it."""
    if refused.message == errors.list_view_threshold().message:
        most = owner.limits.list_view_threshold
        return (
            "This view cannot be displayed because it exceeds the list view threshold "
            f"({most} items) enforced by the administrator. To view items, try selecting another view."
        )
    return f"This view cannot be displayed. {' '.join(refused.message.split())}"
