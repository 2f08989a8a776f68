"""Views: read, made, changed, removed, and the columns they show."""

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import tostring

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated
from connectors.emulator.state.changes import ChangeType
from connectors.emulator.state.json_kinds import checked_kind, members
from connectors.emulator.state.lists import SpList
from connectors.emulator.state.views import View, free_page
from connectors.emulator.wire.calls import Call, one_property
from connectors.emulator.wire.caml import parsed
from connectors.emulator.wire.projection import collect, project
from connectors.emulator.wire.shapes import Reply, Scalar
from connectors.emulator.wire.view_resource import PROPERTIES, fields_resource, shown, view_resource

# What a client calls a setting -> attribute of View, with the JSON type it takes.
_SETTINGS: dict[str, tuple[str, type]] = {
    "Title": ("title", str),
    "ViewQuery": ("query", str),
    "Query": ("query", str),
    "RowLimit": ("row_limit", int),
    "Paged": ("paged", bool),
    "Hidden": ("hidden", bool),
    "PersonalView": ("personal", bool),
    "DefaultView": ("default", bool),
    "SetAsDefaultView": ("default", bool),
    "Scope": ("scope", int),
    "CustomFormatter": ("custom_formatter", str),
    "ViewType2": ("view_type", str),
}
_ONLY_MADE = frozenset({"Query", "SetAsDefaultView", "ViewFields", "ViewTypeKind"})
_FIXED = frozenset({"PersonalView", "ViewType2"})
_HTML_KINDS = frozenset({None, 0, 1})


def get_views(call: Call) -> Reply:
    """Every view of a list."""
    owner = call.list
    return Reply(collect((view_resource(owner, view) for view in owner.views), call.options, "SP.ApiData.Views"))


def get_view(call: Call) -> Reply:
    """One view."""
    resource = view_resource(call.list, _view(call))
    return Reply(project(resource, call.options.select, call.options.expand))


def get_view_property(call: Call) -> Reply:
    """One plain property of a view."""
    return Reply(one_property(call, view_resource(call.list, _view(call))))


def post_view(call: Call) -> Reply:
    """Make a view from a view entity."""
    reply = _made(call)
    reply.status = 201
    reply.headers["Location"] = f"{call.api}/{view_resource(call.list, call.list.views[-1]).uri}"
    return reply


def add_view(call: Call) -> Reply:
    """Make a view from view creation information."""
    return _made(call)


def _made(call: Call) -> Reply:
    owner, given = call.list, call.parameters("parameters")
    title = given.get("Title")
    if not isinstance(title, str) or not title.strip():
        raise errors.bad_query("The parameter Title cannot be null or empty.")
    if given.get("ViewTypeKind") not in _HTML_KINDS:
        raise NotEmulated(f"views of kind {given['ViewTypeKind']}")
    # A view that names no columns begins with those of the default view, as recorded.
    named = given.get("ViewFields")
    fields = list(owner.default_view.fields) if named is None else [_column(owner, one) for one in members(named)]
    view = View(owner.site.world.new_guid(), title.strip(), free_page(owner, title), fields, paged=False)
    apply = _settings(given, _ONLY_MADE)
    apply(view)
    owner.views.append(view)
    if view.default:
        _make_default(owner, view)
    owner.view_changed(view, ChangeType.ADD)
    return Reply(shown(owner, view))


def update_view(call: Call) -> Reply:
    """Change a view's settings."""
    owner, view, given = call.list, _view(call), call.parameters("parameters")
    for name in _FIXED & given.keys():
        raise NotEmulated(f"changing SP.View.{name}")
    apply = _settings(given)
    if given.get("DefaultView") is False and view.default:
        raise errors.bad_query("A list has a default view: make another view the default instead.")
    apply(view)
    if view.default:
        _make_default(owner, view)
    owner.view_changed(view, ChangeType.UPDATE)
    return Reply(status=204)


def delete_view(call: Call) -> Reply:
    """Remove a view; a list keeps its default view."""
    owner, view = call.list, _view(call)
    if view.default:
        raise errors.bad_query("The default view of a list cannot be deleted.")
    owner.views.remove(view)
    owner.view_changed(view, ChangeType.DELETE)
    return Reply(Scalar("DeleteObject", None))


def set_view_xml(call: Call) -> Reply:
    """Replace a view's columns, query and row limit by those of a `<View>`."""
    owner, view, text = call.list, _view(call), checked_kind(call.json().get("viewXml"), str)
    root = parsed(text)
    if root.tag != "View":
        raise errors.bad_caml()
    named, query, limit = root.find("ViewFields"), root.find("Query"), root.find("RowLimit")
    fields = [_column(owner, one.get("Name", "")) for one in named] if named is not None else view.fields
    rows = "" if limit is None else (limit.text or "").strip()
    if limit is not None and not (rows.isdecimal() and len(rows) < 10 and int(rows)):
        raise errors.bad_caml()
    view.fields = fields
    if query is not None:
        view.query = "".join(tostring(part, encoding="unicode").strip() for part in query)
    if limit is not None:
        view.row_limit, view.paged = int(rows), limit.get("Paged", "").upper() == "TRUE"
    owner.view_changed(view, ChangeType.UPDATE)
    return Reply(Scalar("SetViewXml", None))


