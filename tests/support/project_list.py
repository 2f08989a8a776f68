"""One small list of projects, as SharePoint describes it and as a source of ours names it."""

from typing import Any

from sync.core.model import Kind
from sync.core.ownership import OwnedField, WriteMode
from sync.core.policy import WritePolicy
from sync.engine.targets import ListAddress, Source

GUID = "8d0f7c5e-3a34-4a5c-9f5b-0a1d6f3c2b11"
SITE_ID = "11111111-2222-3333-4444-555555555555"
WEB_ID = "66666666-7777-8888-9999-000000000000"


def field(name: str, type_: str, **more: Any) -> dict[str, Any]:
    prop = name if name[0].isalpha() else f"OData_{name}"
    return {
        "InternalName": name,
        "Title": more.pop("title", name),
        "TypeAsString": type_,
        "EntityPropertyName": prop,
        "Hidden": False,
        "ReadOnlyField": False,
        "DefaultValue": None,
        **more,
    }


FIELDS = [
    field("ID", "Counter", ReadOnlyField=True),
    field("Title", "Text", MaxLength=255),
    field("LinkTitle", "Computed", title="Title", ReadOnlyField=True),
    field("Target_x0020_date", "DateTime", title="Target date", DisplayFormat=0),
    field("Lead", "User"),
    field("Programme", "Lookup", LookupList="{AAAA0000-0000-0000-0000-00000000000A}", LookupField="Ref"),
    field("_Note", "Note", RichText=False),
    field("Secret", "Text", Hidden=True),
    field("PSStatus", "Choice", title="Roll-up status", Choices=["On track", "At risk"], FillInChoice=False),
    field("PSOverdue", "Boolean"),
    field("PSSince", "DateTime", DisplayFormat=0),
    field("PSReason", "Text", MaxLength=255),
    field("_PSCheck", "Text"),
]


def description(fields: list[dict[str, Any]] | None = None, items: int = 3) -> dict[str, Any]:
    return {"Fields": fields or FIELDS, "Id": GUID, "ItemCount": items, "Title": "Digital projects"}


def web(zone: int = 2, bias: int = 0) -> dict[str, Any]:
    time_zone = {"Description": "", "Id": zone, "Information": {"Bias": bias, "DaylightBias": -60, "StandardBias": 0}}
    return {"RegionalSettings": {"TimeZone": time_zone}, "Id": WEB_ID, "Url": "http://127.0.0.1:9/sites/pmo"}


def source(mode: WriteMode = WriteMode.QUIET, address: ListAddress | None = None, site: str = "/sites/pmo") -> Source:
    columns = {
        OwnedField.STATUS: "PSStatus",
        OwnedField.OVERDUE: "PSOverdue",
        OwnedField.OVERDUE_SINCE: "PSSince",
        OwnedField.REASON: "PSReason",
        OwnedField.CHECK: "_PSCheck",
    }
    return Source(
        name="digital-projects",
        kind=Kind.PROJECT,
        key="Ref",
        connection="demo",
        site=site,
        list=address or ListAddress(title="Digital projects"),
        write=WritePolicy(mode=mode, columns=columns),
    )
