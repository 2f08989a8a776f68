"""The cases that save items or ask in a body: form values, changes, ProcessQuery, CAML, rendered rows, views."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import quoteattr

from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import WriteMode
from tests.support.recordings_cases import (
    RECORDED_COLUMNS,
    SOME_GUID,
    definitions,
    document,
    part_documents,
    rows_of,
    set_list,
    test_of,
)
from tests.support.recordings_compare import Answer
from tests.support.recordings_stage import BERT, Part, Stage, instant

# Form values


def form_values(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The form values a recorded answer echoes; the number of the new item and managed metadata were not sent."""
    return [
        {"FieldName": row["FieldName"], "FieldValue": row["FieldValue"]}
        for row in rows
        if row["FieldName"] != "Id" and not row["FieldName"].startswith("Taxonomy")
    ]


def _new_item(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    made = {"__metadata": {"type": "SP.ListItemCreationInformationUsingPath"}, "UnderlyingObjectType": 0}
    return {"listItemCreateInfo": made, "formValues": form_values(rows), "bNewDocumentUpdate": False}


def _columns_for(test: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if test in RECORDED_COLUMNS:
        return definitions(test)
    names = [row["FieldName"] for row in rows if row["FieldName"] not in {"Title", "Id", "MetaInfo"}]
    return [f'<Field Type="Text" Name="{name}" DisplayName="{name}" />' for name in names]


def added_item(name: str) -> Answer:
    """An item added by form values."""
    rows = rows_of(name)
    stage = Stage()
    owner = set_list(stage, test_of(name), columns=_columns_for(test_of(name), rows))
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/AddValidateUpdateItemUsingPath", _new_item(rows))


def items_added_in_a_batch(name: str) -> Answer:
    """Items added by form values, one by each part of a batch."""
    bodies = part_documents(name)
    stage = Stage()
    owner = set_list(stage, test_of(name))
    path = f"web/lists(guid'{owner.id}')/AddValidateUpdateItemUsingPath"
    return stage.batch([Part("POST", path, _new_item(body["value"])) for body in bodies])


def changed_item(name: str) -> Answer:
    """An item changed by form values."""
    rows = rows_of(name)
    stage = Stage()
    owner = set_list(stage, test_of(name), columns=_columns_for(test_of(name), rows))
    stage.items(owner, [{"Id": 1, "Title": "Item1"}])
    return _validate_update(stage, owner, form_values(rows))


def _validate_update(stage: Stage, owner: SpList, values: Sequence[Mapping[str, str]]) -> Answer:
    path = f"web/lists/getbyid(guid'{owner.id}')/items(1)/ValidateUpdateListItem"
    return stage.ask("POST", path, {"formValues": list(values), "bNewDocumentUpdate": False}, headers={"IF-MATCH": "*"})


# ProcessQuery


def _process_query(stage: Stage, owner: SpList, method: str, title: str) -> Answer:
    kind = "740c6a0b-85e2-48a0-a494-e0f1759d4aa7"
    identity = f"{kind}:site:{stage.site.id}:web:{stage.site.web_id}:list:{owner.id}:item:1,1"
    text = (
        '<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0" '
        'ApplicationName="recorder" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>'
        '<Method Name="SetFieldValue" Id="4" ObjectPathId="1"><Parameters><Parameter Type="String">Title</Parameter>'
        f'<Parameter Type="String">{title}</Parameter></Parameters></Method>'
        f'<Method Name="{method}" Id="5" ObjectPathId="1"></Method></Actions>'
        f'<ObjectPaths><Identity Id="1" Name={quoteattr("121a659f-e03e-2000-4281-1212829d67dd|" + identity)} />'
        "</ObjectPaths></Request>"
    )
    path = f"{stage.site.path}/_vti_bin/client.svc/ProcessQuery"
    return stage.ask("POST", path, text, headers={"Content-Type": "text/xml"})


def processed_query(name: str) -> Answer:
    """A value set and saved by ProcessQuery."""
    method = "UpdateOverwriteVersion" if "Overwrite" in name else "SystemUpdate"
    stage = Stage()
    owner = set_list(stage, test_of(name))
    stage.items(owner, [{"Id": 1, "Title": "Item 0"}])
    return _process_query(stage, owner, method, "blabla")


def _items(stage: Stage, owner: SpList) -> Answer:
    return stage.ask("GET", f"web/lists/getbytitle('{owner.title}')?$select=Id&$expand=Items")


def items_after(before: str | None, method: str) -> Any:
    """A list's items after the first was saved in one of three ways, starting from what another recording shows."""

    def ask(name: str) -> Answer:
        after = document(name)
        rows = document(before)["Items"] if before else _first_as_made(after["Items"])
        stage = Stage(at=after["Items"][0]["Modified"])
        owner = set_list(stage, test_of(name), after["Id"])
        stage.items(owner, rows)
        title = after["Items"][0]["Title"]
        if method == "ValidateUpdate":
            _validate_update(stage, owner, [{"FieldName": "Title", "FieldValue": title}])
        else:
            # A quiet write comes at another moment than the item keeps.
            stage.clock.advance(minutes=5 if method == "SystemUpdate" else 0)
            _process_query(stage, owner, method, title)
        return _items(stage, owner)

    return ask


def _first_as_made(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    first, *others = rows
    made = {**first, "Title": "Item 0", "Modified": first["Created"], "OData__UIVersionString": "1.0"}
    return [made, *map(dict, others)]


# Changes

_FLAGS = ("Add", "Update", "SystemUpdate", "DeleteObject", "Restore", "RoleAssignmentAdd", "Item")


def _change_query(limit: int) -> dict[str, Any]:
    flags = dict.fromkeys(_FLAGS, True)
    return {"query": {"__metadata": {"type": "SP.ChangeQuery"}, **flags, "FetchLimit": str(limit)}}


def _happened(stage: Stage, owner: SpList, changes: Sequence[Mapping[str, Any]]) -> None:
    """Let recorded changes happen to a list: what no item write makes (rights granted) is an update instead."""
    editor = stage.site.users[BERT]
    for change in changes:
        stage.clock.now = instant(change["Time"].partition(".")[0].removesuffix("Z") + "Z") + timedelta(
            milliseconds=227
        )
        number = change["ItemId"]
        if change["ChangeType"] == 1:
            owner.next_id = number
            owner.create({"Title": f"Item {number}"}, editor).unique_id = change["UniqueId"]
            continue
        if number not in owner.items:
            stage.items(owner, [{"Id": number, "Title": "Item"}])
            owner.item(number).unique_id = change["UniqueId"]
        mode = WriteMode.SYSTEM if change["ChangeType"] == 15 else WriteMode.UPDATE
        owner.update(owner.item(number), {"Title": "changed"}, mode, editor)


def _changed_lists(stage: Stage, results: Sequence[Mapping[str, Any]], title: str) -> SpList:
    stage.site.id, stage.site.web_id = results[0]["SiteId"], results[0]["WebId"]
    owner = stage.add_list(title, results[0]["ListId"])
    _happened(stage, owner, results)
    return owner


def changes(name: str) -> Answer:
    """What happened to a list."""
    results = document(name)["d"]["results"]
    stage = Stage(at=results[0]["Time"])
    owner = _changed_lists(stage, results, "Documents")
    path = f"web/lists(guid'{owner.id}')/getchanges"
    return stage.ask("POST", path, _change_query(len(results)), level="verbose")


def changes_in_a_batch(name: str) -> Answer:
    """What happened to lists, by the parts of a batch."""
    bodies = [body["d"]["results"] for body in part_documents(name)]
    stage = Stage()
    owners = [_changed_lists(stage, results, f"List {at}") for at, results in enumerate(bodies)]
    parts = [
        Part("POST", f"web/lists(guid'{owner.id}')/getchanges", _change_query(len(results)))
        for owner, results in zip(owners, bodies, strict=True)
    ]
    return stage.batch(parts, level="verbose")


def _changed_item(results: Sequence[Mapping[str, Any]]) -> tuple[Stage, str]:
    stage = Stage()
    owner = _changed_lists(stage, results, "Shared Documents")
    owner.url = "Shared Documents"
    return stage, f"web/lists(guid'{owner.id}')/items({results[0]['ItemId']})/getchanges"


def changes_of_an_item(name: str) -> Answer:
    """What happened to one item."""
    stage, path = _changed_item(document(name)["d"]["results"])
    return stage.ask("POST", path, _change_query(10), level="verbose")


def changes_of_an_item_in_a_batch(name: str) -> Answer:
    """What happened to one item, by a part of a batch."""
    stage, path = _changed_item(part_documents(name)[0]["d"]["results"])
    return stage.batch([Part("POST", path, _change_query(10))], level="verbose")


# CAML


def _caml(view: str, **more: Any) -> dict[str, Any]:
    return {"query": {"__metadata": {"type": "SP.CamlQuery"}, "ViewXml": view, **more}}


_TITLE_ALONE = "<ViewFields><FieldRef Name='Title' /></ViewFields>"


def _limited(limit: int) -> str:
    return f"<View>{_TITLE_ALONE}<RowLimit Paged='TRUE'>{limit}</RowLimit></View>"


def _local_rows(stage: Stage, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Recorded rows whose moments are the site's own, as moments of the world."""
    zone = stage.site.zone.zone
    made = []
    for row in rows:
        moments = {name: instant(row[name]).replace(tzinfo=zone).isoformat() for name in ("Created", "Modified")}
        made.append({**row, **moments})
    return made


def caml_page(name: str) -> Answer:
    """A page of items by CAML; where it is the second, by the place the first ended."""
    stage = Stage()
    rows = rows_of(name)
    first = rows[0]["Id"]
    owner = set_list(stage, test_of(name))
    before = [{"Id": number, "Title": f"Item {number - 1}"} for number in range(1, first)]
    more = [{"Id": rows[-1]["Id"] + 1, "Title": "behind"}]
    stage.items(owner, [*before, *_local_rows(stage, rows), *more])
    place = {"__metadata": {"type": "SP.ListItemCollectionPosition"}, "PagingInfo": f"Paged=TRUE&p_ID={first - 1}"}
    position = {"ListItemCollectionPosition": place} if first > 1 else {}
    body = _caml(_limited(len(rows)), **position)
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/GetItems", body)


def caml_in_a_batch(name: str) -> Answer:
    """Two CAML queries of one list in a batch."""
    first, second = (body["value"] for body in part_documents(name))
    stage = Stage()
    owner = set_list(stage, test_of(name))
    stage.items(owner, _local_rows(stage, second))
    path = f"web/lists(guid'{owner.id}')/GetItems"
    return stage.batch([Part("POST", path, _caml(_limited(len(rows)))) for rows in (first, second)])


def files_by_caml(name: str) -> Answer:
    """Files of a library with image and location columns, whole and in verbose."""
    rows = document(name)["d"]["results"]
    stage = Stage("/sites/DNTest", title="DNTest", host="https://hsftrms.sharepoint.com")
    owner = stage.add_list("WithImageAndLocation", "dfe5e305-80fb-4578-a521-496b47927628", "WithImageAndLocation")
    plain = {name: value for name, value in rows[0].items() if not isinstance(value, dict)}
    names = ["CountryOrRegion", "State", "City", "PostalCode", "Street", "DispName"]
    columns = [f'<Field Type="Text" Name="{name}" DisplayName="{name}" />' for name in names]
    stage.columns(owner, columns)
    stage.items(owner, _local_rows(stage, [plain]))
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/GetItems", _caml("<View></View>"), level="verbose")


# Rendered rows


def _render_body(names: Sequence[str], limit: int | None = None, paging: str | None = None) -> dict[str, Any]:
    fields = "".join(f"<FieldRef Name='{name}' />" for name in names)
    rows = f"<RowLimit Paged='TRUE'>{limit}</RowLimit>" if limit else ""
    parameters: dict[str, Any] = {
        "ViewXml": f"<View><ViewFields>{fields}</ViewFields>{rows}</View>",
        "RenderOptions": 2,
    }
    if paging:
        parameters["Paging"] = paging
    return {"parameters": {"__metadata": {"type": "SP.RenderListDataParameters"}, **parameters}}


def _columns_and_rows(stage: Stage, owner: SpList, body: Mapping[str, Any]) -> Answer:
    path = f"web/lists(guid'{owner.id}')"
    select = "Id,Fields/Id,Fields/InternalName,Fields/Title,Fields/FieldTypeKind,Fields/TypeAsString"
    columns = Part("GET", f"{path}?$select={select}&$expand=Fields")
    return stage.batch([columns, Part("POST", f"{path}/RenderListDataAsStream", body)])


def rendered_item(row_from: str) -> Any:
    """A list's columns and its one item rendered, in a batch; the item is the one another recording shows."""

    def ask(name: str) -> Answer:
        columns, rendered = part_documents(name)
        stage = Stage()
        owner = set_list(stage, test_of(name), columns["Id"], definitions(test_of(name), columns["Fields"]))
        stage.items(owner, rows_of(row_from))
        own = {"Title", *(column.name for column in owner.custom)}
        return _columns_and_rows(stage, owner, _render_body([key for key in rendered["Row"][0] if key in own]))

    return ask


def rendered_page(name: str) -> Answer:
    """The first twenty rows rendered, after the columns."""
    stage, owner = _forty_rows(name)
    return _columns_and_rows(stage, owner, _render_body(["Title"], 20))


def second_rendered_page(name: str) -> Answer:
    """The next twenty, by the link of the first."""
    stage, owner = _forty_rows(name)
    paging = "Paged=TRUE&p_ID=20&PageFirstRow=21&View=00000000-0000-0000-0000-000000000000"
    path = f"web/lists(guid'{owner.id}')/RenderListDataAsStream"
    return stage.batch([Part("POST", path, _render_body(["Title"], 20, paging))])


def _forty_rows(name: str) -> tuple[Stage, SpList]:
    stage = Stage()
    owner = stage.add_list(test_of(name), SOME_GUID)
    rows = [{"Id": number, "Title": f"Item {number - 1}"} for number in range(1, 101)]
    stage.items(owner, rows)
    return stage, owner


# Views


def _library(name: str) -> tuple[Stage, SpList]:
    stage = Stage()
    return stage, stage.add_list("Documents", SOME_GUID, "Shared Documents")


def views(name: str) -> Answer:
    """A list with its views."""
    stage, _ = _library(name)
    return stage.ask("GET", "web/lists/getbytitle('Documents')?$select=Id,ListExperienceOptions,Title&$expand=Views")


_VIEW_FIELDS = ("DocIcon", "LinkFilename", "Modified", "Editor", "Created", "Author")


def _add_view(stage: Stage, owner: SpList, made: Mapping[str, Any]) -> Answer:
    parameters = {
        "__metadata": {"type": "SP.ViewCreationInformation"},
        "Title": made["Title"],
        "ViewFields": {"__metadata": {"type": "Collection(Edm.String)"}, "results": list(_VIEW_FIELDS)},
        "Query": made["ViewQuery"],
        "RowLimit": made["RowLimit"],
        "Paged": made["Paged"],
        "ViewType2": made["ViewType2"],
    }
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/Views/Add", {"parameters": parameters})


def made_view(name: str) -> Answer:
    """A view made."""
    stage, owner = _library(name)
    return _add_view(stage, owner, document(name))


def removed_view(name: str) -> Answer:
    """A view removed."""
    stage, owner = _library(name)
    made = document(name.rpartition("-")[0] + "-00003")
    guid = json.loads(_add_view(stage, owner, made).text)["Id"]
    return stage.ask("POST", f"web/lists(guid'{owner.id}')/Views(guid'{guid}')/DeleteObject")


# The web


def web(name: str) -> Answer:
    """The web in verbose."""
    known = document(name)["d"]
    stage = Stage(known["ServerRelativeUrl"], known["LastItemModifiedDate"], known["Title"])
    stage.site.web_id = known["Id"]
    stage.site.created = datetime.fromisoformat(known["Created"]).replace(tzinfo=UTC)
    stage.add_list("Any", SOME_GUID)
    return stage.ask("GET", "Web", level="verbose")