def get_view_fields(call: Call) -> Reply:
    """The columns of a view."""
    resource = fields_resource(call.list, _view(call))
    return Reply(project(resource, call.options.select, call.options.expand))


def add_view_field(call: Call) -> Reply:
    """Show one more column, at the end; one that is shown already stays where it is."""
    name = _column(call.list, _argument(call, "addviewfield"))
    return _with_fields(call, "AddViewField", lambda fields: fields if name in fields else [*fields, name])


def remove_view_field(call: Call) -> Reply:
    """Show a column no more."""
    name = _column(call.list, _argument(call, "removeviewfield"))
    return _with_fields(call, "RemoveViewField", lambda fields: [known for known in fields if known != name])


def remove_all_view_fields(call: Call) -> Reply:
    """Show no column."""
    return _with_fields(call, "RemoveAllViewFields", lambda _: [])


def move_view_field(call: Call) -> Reply:
    """Show a column in another place, counted from 0."""
    given = call.json()
    place = checked_kind(given.get("index"), int)
    name = _column(call.list, given.get("field"))
    if name not in _view(call).fields:
        raise errors.field_missing(name)
    if not 0 <= place < len(_view(call).fields):
        raise errors.bad_query("The parameter index is out of range.")

    def moved(fields: list[str]) -> list[str]:
        others = [known for known in fields if known != name]
        return [*others[:place], name, *others[place:]]

    return _with_fields(call, "MoveViewFieldTo", moved)


def _with_fields(call: Call, method: str, change: Callable[[list[str]], list[str]]) -> Reply:
    owner, view = call.list, _view(call)
    view.fields = change(view.fields)
    owner.view_changed(view, ChangeType.UPDATE)
    return Reply(Scalar(method, None))


def _view(call: Call) -> View:
    """The view the path names."""
    chosen, owner = call.selector("view"), call.list
    if chosen.by == "default":
        return owner.default_view
    wanted = chosen.value.strip("{}").lower()
    for view in owner.views:
        if (view.id if chosen.by == "id" else view.title.lower()) == wanted:
            return view
    raise errors.view_missing()


def _argument(call: Call, method: str) -> Any:
    """The one argument of a method: in the path, or in the body as `strField`."""
    chosen = call.resource.selectors.get(method)
    return call.json().get("strField") if chosen is None else chosen.value


def _column(owner: SpList, named: Any) -> str:
    """The internal name of a column that is there."""
    checked_kind(named, str)
    found = owner.field_named(named) or owner.field_titled(named)
    if found is None:
        raise errors.field_missing(named)
    return found.name


def _settings(given: dict[str, Any], also: frozenset[str] = frozenset()) -> Callable[[View], None]:
    """What puts the given settings on a view; all of them are checked before any is put."""
    changes: dict[str, Any] = {}
    for name, raw in given.items():
        if name in also - _SETTINGS.keys():
            continue
        if name not in _SETTINGS or (name in _ONLY_MADE and name not in also):
            raise _not_a_setting(name)
        attribute, kind = _SETTINGS[name]
        changes[attribute] = _setting(attribute, kind, raw)

    def apply(view: View) -> None:
        for attribute, value in changes.items():
            setattr(view, attribute, value)

    return apply


def _setting(attribute: str, kind: type[Any], raw: Any) -> Any:
    if raw is None and attribute in {"custom_formatter", "view_type"}:
        return None
    if raw is None and attribute == "query":
        return ""
    checked_kind(raw, kind)
    if attribute == "title" and not raw.strip():
        raise errors.bad_query("The parameter Title cannot be null or empty.")
    if attribute == "row_limit" and not 0 < raw <= 2**31 - 1:
        raise errors.bad_query("The parameter RowLimit is out of range.")
    return _query(raw) if attribute == "query" else raw


def _query(text: str) -> str:
    """What a Query holds, as the service writes XML."""
    root = parsed(f"<Query>{text}</Query>")
    if (root.text or "").strip() or any((part.tail or "").strip() for part in root):
        raise errors.bad_caml()
    return "".join(tostring(part, encoding="unicode").strip() for part in root)


def _not_a_setting(name: str) -> Exception:
    return NotEmulated(f"setting SP.View.{name}") if name in PROPERTIES else errors.unknown_property(name, "SP.View")


def _make_default(owner: SpList, view: View) -> None:
    for other in owner.views:
        other.default = other is view
