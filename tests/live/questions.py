"""What no recording shows: questions to a real site, each asked in the same way of the embedded one.

A question makes what it needs, does one thing, and returns what it saw as plain JSON values. The first ones are those
that the evidence this product was built from could not answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from tests.support.scratch import Scratch, ScratchList, column, expect, text_column

Seen = Mapping[str, Any]
MINIMAL = "application/json;odata=minimalmetadata"
_TICKS_AT_1970 = 621355968000000000


@dataclass(frozen=True)
class Question:
    """`asks` is one sentence for the person who reads the report."""

    key: str
    asks: str
    answer: Callable[[Scratch], Seen]


QUESTIONS: list[Question] = []


def question(asks: str) -> Callable[[Callable[[Scratch], Seen]], Callable[[Scratch], Seen]]:
    """Puts a function among the questions."""

    def add(answer: Callable[[Scratch], Seen]) -> Callable[[Scratch], Seen]:
        QUESTIONS.append(Question(answer.__name__, asks, answer))
        return answer

    return add


def said(scratch: Scratch, answer: requests.Response) -> dict[str, Any]:
    """Status, kind of content and, of an error, code and sentence."""
    seen: dict[str, Any] = {"status": answer.status_code, "type": answer.headers.get("Content-Type", "").split(";")[0]}
    try:
        document = answer.json()
    except ValueError:
        return seen
    error = (document.get("odata.error") or document.get("error")) if isinstance(document, dict) else None
    if isinstance(error, dict):
        message = error.get("message")
        text = message.get("value") if isinstance(message, dict) else message
        seen |= {"code": error.get("code"), "message": scratch.masked(str(text))}
    return seen


def one_item(scratch: Scratch, *columns: str, **values: Any) -> ScratchList:
    made = scratch.list("Question", *columns)
    made.add(Title="First", **values)
    return made


# Writing one item


@question("What is answered to an update whose If-Match is no longer the current version?")
def stale_etag(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    old = made.etag(1)
    expect(scratch.remote.merge(made.item(1), {"Title": "Second"}), 204)
    answer = scratch.remote.merge(made.item(1), {"Title": "Third"}, etag=old)
    return {**said(scratch, answer), "title": made.read(1)["Title"]}


@question("Does an update without If-Match overwrite?")
def missing_if_match(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    answer = scratch.remote.merge(made.item(1), {"Title": "Second"}, etag=None)
    return {**said(scratch, answer), "title": made.read(1)["Title"]}


@question("What does an ETag look like in the header, in minimal metadata and after an update?")
def etag_forms(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    body = expect(scratch.remote.get(made.item(1), accept=MINIMAL), 200).json()
    updated = expect(scratch.remote.merge(made.item(1), {"Title": "Second"}), 204)
    shapes = {"header": made.etag(1), "body": body["odata.etag"], "after": updated.headers.get("ETag", "")}
    return {name: scratch.masked(value) for name, value in shapes.items()}


@question("Is a choice outside the list refused where fill-in is off?")
def choice_outside_the_list(scratch: Scratch) -> Seen:
    made = one_item(scratch, column("Choice", "RAG", "Red", "Green"))
    return said(scratch, scratch.remote.merge(made.item(1), {"RAG": "Purple"}))


@question("Is a text of 256 characters refused?")
def text_too_long(scratch: Scratch) -> Seen:
    made = one_item(scratch, text_column("Short"))
    return said(scratch, scratch.remote.merge(made.item(1), {"Short": "x" * 256}))


@question("What is answered to a write to a read-only column?")
def read_only_column(scratch: Scratch) -> Seen:
    made = one_item(scratch, text_column("Ours"))
    expect(made.change_column("Ours", ReadOnlyField=True), 204)
    return said(scratch, scratch.remote.merge(made.item(1), {"Ours": "x"}))


@question("What is answered to a property that no column has?")
def unknown_property(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    selected = scratch.remote.get(made.api("items?$select=Id,Gone"))
    return {
        "body": said(scratch, scratch.remote.merge(made.item(1), {"Gone": "x"})),
        "select": said(scratch, selected),
    }


@question("What is answered to a value that a unique column already holds?")
def duplicate_value(scratch: Scratch) -> Seen:
    made = scratch.list("Question", text_column("Key", Indexed="TRUE", EnforceUniqueValues="TRUE"))
    made.add_many([{"Key": "A"}, {"Key": "B"}])
    return said(scratch, scratch.remote.merge(made.item(2), {"Key": "A"}))


@question("Which day does a date-only column show that was written as noon UTC, as midnight UTC, without a zone?")
def date_only_values(scratch: Scratch) -> Seen:
    made = one_item(scratch, column("DateTime", "Due", Format="DateOnly"))
    seen = {}
    for name, written in {
        "noon": "2026-07-01T12:00:00Z",
        "midnight": "2026-07-01T00:00:00Z",
        "no zone": "2026-07-01T00:00:00",
    }.items():
        answer = scratch.remote.merge(made.item(1), {"Due": written})
        seen[name] = {**said(scratch, answer), "read": made.read(1)["Due"]}
    return seen


@question("What do a missing item, list and column answer?")
def missing_things(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    nowhere = "8d0f7c5e-3a34-4a5c-9f5b-0a1d6f3c2b11"
    return {
        "item": said(scratch, scratch.remote.get(made.item(999))),
        "list by id": said(scratch, scratch.remote.get(scratch.api(f"web/lists(guid'{nowhere}')"))),
        "list by title": said(scratch, scratch.remote.get(scratch.api("web/lists/GetByTitle('Gone')"))),
        "column": said(scratch, scratch.remote.get(made.api("fields/getByInternalNameOrTitle('Gone')"))),
    }


@question("What does a new item hold in Yes/No and choice columns that have a default, and in one that has none?")
def defaults(scratch: Scratch) -> Seen:
    made = scratch.list(
        "Question",
        column("Boolean", "Plain"),
        column("Boolean", "Yes").replace("></Field>", "><Default>1</Default></Field>"),
        column("Choice", "RAG", "Red", "Green").replace("</Field>", "<Default>Green</Default></Field>"),
    )
    item = made.read(made.add(Title="First"))
    return {name: item[name] for name in ("Plain", "Yes", "RAG")}


# Writing quietly


def _saved(scratch: Scratch, method: str) -> Seen:
    made = one_item(scratch, text_column("Ours"))
    before, tag = made.read(1), made.etag(1)
    token = _current_token(scratch, made)
    answer = process_query(scratch, made, [1], method)
    after = made.read(1)
    return {
        **said(scratch, answer),
        "error": (answer.json()[0] or {}).get("ErrorInfo"),
        "value": after["Ours"],
        "version label kept": after["OData__UIVersionString"] == before["OData__UIVersionString"],
        "modified by kept": after["EditorId"] == before["EditorId"],
        "etag kept": made.etag(1) == tag,
        "changes": [row["ChangeType"] for row in changes(scratch, made, token)["value"]],
    }


@question("What does SystemUpdate leave behind: version, Modified By, ETag, change log?")
def system_update(scratch: Scratch) -> Seen:
    return _saved(scratch, "SystemUpdate")


@question("What does UpdateOverwriteVersion leave behind?")
def update_overwrite_version(scratch: Scratch) -> Seen:
    return _saved(scratch, "UpdateOverwriteVersion")


@question("Are 100 items in one ProcessQuery taken, and 101 refused?")
def most_items_in_a_process_query(scratch: Scratch) -> Seen:
    made = scratch.list("Question", text_column("Ours"))
    made.add_many([{"Title": f"Item {number}"} for number in range(1, 102)])
    return {
        str(count): (process_query(scratch, made, range(1, count + 1), "SystemUpdate").json()[0] or {}).get("ErrorInfo")
        is None
        for count in (100, 101)
    }


def process_query(scratch: Scratch, made: ScratchList, numbers: Any, method: str) -> requests.Response:
    """Sets the column Ours of these items and saves each by a method."""
    site = expect(scratch.remote.get(scratch.api("site?$select=Id")), 200).json()["Id"]
    web = expect(scratch.remote.get(scratch.api("web?$select=Id")), 200).json()["Id"]
    actions, paths = [], []
    for place, number in enumerate(numbers):
        path, first = 3 * place + 1, 3 * place + 2
        actions.append(
            f'<Method Name="SetFieldValue" Id="{first}" ObjectPathId="{path}"><Parameters>'
            f'<Parameter Type="String">Ours</Parameter><Parameter Type="String">v</Parameter></Parameters></Method>'
            f'<Method Name="{method}" Id="{first + 1}" ObjectPathId="{path}" />'
        )
        name = (
            "121a659f-e03e-2000-4281-1212829d67dd|740c6a0b-85e2-48a0-a494-e0f1759d4aa7:"
            f"site:{site}:web:{web}:list:{made.id}:item:{number},1"
        )
        paths.append(f'<Identity Id="{path}" Name="{name}" />')
    body = (
        '<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" LibraryVersion="16.0.0.0" '
        'ApplicationName="PortfolioSync" xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009">'
        f"<Actions>{''.join(actions)}</Actions><ObjectPaths>{''.join(paths)}</ObjectPaths></Request>"
    )
    address = f"{scratch.site.rstrip('/')}/_vti_bin/client.svc/ProcessQuery"
    answer = scratch.remote.post(address, body.encode(), headers={"Content-Type": "text/xml"})
    return expect(answer, 200)


# Queries and limits


@question("Is `$order_by`, which one client sends, refused or ignored?")
def unknown_option(scratch: Scratch) -> Seen:
    return said(scratch, scratch.remote.get(one_item(scratch).api("items?$order_by=Id")))


@question("Is `$skip` ignored on items, and echoed in the next link?")
def skip(scratch: Scratch) -> Seen:
    made = scratch.list("Question")
    made.add_many([{"Title": str(number)} for number in range(1, 5)])
    page = expect(scratch.remote.get(made.api("items?$skip=2&$top=2&$select=Id")), 200).json()
    return {
        "ids": [row["Id"] for row in page["value"]],
        "echoed": "skip%3d2" in page["odata.nextLink"].lower() or "skip=2" in page["odata.nextLink"].lower(),
    }


@question("What is answered to a query that expands 12 and 13 lookups?")
def lookup_threshold(scratch: Scratch) -> Seen:
    target = scratch.list("Target")
    names = [f"L{number}" for number in range(1, 14)]
    made = scratch.list(
        "Question", *(column("Lookup", name, List=f"{{{target.id}}}", ShowField="Title") for name in names)
    )
    made.add(Title="First")

    def asked(count: int) -> requests.Response:
        chosen = names[:count]
        select = ",".join(f"{name}/Title" for name in chosen)
        return scratch.remote.get(made.api(f"items?$select=Id,{select}&$expand={','.join(chosen)}"))

    return {str(count): said(scratch, asked(count)) for count in (12, 13)}


@question("What is answered to the 21st index of a list?")
def index_limit(scratch: Scratch) -> Seen:
    made = scratch.list("Question", *(text_column(f"C{number}") for number in range(1, 22)))
    answers = [made.change_column(f"C{number}", Indexed=True) for number in range(1, 22)]
    return {"20th": answers[19].status_code, "21st": said(scratch, answers[20])}


@question("What is answered to a row of more than 8,000 bytes?")
def row_size(scratch: Scratch) -> Seen:
    names = [f"C{number}" for number in range(1, 18)]
    made = one_item(scratch, *(text_column(name) for name in names))
    return said(scratch, scratch.remote.merge(made.item(1), dict.fromkeys(names, "x" * 255)))


# Changes


def _current_token(scratch: Scratch, made: ScratchList) -> str:
    answer = expect(scratch.remote.get(made.api() + "?$select=CurrentChangeToken"), 200)
    return str(answer.json()["CurrentChangeToken"]["StringValue"])


def changes(scratch: Scratch, made: ScratchList, token: str) -> Any:
    """The item changes since a token, or the refusal."""
    flags = dict.fromkeys(("Item", "Add", "Update", "DeleteObject", "Restore", "SystemUpdate"), True)
    body = {"query": {**flags, "ChangeTokenStart": {"StringValue": token}}}
    answer = scratch.remote.post(made.api("getChanges"), body)
    return answer.json() if answer.status_code == 200 else {"refused": said(scratch, answer), "value": []}


@question("What does a change token from before the log's 60 days answer?")
def expired_token(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    old = datetime.now(UTC) - timedelta(days=75)
    ticks = int((old - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000 + _TICKS_AT_1970
    found = changes(scratch, made, f"1;3;{made.id};{ticks};-1")
    return {"refused": found.get("refused"), "rows": len(found["value"])}


@question("What does a change token of another list, or none at all, answer?")
def foreign_token(scratch: Scratch) -> Seen:
    made, other = one_item(scratch), scratch.list("Other")
    foreign = _current_token(scratch, other)
    return {
        name: changes(scratch, made, token).get("refused") for name, token in {"other": foreign, "none": "x"}.items()
    }


@question("Is a change token taken that was made up from a time, and are entries counted by a FetchLimit in text?")
def constructed_token(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    made.add(Title="Second")
    an_hour = 3600 * 10_000_000
    ticks = int(_current_token(scratch, made).split(";")[3])
    token = {"StringValue": f"1;3;{made.id};{ticks - an_hour};-1"}
    flags = dict.fromkeys(("Item", "Add", "Update", "SystemUpdate", "Move", "Rename", "RecursiveAll"), True)
    asked = {limit: {"query": {**flags, "ChangeTokenStart": token, "FetchLimit": limit}} for limit in ("1", "1000")}
    answers = {limit: scratch.remote.post(made.api("getchanges"), body) for limit, body in asked.items()}
    return {
        limit: [entry["ItemId"] for entry in answer.json()["value"]] if answer.ok else said(scratch, answer)
        for limit, answer in answers.items()
    }


# Versions


@question("How are columns named in `$select` on versions, which version comes first, and has `Created` a zone?")
def versions(scratch: Scratch) -> Seen:
    made = one_item(scratch, text_column("With Space"), text_column("_Under"), OData__Under="a")
    expect(scratch.remote.merge(made.item(1), {"OData__Under": "b"}), 204)
    names = ["VersionLabel", "VersionId", "Created", "Editor", "With_x005f_x0020_x005f_Space", "OData__x005f_Under"]
    answer = scratch.remote.get(f"{made.item(1)}/versions?$select={','.join(names)}&$top=100")
    if not answer.ok:
        return said(scratch, answer)
    rows = answer.json()["value"]
    return {
        "labels": [row["VersionLabel"] for row in rows],
        "values": [row["OData__x005f_Under"] for row in rows],
        "zone": rows[0]["Created"].endswith("Z"),
        "editor": sorted(rows[0]["Editor"]),
    }


@question("Does a quiet write change the newest version in place?")
def versions_after_a_quiet_write(scratch: Scratch) -> Seen:
    made = one_item(scratch, text_column("Ours"))
    expect(scratch.remote.merge(made.item(1), {"Title": "Second"}), 204)
    process_query(scratch, made, [1], "SystemUpdate")
    rows = expect(scratch.remote.get(f"{made.item(1)}/versions?$select=VersionLabel,Ours"), 200).json()["value"]
    return {row["VersionLabel"]: row["Ours"] for row in rows}


# Batches


def batch(scratch: Scratch, parts: list[str], *, newline: str = "\r\n") -> requests.Response:
    """Parts, each a request line with its headers, in one batch."""
    mark = "batch_1f6f0a52-33f2-4f5c-8a3b-0f7f54f3a001"
    head = (
        f"--{mark}{newline}Content-Type: application/http{newline}Content-Transfer-Encoding: binary{newline}{newline}"
    )
    body = "".join(f"{head}{part}{newline}{newline}" for part in parts) + f"--{mark}--{newline}"
    headers = {"Content-Type": f"multipart/mixed; boundary={mark}"}
    return scratch.remote.post(scratch.api("$batch"), body.encode(), headers=headers)


def _get(scratch: Scratch, resource: str, newline: str = "\r\n") -> str:
    url = f"{scratch.remote.origin}{scratch.api(resource)}"
    return f"GET {url} HTTP/1.1{newline}Accept: application/json;odata=nometadata{newline}"


def _statuses(answer: requests.Response) -> list[str]:
    return [line.split(" ")[1] for line in answer.text.splitlines() if line.startswith("HTTP/1.1 ")]


@question("Are 100 parts of a batch taken, and 101 refused?")
def batch_parts(scratch: Scratch) -> Seen:
    one = _get(scratch, "web?$select=Id")
    return {str(count): said(scratch, batch(scratch, [one] * count)) for count in (100, 101)}


@question("Is a batch of more than 1 MiB refused, and with which sentence?")
def batch_bytes(scratch: Scratch) -> Seen:
    plain = _get(scratch, "web?$select=Id")
    # The sentence tells the size, so it is made the same wherever the site is.
    padded = f"{plain}X-Padding: {'x' * (1_048_700 - len(plain))}\r\n"
    return said(scratch, batch(scratch, [padded]))


@question("Are line feeds alone, and spaces in a request line, accepted in a batch?")
def batch_dialects(scratch: Scratch) -> Seen:
    plain = _get(scratch, "web?$select=Id", "\n")
    spaced = _get(scratch, "web/lists?$select=Id&$filter=Hidden eq false&$top=1")
    return {
        "line feeds": _statuses(batch(scratch, [plain], newline="\n")),
        "spaces": _statuses(batch(scratch, [spaced])),
    }


@question("Is a part for another site refused?")
def batch_of_another_site(scratch: Scratch) -> Seen:
    url = f"{scratch.remote.origin}/sites/elsewhere-{scratch.suffix}/_api/web"
    answer = batch(scratch, [f"GET {url} HTTP/1.1\r\nAccept: application/json;odata=nometadata\r\n"])
    return {"outer": answer.status_code, "parts": _statuses(answer)}


# Form values


def form_values(scratch: Scratch, made: ScratchList, values: Mapping[str, str], **headers: str) -> list[dict[str, Any]]:
    """ValidateUpdateListItem on item 1: which fields were refused, and why."""
    body = {
        "formValues": [{"FieldName": name, "FieldValue": value} for name, value in values.items()],
        "bNewDocumentUpdate": True,
    }
    answer = expect(scratch.remote.post(f"{made.item(1)}/ValidateUpdateListItem", body, headers=headers), 200)
    return [{key: row[key] for key in ("FieldName", "HasException", "ErrorCode")} for row in answer.json()["value"]]


@question("Does ValidateUpdateListItem look at If-Match?")
def form_values_and_if_match(scratch: Scratch) -> Seen:
    made = one_item(scratch)
    rows = form_values(scratch, made, {"Title": "Second"}, **{"If-Match": '"99"'})
    return {"rows": rows, "title": made.read(1)["Title"]}


@question("Does ValidateUpdateListItem refuse an ISO date, and may it write a read-only column?")
def form_values_and_columns(scratch: Scratch) -> Seen:
    made = one_item(scratch, column("DateTime", "Due", Format="DateOnly"), text_column("Ours"))
    expect(made.change_column("Ours", ReadOnlyField=True), 204)
    return {
        "iso": form_values(scratch, made, {"Due": "2026-07-01T00:00:00Z"}),
        "local": form_values(scratch, made, {"Due": "2026-07-01 00:00:00"}),
        "read only": form_values(scratch, made, {"Ours": "x"}),
    }


# What comes with every answer


@question("What is answered without an Accept header, and which rate headers come with an ordinary answer?")
def ordinary_answer(scratch: Scratch) -> Seen:
    answer = scratch.remote.get(scratch.api("web?$select=Id"), accept="")
    known = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After", "X-SharePointHealthScore")
    return {**said(scratch, answer), "headers": [name for name in known if name in answer.headers]}


@question("Which rights does the application see that it has on a list?")
def own_rights(scratch: Scratch) -> Seen:
    made = scratch.list("Question")
    answer = scratch.remote.get(made.api() + "?$select=EffectiveBasePermissions")
    rights = answer.json().get("EffectiveBasePermissions", {}) if answer.status_code == 200 else {}
    return {**said(scratch, answer), "keys": sorted(rights), "edit items": bool(int(rights.get("Low", "0")) & 4)}


@question("Does one request describe a list with what its column types add?")
def one_request_describes_a_list(scratch: Scratch) -> Seen:
    made = scratch.list("Question", column("Choice", "RAG", "Red", "Green"))
    answer = scratch.remote.get(made.api() + "?$select=Id,Title,Fields/*&$expand=Fields")
    rows = answer.json().get("Fields", []) if answer.status_code == 200 else []
    chosen: dict[str, Any] = next((row for row in rows if row.get("InternalName") == "RAG"), {})
    return {**said(scratch, answer), "choices": json.dumps(chosen.get("Choices"))}
