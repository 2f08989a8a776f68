"""The forms: adding an item, editing one, and moving one to the recycle bin."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.emulator.errors import SharePointError
from connectors.emulator.pages import cells, draft, raw, wording
from connectors.emulator.pages.controls import Control, control
from connectors.emulator.pages.draft import Checked, Draft
from connectors.emulator.pages.places import Kind, item_address, list_address, new_address
from connectors.emulator.pages.raw import Raw
from connectors.emulator.pages.rendering import page, redirect
from connectors.emulator.pages.turn import Turn
from connectors.emulator.state.fields import Field
from connectors.emulator.state.users import User
from connectors.emulator.state.versions import Item, WriteMode
from connectors.emulator.wire.answers import Response


@dataclass(frozen=True, slots=True)
class Theirs:
    """A column that somebody else changed while a form was open; `mine` is None where the person did not."""

    column: Field
    opened: str
    now: str
    mine: str | None

    @property
    def note(self) -> str:
        """What the form says beside the column's control."""
        if self.mine is None:
            return f"Changed meanwhile. It was: {self.opened or 'blank'}."
        return f"Changed meanwhile to: {self.now or 'blank'}. This is yours."


# Editing


def open_item(turn: Turn) -> Response:
    """A form with an item's values."""
    item = turn.item
    return _item_form(turn, item, _stored(turn, item), turn.person)


def save_item(turn: Turn) -> Response:
    """Save what was changed, unless the item has moved on or an entry is wrong: then the form comes back."""
    item, form = turn.item, turn.visit.form()
    now = _stored(turn, item)
    sent, person = draft.read(turn, form, now), draft.editor(turn, form)
    if form.get("etag", [""])[0] != item.etag:
        return _overtaken(turn, item, sent, now, person)
    checked = draft.check(turn, sent, _to_check(sent))
    if checked.good and not sent.touched:
        return redirect(item_address(turn.owner, item, done="unchanged"))
    if checked.good:
        try:
            changes = {column.name: checked.values[column.name] for column in sent.touched}
            turn.owner.update(item, changes, WriteMode.UPDATE, person)
            turn.tell("change", person, item, changes)
            return redirect(item_address(turn.owner, item, done="saved"))
        except SharePointError as error:
            draft.refuse(sent, checked, error)
    return _item_form(turn, item, sent.entered, person, checked=checked)


def _to_check(sent: Draft) -> list[Field]:
    """What was changed, and what is required: SharePoint's own form lets nobody leave that blank either."""
    touched = {column.name for column in sent.touched}
    return [
        column
        for column in sent.columns
        if column.name in touched or (column.required and not sent.entered[column.name])
    ]


def _stored(turn: Turn, item: Item) -> dict[str, Raw]:
    held = item.values
    return {
        column.name: raw.raw_of(turn.site, column, held.get(column.name)) for column in raw.on_edit_form(turn.owner)
    }


def _item_form(
    turn: Turn,
    item: Item,
    entered: Mapping[str, Raw],
    person: User,
    *,
    checked: Checked | None = None,
    theirs: tuple[Theirs, ...] = (),
    status: int = 200,
) -> Response:
    wrong = checked or Checked()
    notes = {each.column.name: each.note for each in theirs}
    controls = [
        control(
            turn.site,
            column,
            entered[column.name],
            error=wrong.errors.get(column.name, ""),
            note=notes.get(column.name, ""),
        )
        for column in raw.on_edit_form(turn.owner)
    ]
    return page(
        "edit.html",
        turn,
        status if wrong.good else 422,
        owner=turn.owner,
        item=item,
        heading=f"Edit “{cells.title(turn.owner, item)}”",
        action=item_address(turn.owner, item, Kind.EDIT),
        back=item_address(turn.owner, item),
        controls=controls,
        fixed=[(column, cells.cell(turn.site, column, cells.held(column, item))) for column in raw.fixed(turn.owner)],
        etag=item.etag,
        was=draft.showing(_stored(turn, item)),
        editor=person,
        refused=wrong.refused,
        theirs=theirs,
        overtaken=_last_change(turn, item) if status == 409 else "",
        held_by=cells.held_by(turn.site, item),
    )


