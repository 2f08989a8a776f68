"""The last wall before the wire: what may never be written, whatever a plan says."""

from collections.abc import Sequence

from connectors.sharepoint.columns import encode_json
from sync.core.columns import ListSchema
from sync.core.ownership import WriteMode
from sync.engine.ports import ItemWrite
from sync.engine.targets import Source
from sync.errors import DefectError

_BUILT_IN = frozenset(
    name.casefold()
    for name in (
        "ID",
        "Title",
        "Created",
        "Modified",
        "Author",
        "Editor",
        "AppAuthor",
        "AppEditor",
        "Attachments",
        "ComplianceAssetId",
        "ContentType",
        "ContentTypeId",
        "FileLeafRef",
        "FileRef",
        "GUID",
        "MetaInfo",
        "Order",
        "UniqueId",
        "owshiddenversion",
        "_ModerationComments",
        "_ModerationStatus",
        "_UIVersion",
        "_UIVersionString",
    )
)
"""Columns that every list comes with: they are staff's or SharePoint's, and no portfolio file makes them ours."""


def check_writes(source: Source, schema: ListSchema, writes: Sequence[ItemWrite]) -> None:
    """DefectError for a column that is not ours, a value that no owned column holds, a list that is only read, or an
    edit that would overwrite whatever is there.

    What is ours is told by the source alone, never by the plan that the writes come from.
    """
    if source.write.mode is WriteMode.OFF and writes:
        raise DefectError(f"'{source.name}' is only read, yet {len(writes)} writes were asked for.")
    owned = {column.name for column in schema.find_all(source.write.columns.values())}
    for write in writes:
        of = f"A write to item {write.item_id} of '{source.name}'"
        foreign = sorted(set(write.cells) - owned)
        if foreign:
            raise DefectError(f"{of} names columns of staff: {foreign}.")
        built_in = sorted(name for name in write.cells if name.casefold() in _BUILT_IN)
        if built_in:
            raise DefectError(f"{of} names columns that every list comes with: {built_in}.")
        if not write.cells:
            raise DefectError(f"{of} is empty.")
        if source.write.mode is WriteMode.VERSIONED and write.version.strip() in ("", "*"):
            raise DefectError(f"{of} does not say which version of it was read.")
        for cell in write.cells.values():
            encode_json(cell)
