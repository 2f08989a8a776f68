"""Lists: found with everything that can be compared, made whole or not at all, and taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.sharepoint.admin.calls import Calls, left_behind, taken_back
from connectors.sharepoint.admin.columns import forms_of
from connectors.sharepoint.admin.formatting import canonical
from connectors.sharepoint.admin.views import Views
from connectors.sharepoint.columns import WireColumn, is_whole, plain_guid, wire_columns
from connectors.sharepoint.context import Site
from connectors.sharepoint.describing import about_list, by_guid, list_resource
from sync.core.provisioning.shape import FoundColumn, FoundList, ListShape, ListTerms, Rights
from sync.engine.targets import ListAddress
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError, UnreachableError, UnreadableError

_VIEW_ITEMS = 0x1
_EDIT_ITEMS = 0x4
_MANAGE_LISTS = 0x800
_GENERIC = 100
_SETTINGS = "Id,Title,ItemCount,EnableVersioning,MajorVersionLimit,EnableModeration,ForceCheckout"
_OF_LIST = f"{_SETTINGS},RootFolder/ServerRelativeUrl,Fields/*"

_RESTRICT = (
    "Ask the site's owner for the role `fullcontrol` for this application, for as long as `provision` runs, because "
    "only that may close a list to the site's readers; or let everybody who may read the site read the list."
)

Fields = Sequence[Mapping[str, Any]]


def rights_of(document: Mapping[str, Any], about: str) -> Rights:
    """What the service may do, as the host says itself."""
    try:
        granted = int(document["EffectiveBasePermissions"]["Low"])
    except (KeyError, TypeError, ValueError):
        raise UnreadableError(f"SharePoint does not say what we may do in {about}.") from None
    return Rights(
        read=bool(granted & _VIEW_ITEMS), edit=bool(granted & _EDIT_ITEMS), manage=bool(granted & _MANAGE_LISTS)
    )


class Lists:
    """The lists of one site."""

    def __init__(self, calls: Calls, host: str) -> None:
        self._calls = calls
        self._site: Site = calls.site
        self._host = host

    def rights(self) -> Rights:
        about = f"the site {self._site.url}"
        return rights_of(self._calls.get("web?$select=EffectiveBasePermissions", about), about)

    def find(self, address: ListAddress, *, columns_only: bool = False) -> tuple[FoundList, Fields] | None:
        """The list in two requests (one for columns only), and in one more where the first leaves out what types add to
        a field; its fields beside it as they came. None where there is none."""
        resource, about = list_resource(address, self._site), about_list(address)
        rights = "" if columns_only else "EffectiveBasePermissions,"
        query = f"?$select={rights}{_OF_LIST}&$expand=Fields,RootFolder"
        document = self._calls.look(resource + query, about)
        if document is None:
            return None
        guid = plain_guid(str(document.get("Id")))
        fields = self._fields(document, resource, about)
        found = self._found(document, fields, guid, about)
        if columns_only:
            return found, fields
        return replace(found, views=Views(self._calls, guid).found(), rights=rights_of(document, about)), fields

    def add(self, shape: ListShape) -> str:
        """The list is made under the last part of its address, which decides the address for good, and then renamed.

        One that is there already is gone on with where it is empty and was not renamed to anything else: it was begun
        when a run was cut short. What cannot be finished is taken away again, unless it was there before.
        """
        about = about_list(ListAddress(title=shape.title))
        begun = self._begun(shape, about)
        guid = begun or self._made(shape, about)
        try:
            self._finish(guid, shape, about)
        except SourceError as error:
            if begun:
                raise left_behind(error, f"The list at {shape.url}", "in the site's contents") from error
            raise self._undone(guid, shape, error) from None
        return guid

    def remove(self, guid: str) -> None:
        """Into the recycle bin; one that is gone already is no error."""
        about = about_list(ListAddress(id=guid))
        if self._calls.look(f"{by_guid(guid)}?$select=Id", about) is not None:
            self._calls.post(f"{by_guid(guid)}/recycle", about)

    def _fields(self, document: Mapping[str, Any], resource: str, about: str) -> Fields:
        fields = document.get("Fields")
        if not isinstance(fields, list) or not is_whole(fields):
            return self._calls.values(f"{resource}/fields", about)
        return fields

    def _found(self, document: Mapping[str, Any], fields: Fields, guid: str, about: str) -> FoundList:
        try:
            by_name = {str(field["InternalName"]): field for field in fields}
            return FoundList(
                host=self._host,
                guid=guid,
                title=str(document["Title"]),
                url=self._relative(document),
                item_count=int(document["ItemCount"]),
                columns=tuple(_column(wire, by_name[wire.column.name]) for wire in wire_columns(fields)),
                views=(),
                terms=_terms(document),
            )
        except (KeyError, TypeError, ValueError):
            raise UnreadableError(f"The description of {about} is not of the expected form.") from None

    def _relative(self, document: Mapping[str, Any]) -> str:
        """A list's address without its site's."""
        whole = str(document["RootFolder"]["ServerRelativeUrl"])
        prefix = f"{self._site.path}/"
        return whole[len(prefix) :] if whole.casefold().startswith(prefix.casefold()) else whole.lstrip("/")

    def _begun(self, shape: ListShape, about: str) -> str | None:
        """A list at the address of the shape that was begun and not finished; None where there is none.

        SchemaError where there is another.
        """
        address = ListAddress(url=shape.url)
        there = self._calls.look(
            f"{list_resource(address, self._site)}?$select=Id,Title,ItemCount", about_list(address)
        )
        if there is None:
            return None
        if there.get("ItemCount") == 0 and there.get("Title") in (_last(shape.url), shape.title):
            return plain_guid(str(there["Id"]))
        raise SchemaError(
            f"The site has a list '{there.get('Title')}' at {shape.url} already.",
            f"Give {about} another title, or delete that one if nobody needs it.",
        )

    def _made(self, shape: ListShape, about: str) -> str:
        body = {
            "Title": _last(shape.url),
            "Description": shape.description,
            "BaseTemplate": _GENERIC,
            "EnableVersioning": shape.versioned,
        }
        try:
            guid = str(self._calls.post("web/lists", about, body).get("Id") or "")
        except (UnreachableError, UnreadableError):
            guid = self._begun(shape, about) or ""
            if not guid:
                raise
        if not guid:
            raise UnreadableError(f"SharePoint does not say whether {about} was made.")
        return plain_guid(guid)

    def _finish(self, guid: str, shape: ListShape, about: str) -> None:
        """Closed first, so that there is never anything to see that may not be seen."""
        there = self._calls.get(f"{by_guid(guid)}?$select=RootFolder/ServerRelativeUrl&$expand=RootFolder", about)
        if self._relative(there).casefold() != shape.url.strip("/").casefold():
            raise SchemaError(
                f"SharePoint made {about} at {self._relative(there)} instead of {shape.url}.",
                "Look in the site's contents for what is at that address, hidden lists too, or choose another title.",
            )
        if shape.restricted:
            self._restrict(guid, about)
        settings = {"Title": shape.title, "Description": shape.description, "EnableVersioning": shape.versioned}
        self._calls.merge(by_guid(guid), about, settings)
        if shape.title_column != "Title":
            title = f"{by_guid(guid)}/fields/getByInternalNameOrTitle('Title')"
            self._calls.merge(title, f"the column Title of {about}", {"Title": shape.title_column})

    def _restrict(self, guid: str, about: str) -> None:
        method = "breakroleinheritance(copyRoleAssignments=false,clearSubscopes=true)"
        try:
            self._calls.post(f"{by_guid(guid)}/{method}", about)
        except AccessError as error:
            raise AccessError(f"The service may not close {about} to the readers of its site.", _RESTRICT) from error

    def _undone(self, guid: str, shape: ListShape, error: SourceError) -> SourceError:
        """The error to raise once a list that could not be finished is gone again, or could not be taken away."""
        what = f"The list at {shape.url}"
        try:
            self._calls.post(f"{by_guid(guid)}/recycle", what)
        except NotFoundError:
            return taken_back(error, what)
        except SourceError:
            return left_behind(error, what, "in the site's contents")
        return taken_back(error, what)


def _last(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def _column(wire: WireColumn, field: Mapping[str, Any]) -> FoundColumn:
    forms = forms_of(field)
    return FoundColumn(
        column=wire.column,
        description=str(field.get("Description") or ""),
        indexed=field.get("Indexed") is True,
        formatter=canonical(str(field.get("CustomFormatter") or "")),
        in_new_form=forms.new,
        in_edit_form=forms.edit,
        hidden=field.get("Hidden") is True,
        id=plain_guid(str(field.get("Id") or "")),
    )


def _terms(document: Mapping[str, Any]) -> ListTerms:
    return ListTerms(
        versioning=document.get("EnableVersioning") is not False,
        version_limit=int(document.get("MajorVersionLimit") or 0),
        content_approval=document.get("EnableModeration") is True,
        forced_checkout=document.get("ForceCheckout") is True,
    )
