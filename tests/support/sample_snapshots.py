"""A world document as the snapshots that a connector would read from it, for tests that need lists but no server."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from sync.core.columns import Cell, Column, ColumnType, ListSchema, LookupCell, PersonCell, Row
from sync.core.mapping import Binding, bind, to_record
from sync.core.snapshot import Complete, Record, Snapshot
from sync.engine.targets import Portfolio, Source

HOST = "http://127.0.0.1:8790"
ZONES = {2: "Europe/London"}
TAKEN_AT = datetime(2026, 6, 17, 1, 17, tzinfo=UTC)
_TYPES = {
    "Text": ColumnType.TEXT,
    "Number": ColumnType.NUMBER,
    "Currency": ColumnType.CURRENCY,
    "Boolean": ColumnType.YES_NO,
    "Choice": ColumnType.CHOICE,
    "Lookup": ColumnType.LOOKUP,
    "User": ColumnType.PERSON,
    "UserMulti": ColumnType.PERSON_MULTI,
    "Calculated": ColumnType.CALCULATED,
}


def schema(site: Mapping[str, Any], found: Mapping[str, Any]) -> ListSchema:
    """The list as its host would describe it."""
    title = {"name": "Title", "title": "Title", "type": "Text"} | found.get("title_field", {})
    return ListSchema(
        host=HOST,
        list_guid=guid(site, found["url"]),
        title=found["title"],
        columns=tuple(_column(site, field) for field in (title, *found["fields"])),
        zone=ZONES[site["time_zone"]],
        item_count=len(found["items"]),
    )


def rows(site: Mapping[str, Any], found: Mapping[str, Any]) -> list[Row]:
    """The list's items as a connector would read them."""
    fields = {field["name"]: field for field in found["fields"]}
    return [
        Row(
            item["id"],
            f'"{item["version"]}"',
            {name: _cell(site, fields.get(name, {"type": "Text"}), said) for name, said in item["values"].items()},
        )
        for item in found["items"]
    ]


def bindings(world: Mapping[str, Any], portfolio: Portfolio) -> dict[str, Binding]:
    """Every source's mapping tied to its list."""
    return {
        name: bind(source, schema(*_list(world, source)), portfolio.policies.labels)
        for name, source in portfolio.sources.items()
    }


def snapshots(world: Mapping[str, Any], portfolio: Portfolio) -> list[Snapshot]:
    """What each source holds, read completely."""
    taken = []
    for name, binding in bindings(world, portfolio).items():
        read = [to_record(binding, row) for row in rows(*_list(world, portfolio.sources[name]))]
        records: list[Record] = [record for record in read if record]
        excluded = len(read) - len(records)
        taken.append(Snapshot(name, records, Complete(), binding.schema.digest, TAKEN_AT, excluded))
    return taken


def guid(site: Mapping[str, Any], url: str) -> str:
    """A stable identifier for a list of the document."""
    return str(uuid5(NAMESPACE_URL, f"{site['path']}/{url}"))


def _list(world: Mapping[str, Any], source: Source) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    wanted = (source.list.title, source.list.url)
    [site] = [site for site in world["sites"] if site["path"] == source.site]
    [found] = [found for found in site["lists"] if found["title"] in wanted or found["url"] in wanted]
    return site, found


def _column(site: Mapping[str, Any], field: Mapping[str, Any]) -> Column:
    return Column(
        name=field["name"],
        title=field["title"],
        type=_type(field),
        read_only=field["type"] == "Calculated",
        choices=tuple(field.get("choices", ())),
        fill_in=field.get("fill_in", False),
        default=field.get("default"),
        max_length=field.get("max_length"),
        lookup_list=guid(site, field["lookup_list"]) if "lookup_list" in field else None,
    )


def _type(field: Mapping[str, Any]) -> ColumnType:
    if field["type"] == "DateTime":
        return ColumnType.DATE if field["date_only"] else ColumnType.DATE_TIME
    if field["type"] == "Note":
        return ColumnType.RICH_NOTE if field["rich_text"] else ColumnType.NOTE
    return _TYPES[field["type"]]


def _cell(site: Mapping[str, Any], field: Mapping[str, Any], said: Any) -> Cell:
    match field["type"]:
        case "DateTime" if "T" in said:
            return datetime.fromisoformat(said)
        case "DateTime":
            zone = ZoneInfo(ZONES[site["time_zone"]])
            return datetime.combine(date.fromisoformat(said), datetime.min.time(), zone).astimezone(UTC)
        case "Lookup":
            [target] = [found for found in site["lists"] if found["url"] == field["lookup_list"]]
            [item] = [item for item in target["items"] if item["values"][target["key"]] == said]
            return LookupCell(item["id"], str(item["values"][field["lookup_field"]]))
        case "User":
            return _person(site, said)
        case "UserMulti":
            return tuple(_person(site, email) for email in said)
        case "Number" | "Currency" | "Calculated":
            return float(said)
        case _:
            plain: Cell = said
            return plain


def _person(site: Mapping[str, Any], email: str) -> PersonCell:
    [(number, user)] = [(n, user) for n, user in enumerate(site["users"], 10) if user["email"] == email]
    return PersonCell(number, user["name"], user["login"])
