"""Which internal names a column can be made under so that it keeps exactly that name."""

import re

LONGEST_NAME = 32
"""What SharePoint keeps of an internal name; the rest it cuts off."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_ENCODED = re.compile(r"_x[0-9a-f]{4}_", re.ASCII | re.IGNORECASE)
_REST_PREFIX = "odata_"

RESERVED = frozenset(
    name.casefold()
    for name in (
        "AppAuthor",
        "AppEditor",
        "Attachments",
        "Author",
        "AuthorId",
        "BaseName",
        "CheckoutUser",
        "ComplianceAssetId",
        "ContentType",
        "ContentTypeId",
        "ContentVersion",
        "CopySource",
        "Created",
        "DocIcon",
        "Edit",
        "Editor",
        "EditorId",
        "EffectiveBasePermissions",
        "EncodedAbsUrl",
        "FileDirRef",
        "FileLeafRef",
        "FileRef",
        "FileSystemObjectType",
        "Folder",
        "FolderChildCount",
        "FSObjType",
        "GUID",
        "ID",
        "InstanceID",
        "ItemChildCount",
        "LinkFilename",
        "LinkTitle",
        "LinkTitleNoMenu",
        "MetaInfo",
        "Modified",
        "NoExecute",
        "Order",
        "ParentList",
        "PermMask",
        "ProgId",
        "Properties",
        "Restricted",
        "RoleAssignments",
        "ScopeId",
        "SelectTitle",
        "ServerUrl",
        "SortBehavior",
        "SyncClientId",
        "Title",
        "UniqueId",
        "UIVersion",
        "Versions",
        "WorkflowInstanceID",
        "WorkflowVersion",
    )
)
"""Names that every list has a column under, or that its items answer to, without regard to case."""


def internal_name_problem(name: str) -> str | None:
    """Why no column can be made under that internal name, as a clause without a full stop; None where one can.

    SharePoint takes any name and then changes what it does not like: it encodes a space as `_x0020_`, cuts what is too
    long and numbers what is taken. A column would be there under another name than the portfolio file says.

    | name | |
    |---|---|
    | `PSOverdue` | can be made |
    | `Overdue?` | has a character that would be encoded |
    | `1stReview` | begins with a digit |
    | `Modified` | is in every list already |
    """
    if not name:
        return "it is blank"
    if _ENCODED.search(name):
        return "it has a code such as _x0020_ in it, which only SharePoint itself puts there"
    if not _PLAIN.fullmatch(name):
        return "it must begin with a letter from A to Z and have only such letters, digits and underscores"
    if len(name) > LONGEST_NAME:
        return f"it has {len(name)} characters, and SharePoint keeps {LONGEST_NAME}"
    if name.casefold() in RESERVED:
        return "every list has a column of that name already"
    if name.casefold().startswith(_REST_PREFIX):
        return "SharePoint keeps names that begin with OData_ for itself"
    return None