def _overtaken(turn: Turn, item: Item, sent: Draft, now: Mapping[str, Raw], person: User) -> Response:
    """Show what changed meanwhile; what the person changed stays in the form, all else is as it is now."""
    mine = {column.name for column in sent.touched}
    merged = {name: sent.entered[name] if name in mine else now[name] for name in now}
    theirs = tuple(
        Theirs(
            column,
            _words(turn, column, sent.before[column.name]),
            _words(turn, column, now[column.name]),
            _words(turn, column, sent.entered[column.name]) if column.name in mine else None,
        )
        for column in sent.columns
        if now[column.name] != sent.before[column.name]
    )
    return _item_form(turn, item, merged, person, theirs=theirs, status=409)


def _words(turn: Turn, column: Field, entered: Raw) -> str:
    """A raw value as a person reads it; as it was entered where it cannot be read."""
    checked = draft.check(turn, Draft([column], {}, {column.name: entered}), [column])
    if column.name in checked.errors:
        return "; ".join(entered)
    return cells.cell(turn.site, column, checked.values[column.name]).text


def _last_change(turn: Turn, item: Item) -> str:
    when = wording.moment(item.modified, turn.site.zone.zone)
    return f"Its last version is {item.version_label}, of {when}, by {cells.person_name(turn.site, item.editor)}."


# Adding


def open_new(turn: Turn) -> Response:
    """A form with the columns' defaults."""
    return _new_form(turn, _defaults(turn), turn.person)


def add_item(turn: Turn) -> Response:
    """Add the item, or give the form back with what is wrong."""
    form = turn.visit.form()
    sent, person = draft.read(turn, form, _defaults(turn)), draft.editor(turn, form)
    checked = draft.check(turn, sent, sent.columns)
    if checked.good:
        try:
            item = turn.owner.create(checked.values, person)
            turn.tell("add", person, item, checked.values)
            return redirect(item_address(turn.owner, item, done="added"))
        except SharePointError as error:
            draft.refuse(sent, checked, error)
    return _new_form(turn, sent.entered, person, checked)


def _defaults(turn: Turn) -> dict[str, Raw]:
    known = {column.name: value for column, value in turn.site.defaults(turn.owner)}
    return {
        column.name: raw.raw_of(turn.site, column, known.get(column.name)) for column in raw.on_new_form(turn.owner)
    }


def _new_form(turn: Turn, entered: Mapping[str, Raw], person: User, checked: Checked | None = None) -> Response:
    wrong = checked or Checked()
    controls: list[Control] = [
        control(turn.site, column, entered[column.name], error=wrong.errors.get(column.name, ""))
        for column in raw.on_new_form(turn.owner)
    ]
    return page(
        "edit.html",
        turn,
        200 if wrong.good else 422,
        owner=turn.owner,
        item=None,
        heading=f"New item in {turn.owner.title}",
        action=new_address(turn.owner),
        back=list_address(turn.owner),
        controls=controls,
        fixed=[],
        etag="",
        was=draft.showing(_defaults(turn)),
        editor=person,
        refused=wrong.refused,
        theirs=(),
        overtaken="",
        held_by="",
    )


# Recycling


def ask_to_recycle(turn: Turn) -> Response:
    """Ask once before an item is moved to the recycle bin."""
    return _question(turn, turn.item, "")


def recycle(turn: Turn) -> Response:
    """Move an item to the recycle bin; ask again where it has changed since the question."""
    item, form = turn.item, turn.visit.form()
    if form.get("etag", [""])[0] != item.etag:
        return _question(turn, item, f"This item changed while you were looking at it. {_last_change(turn, item)}")
    person = draft.editor(turn, form)
    try:
        turn.site.recycle(turn.owner, item, person)
    except SharePointError as error:
        return _question(turn, item, " ".join(error.message.split()))
    turn.tell("recycle", person, item)
    return redirect(list_address(turn.owner, {"done": "recycled"}))


def _question(turn: Turn, item: Item, changed: str) -> Response:
    return page(
        "recycle.html",
        turn,
        409 if changed else 200,
        owner=turn.owner,
        item=item,
        name=cells.title(turn.owner, item),
        changed=changed,
        editor=turn.person,
    )
