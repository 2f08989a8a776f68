"""Saving items the way a form does: ValidateUpdateListItem and its two kin that add.

The answer is always a 200 with one row for each field; a caller that does not read the rows learns of no failure.
"""

from typing import Any
from zoneinfo import ZoneInfo

from connectors.emulator import errors
from connectors.emulator.errors import NotEmulated, SharePointError
from connectors.emulator.operations.caml import check_folder
from connectors.emulator.state.json_kinds import members
from connectors.emulator.state.versions import WriteMode
from connectors.emulator.wire.calls import Call
from connectors.emulator.wire.form_values import FormValue, Reading, Row, read, stamp
from connectors.emulator.wire.shapes import Complex, Multi, Reply, Scalar

_TYPE = "SP.ListItemFormUpdateValue"
_PARAMETERS = frozenset({"formValues", "bNewDocumentUpdate", "checkInComment", "datesInUTC", "sharedLockId"})
_MEMBERS = frozenset({"FieldName", "FieldValue", "ErrorCode", "ErrorMessage", "HasException", "ItemId", "__metadata"})
_UTC = ZoneInfo("UTC")


def validate_update(call: Call) -> Reply:
    """Change an item by form values; If-Match is not asked for and no ETag comes back."""
    owner, item = call.list, call.item
    document = _document(call, "ValidateUpdateListItem", _PARAMETERS)
    reading = _reading(call, document)
    if not reading.failed and reading.rows:
        mode = WriteMode.OVERWRITE if document.get("bNewDocumentUpdate") is True else WriteMode.UPDATE
        try:
            owner.update(item, reading.values, mode, call.actor)
            stamp(item, reading.stamps)
        except SharePointError as error:
            reading = reading.refused(error, owner)
    return _reply("ValidateUpdateListItem", reading.rows, item.id)


def add_validate_update(call: Call) -> Reply:
    """Add an item by form values; where it goes may be given by `FolderUrl`."""
    return _added(call, "AddValidateUpdateItem")


def add_validate_update_using_path(call: Call) -> Reply:
    """Add an item by form values; where it goes may be given by `FolderPath`."""
    return _added(call, "AddValidateUpdateItemUsingPath")


def _added(call: Call, method: str) -> Reply:
    owner = call.list
    document = _document(call, method, _PARAMETERS | {"listItemCreateInfo"})
    _check_place(call, document.get("listItemCreateInfo"))
    reading = _reading(call, document)
    number = 0
    if not reading.failed:
        try:
            item = owner.create(reading.values, call.actor)
            stamp(item, reading.stamps)
            number = item.id
        except SharePointError as error:
            reading = reading.refused(error, owner)
    # The number comes as one more field; ItemId stays 0, as recorded.
    return _reply(method, (*reading.rows, Row("Id", str(number))), 0)


def _document(call: Call, method: str, known: frozenset[str]) -> dict[str, Any]:
    document = call.json()
    for name in document:
        if name not in known:
            raise errors.bad_query(f"The parameter {name} does not exist in method {method}.")
    return document


def _reading(call: Call, document: dict[str, Any]) -> Reading:
    zone = _UTC if document.get("datesInUTC") is True else call.site.zone.zone
    return read(call.list, _form_values(document.get("formValues")), zone=zone)


def _form_values(given: Any) -> list[FormValue]:
    return [_form_value(member) for member in members(given)]


def _form_value(given: Any) -> FormValue:
    if not isinstance(given, dict):
        raise errors.wrong_node("PrimitiveValue", "StartObject")
    for name in given:
        if name not in _MEMBERS and "odata." not in name:
            raise errors.unknown_property(name, _TYPE)
    name, text = given.get("FieldName"), given.get("FieldValue")
    if not isinstance(name, str) or not isinstance(text, str | None):
        raise errors.wrong_kind("Edm.String")
    return FormValue(name, text)


def _check_place(call: Call, given: Any) -> None:
    """Refuse folders: a list's items all lie in its root folder here."""
    if given is None:
        return
    if not isinstance(given, dict):
        raise errors.wrong_node("PrimitiveValue", "StartObject")
    if given.get("UnderlyingObjectType") not in {None, 0}:
        raise NotEmulated("folders and files in lists")
    path = given.get("FolderPath")
    check_folder(call, path.get("DecodedUrl") if isinstance(path, dict) else given.get("FolderUrl"))


def _reply(method: str, rows: tuple[Row, ...], item_id: int) -> Reply:
    shown = [
        Complex(
            _TYPE,
            {
                "ErrorCode": row.code,
                "ErrorMessage": row.message,
                "FieldName": row.name,
                "FieldValue": row.text,
                "HasException": row.failed,
                "ItemId": item_id,
            },
        )
        for row in rows
    ]
    return Reply(Scalar(method, Multi(_TYPE, shown), f"Collection({_TYPE})"))
