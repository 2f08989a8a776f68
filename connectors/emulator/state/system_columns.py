"""The columns every list has of its own, and where they stand among the list's others.

Identifiers, names, titles, types and both orders are recorded; what is shown in forms and views is documented.
"""

from collections.abc import Iterator, Sequence

from connectors.emulator.state.fields import Field


def _hidden(guid: str, name: str, title: str, kind: str) -> Field:
    return Field(guid, name, title, kind, hidden=True, read_only=True, group="_Hidden", builtin=True)


def _shown(guid: str, name: str, title: str, kind: str) -> Field:
    return Field(guid, name, title, kind, read_only=True, group="_Hidden", builtin=True)


# Around a list's own columns once it has any: the first stands before Title, the others between it and them.
_BEFORE_TITLE = (_hidden("03e45e84-1992-4d42-9116-26f756012634", "ContentTypeId", "Content Type ID", "ContentTypeId"),)
_AFTER_TITLE = (
    _hidden("34ad21eb-75bd-4544-8c73-0e08330291fe", "_ModerationComments", "Approver Comments", "Note"),
    _hidden("39360f11-34cf-4356-9945-25c44e68dade", "File_x0020_Type", "File Type", "Text"),
    _hidden("3a6b296c-3f50-445c-a13f-9c679ea9dda3", "ComplianceAssetId", "Compliance Asset Id", "Text"),
)
_AFTER_OWN = (
    _shown("1d22ea11-1e32-424e-89ab-9fedbadb6ce1", "ID", "ID", "Counter"),
    _shown("c042a256-787d-4a6f-8a8a-cf6ab767f12d", "ContentType", "Content Type", "Computed"),
    _shown("28cf69c5-fa48-462a-b5cd-27b6f9d2bd5f", "Modified", "Modified", "DateTime"),
    _shown("8c06beca-0777-48f7-91c7-6da68bc07b69", "Created", "Created", "DateTime"),
    _shown("1df5e554-ec7e-46a6-901d-d85a3881cb18", "Author", "Created By", "User"),
    _shown("d31655d1-1d5b-4511-95a1-7a09e9b75bf2", "Editor", "Modified By", "User"),
    _hidden("26d0756c-986a-48a7-af35-bf18ab85ff4a", "_HasCopyDestinations", "Has Copy Destinations", "Boolean"),
    _hidden("6b4e226d-3d88-4a36-808d-a129bf52bccf", "_CopySource", "Copy Source", "Text"),
    _hidden("d4e44a66-ee3a-4d02-88c9-4ec5ff3f4cd5", "owshiddenversion", "owshiddenversion", "Integer"),
    _hidden("f1e020bc-ba26-443f-bf2f-b68715017bbc", "WorkflowVersion", "Workflow Version", "Integer"),
    _hidden("7841bf41-43d0-4434-9f50-a673baef7631", "_UIVersion", "UI Version", "Integer"),
    _shown("dce8262a-3ae9-45aa-aab4-83bd75fb738a", "_UIVersionString", "Version", "Text"),
    _shown("67df98f4-9dec-48ff-a553-29bece9c5bf4", "Attachments", "Attachments", "Attachments"),
    _hidden("fdc3b2ed-5bf2-4835-a4bc-b885f3396a61", "_ModerationStatus", "Approval Status", "ModStat"),
    _shown("503f1caa-358e-4918-9094-4a2cdc4bc034", "Edit", "Edit", "Computed"),
    _shown("bc91a437-52e7-49e1-8c4e-4698904b2b6d", "LinkTitleNoMenu", "Title", "Computed"),
    _shown("82642ec8-ef9b-478f-acf9-31f7d45fbc31", "LinkTitle", "Title", "Computed"),
    _hidden("5f190d91-3dbc-4489-9878-3c092caf35b6", "LinkTitle2", "Title", "Computed"),
    _hidden("b1f7969b-ea65-42e1-8b54-b588292635f2", "SelectTitle", "Select", "Computed"),
    _hidden("50a54da4-1528-4e67-954a-e2d24f1e9efb", "InstanceID", "Instance ID", "Integer"),
    _hidden("ca4addac-796f-4b23-b093-d2a3f65c0774", "Order", "Order", "Number"),
    _hidden("ae069f25-3ac2-4256-b9c3-15dbc15da0e0", "GUID", "GUID", "Guid"),
    _hidden("de8beacf-5505-47cd-80a6-aa44e7ffe2f4", "WorkflowInstanceID", "Workflow Instance ID", "Guid"),
    _hidden("94f89715-e097-4e8b-ba79-ea02aa8b7adb", "FileRef", "URL Path", "Lookup"),
    _hidden("56605df6-8fa1-47e4-a04c-5b384d59609f", "FileDirRef", "Path", "Lookup"),
    _hidden("173f76c8-aebd-446a-9bc9-769a2bd2c18f", "Last_x0020_Modified", "Modified", "Lookup"),
    _hidden("998b5cff-4a35-47a7-92f3-3914aa6aa4a2", "Created_x0020_Date", "Created", "Lookup"),
    _hidden("30bb605f-5bae-48fe-b4e3-1f81d9772af9", "FSObjType", "Item Type", "Lookup"),
    _hidden("423874f8-c300-4bfb-b7a1-42e2159e3b19", "SortBehavior", "Sort Type", "Lookup"),
    _hidden("ba3c27ee-4791-4867-8821-ff99000bac98", "PermMask", "Effective Permissions Mask", "Computed"),
    _hidden("dcc67ebd-247f-4bee-8626-85ff6f69fbb6", "PrincipalCount", "Principal Count", "Computed"),
    _hidden("8553196d-ec8d-4564-9861-3dbe931050c8", "FileLeafRef", "Name", "File"),
    _hidden("4b7403de-8d94-43e8-9f0f-137a3e298126", "UniqueId", "Unique Id", "Lookup"),
    _hidden("3b653cee-df6b-4cd4-b66d-ad5ce875b25e", "ParentUniqueId", "Document Parent Identifier", "Lookup"),
    _hidden("6d2c4fde-3605-428e-a236-ce5f3dc2b4d4", "SyncClientId", "Client Id", "Lookup"),
    _hidden("c5c4b81c-f1d9-4b43-a6a2-090df32ebb68", "ProgId", "ProgId", "Lookup"),
    _hidden("dddd2420-b270-4735-93b5-92b713d0944d", "ScopeId", "ScopeId", "Lookup"),
    _hidden("4ef1b78f-fdba-48dc-b8ab-3fa06a0c9804", "HTML_x0020_File_x0020_Type", "HTML File Type", "Computed"),
    _hidden("3c6303be-e21f-4366-80d7-d6d0a3b22c7a", "_EditMenuTableStart", "Edit Menu Table Start", "Computed"),
    _hidden("1344423c-c7f9-4134-88e4-ad842e2d723c", "_EditMenuTableStart2", "Edit Menu Table Start", "Computed"),
    _hidden("2ea78cef-1bf9-4019-960a-02c41636cb47", "_EditMenuTableEnd", "Edit Menu Table End", "Computed"),
    _hidden("9d30f126-ba48-446b-b8f9-83745f322ebe", "LinkFilenameNoMenu", "Name", "Computed"),
    _hidden("5cc6dc79-3710-4374-b433-61cb4a686c12", "LinkFilename", "Name", "Computed"),
    _hidden("224ba411-da77-4050-b0eb-62d422f13d3e", "LinkFilename2", "Name", "Computed"),
    _shown("081c6e4c-5c14-4f20-b23e-1a71ceb6a67c", "DocIcon", "Type", "Computed"),
    _hidden("105f76ce-724a-4bba-aece-f81f2fce58f5", "ServerUrl", "Server Relative URL", "Computed"),
    _hidden("7177cfc7-f399-4d4d-905d-37dd51bc90bf", "EncodedAbsUrl", "Encoded Absolute URL", "Computed"),
    _hidden("7615464b-559e-4302-b8e2-8f440b913101", "BaseName", "File Name", "Computed"),
    _hidden("687c7f94-686a-42d3-9b67-2782eac4b4f8", "MetaInfo", "Property Bag", "Lookup"),
    _hidden("43bdd51b-3c5b-4e78-90a8-fb2087f71e70", "_Level", "Level", "Integer"),
    _hidden("c101c3e7-122d-4d4d-bc34-58e94a38c816", "_IsCurrentVersion", "Is Current Version", "Boolean"),
    _shown("b824e17e-a1b3-426e-aecf-f0184d900485", "ItemChildCount", "Item Child Count", "Lookup"),
    _shown("960ff01f-2b6d-4f1b-9c3f-e19ad8927341", "FolderChildCount", "Folder Child Count", "Lookup"),
    _hidden("786099e5-d20a-4232-86e5-cfc3d6face96", "Restricted", "Restricted", "Lookup"),
    _hidden("14ee99cd-bed9-474a-bf99-8f753fbad6b4", "OriginatorId", "Originator Id", "Lookup"),
    _hidden("0b16648a-daff-47d4-9fda-c6038b75ed27", "NoExecute", "NoExecute", "Lookup"),
    _hidden("d48268e5-c65d-486c-bbf1-874cf986d7d3", "ContentVersion", "Content Version", "Lookup"),
    _shown("ccc1037f-f65e-434a-868e-8c98af31fe29", "_ComplianceFlags", "Label setting", "Lookup"),
    _shown("d4b6480a-4bed-4094-9a52-30181ea38f1d", "_ComplianceTag", "Retention label", "Lookup"),
    _shown("92be610e-ddbb-49f4-b3b1-5c2bc768df8f", "_ComplianceTagWrittenTime", "Retention label Applied", "Lookup"),
    _shown("418d7676-2d6f-42cf-a16a-e43d2971252a", "_ComplianceTagUserId", "Label applied by", "Lookup"),
    _shown("8382d247-72a9-44b1-9794-7b177edc89f3", "_IsRecord", "Item is a Record", "Computed"),
    _hidden("b4cb04e8-622e-4c7d-8e87-b558a1bb907b", "AccessPolicy", "Access Policy", "Lookup"),
    _hidden("df7ffe41-81d6-46eb-8777-444d1613c803", "_VirusStatus", "VirusStatus", "Lookup"),
    _hidden("32d407ed-15e1-4ccc-b1d4-c56f5799b256", "_VirusVendorID", "VirusVendorID", "Lookup"),
    _hidden("c4b1727e-aca8-4bd8-ae83-f554ae3c08eb", "_VirusInfo", "VirusInfo", "Lookup"),
    _shown("6bfaba20-36bf-44b5-a1b2-eb6346d49716", "AppAuthor", "App Created By", "Lookup"),
    _shown("e08400f3-c779-4ed2-a18c-ab7f34caa318", "AppEditor", "App Modified By", "Lookup"),
    _hidden("4df6bfaf-f887-424e-8ea3-fd050113e7a9", "SMTotalSize", "Total Size", "Lookup"),
    _hidden("d340fca5-f503-4baa-bae9-90f1447ebff6", "SMLastModifiedDate", "Last Modified Date", "Lookup"),
    _hidden("1faa4902-9115-44b9-bba7-791441ca1d6f", "SMTotalFileStreamSize", "Total File Stream Size", "Lookup"),
    _hidden("a261b12a-8ca2-47fa-a117-05861d637c7e", "SMTotalFileCount", "Total File Count", "Lookup"),
    _hidden("c274cbfd-084a-4017-925f-cce50c9e3eec", "_CommentFlags", "Comment settings", "Lookup"),
    _hidden("d307dff3-340f-44a2-9f4b-fbfe1ba07459", "_CommentCount", "Comment count", "Lookup"),
)
_BY_NAME = {column.name: column for column in (*_BEFORE_TITLE, *_AFTER_TITLE, *_AFTER_OWN)}


def _moved(names: Sequence[str], mover: str, after: str) -> list[str]:
    rest = [name for name in names if name != mover]
    place = rest.index(after) + 1
    return [*rest[:place], mover, *rest[place:]]


def _untouched() -> tuple[str, ...]:
    """The order in a list without columns of its own: five columns stand elsewhere than later."""
    names = ["ID", "ContentTypeId", "ContentType", "Title"]
    names += [column.name for column in _AFTER_OWN if column.name not in names]
    names = _moved(names, "_ModerationComments", after="_ModerationStatus")
    names = _moved(names, "File_x0020_Type", after="ScopeId")
    return tuple(_moved(names, "ComplianceAssetId", after="SMTotalFileCount"))


_UNTOUCHED = _untouched()


def arranged(title: Field, own: Sequence[Field]) -> Iterator[Field]:
    """Every column of a list in the service's order: its Title column, its own and the ones it came with."""
    if not own:
        yield from (title if name == "Title" else _BY_NAME[name] for name in _UNTOUCHED)
        return
    yield from _BEFORE_TITLE
    yield title
    yield from _AFTER_TITLE
    yield from own
    yield from _AFTER_OWN
