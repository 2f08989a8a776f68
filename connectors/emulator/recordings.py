"""Where the emulator answers otherwise than recorded answers of SharePoint Online, place by place, and why.

The conformance suite holds every recording to this table: a difference that is not here fails it, and so does a row
that is no longer needed. The coverage page publishes it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

RECORDED = 88
"""How many recorded answers there are; all of them are in scope."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """Places of some recordings in which the answers differ. `*` in a place stands for any text."""

    reason: str
    recordings: tuple[str, ...]
    places: tuple[str, ...]

    def covers(self, recording: str, path: str) -> bool:
        """Whether a difference is one of these."""
        return recording in self.recordings and any(fits(place, path) for place in self.places)


def fits(place: str, path: str) -> bool:
    """Whether a place means the path of a difference."""
    return re.fullmatch(".*".join(re.escape(part) for part in place.split("*")), path) is not None


def _columns(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}[{name}]" for name in names.split())


def _keys(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())


_PAGES_ALONE = (
    "Modified_x0020_By Created_x0020_By _SourceUrl _SharedFileIndex WikiField ClientSideApplicationId PageLayoutType "
    "CanvasContent1 BannerImageUrl BannerImageOffset Description PromotedState FirstPublishedDate "
    "LayoutWebpartsContent _AuthorByline _TopicHeader _SPSitePageFlags _SPAssetFolderId _SPCallToAction "
    "_OriginalSourceUrl _OriginalSourceSiteId _OriginalSourceWebId _OriginalSourceListId _OriginalSourceItemId "
    "File_x0020_Size CheckedOutUserId IsCheckedoutToLocal CheckoutUser VirusStatus CheckedOutTitle _CheckinComment "
    "LinkCheckedOutTitle FileSizeDisplay BSN _ListSchemaVersion _Dirty _Parsable _StubFile _HasEncryptedContent "
    "_HasUserDefinedProtection _LikeCount _RmsTemplateId _IpLabelId _DisplayName _IpLabelAssignmentMethod "
    "A2ODMountCount _ExpirationDate _IpLabelHash _IpLabelPromotionCtagVersion SelectFilename ParentVersionString "
    "ParentLeafName DocConcurrencyNumber StreamHash"
)
_LISTS_ALONE = "Attachments LinkTitleNoMenu LinkTitle2"
_TERMS = (
    "TaxonomyField1 paa8bb18f4854584a5ba01ad0c8432cc TaxCatchAll TaxonomyMultiField1 f5f457f913d048419dd5c6ef24344d27"
)
_PLACES = "CountryOrRegion0 State0 City0 PostalCode0 Street0 GeoLoc0 DispName0"

DEVIATIONS: tuple[Deviation, ...] = (
    Deviation(
        "The recordings of 2024 have a property that those of 2021 and 2022 have not; one server cannot be both, and "
        "most recordings are of 2022.",
        ("UpdateWithWrongValuesInteractive-0-00003",),
        ("SensitivityLabelToEncryptOnDownloadForLibrary",),
    ),
    Deviation(
        "The recordings of 2024 have a column that those of 2021 and 2022 have not, as above.",
        ("UpdateWithWrongValuesInteractive-0-00007", "ImageAndLocationFieldLoadListDataAsStreamTest-0-00003"),
        ("*[0].OData__ColorTag",),
    ),
    Deviation(
        "The earlier of the recordings have not this column, the later ones have: the service gave it to every list.",
        ("ListDataAsStreamListItemGetPagedAsyncPaging-0-00007",),
        ("part[0].Fields[ParentUniqueId]",),
    ),
    Deviation(
        "It counts the changes of a definition. One of 20 recorded definitions has it, in a library whose earlier "
        "columns were not recorded; nothing shows which change it counts.",
        ("AddListFieldAsXmlTest-0-00003",),
        ("SchemaXml@Version",),
    ),
    Deviation(
        "Managed metadata: the terms live in a store of the tenant that no call of the lists' interface reaches, and "
        "the columns are not among the emulated types.",
        ("SpecialFieldRestUpdateTest-3-00003", "SpecialFieldRestUpdateTest-5-00003",
         "SpecialFieldRestUpdateTest-7-00003"),
        _keys("value[0]", "TaxonomyField1 TaxonomyMultiField1"),
    ),
    Deviation(
        "Managed metadata, as above.",
        ("SpecialFieldRestUpdateTest-0-00019", "SpecialFieldRestUpdateTest-0-00021"),
        _columns("value", "TaxonomyField1 TaxonomyMultiField1"),
    ),
    Deviation(
        "Managed metadata, as above.",
        ("SpecialFieldRestUpdateTest-3-00005", "SpecialFieldRestUpdateTest-5-00005"),
        (*_columns("part[0].Fields", _TERMS),
         *_keys("part[1].Row[0]", "TaxonomyField1 TaxonomyField1. paa8bb18f4854584a5ba01ad0c8432cc "
                "TaxonomyMultiField1 TaxonomyMultiField1. f5f457f913d048419dd5c6ef24344d27")),
    ),
    Deviation(
        "A fault of the service: members of a column of several people hold what other columns hold (here terms and "
        "lookups). They are blank here.",
        ("SpecialFieldRestUpdateTest-3-00005", "SpecialFieldRestUpdateTest-5-00005"),
        _keys("part[1].Row[0]", "UserMultiField1.title UserMultiField1.email UserMultiField1.sip "
              "UserMultiField1.jobTitle UserMultiField1.department UserMultiField1.picture"),
    ),
    Deviation(
        "The photograph of a recorded person, in the tenant's store of photographs; people here have none.",
        ("SpecialFieldRestUpdateTest-3-00005",),
        ("part[1].Row[0].UserSingleField1.picture",),
    ),
    Deviation(
        "The name and number of the application that wrote the recorded item; here it is the SharePoint App.",
        ("GetListItemVersionsAsyncTest-2-00004",),
        ("value[0].AppAuthor.*", "value[0].AppEditor.*"),
    ),
    Deviation(
        "The bytes an item takes in the service's own tables, by a sum that is not documented.",
        ("GetListItemVersionsAsyncTest-2-00004",),
        ("value[0].SMTotalSize.LookupId",),
    ),
    Deviation(
        "The recorded site is a communication site; emulated are team sites.",
        ("ExecuteRestRequest-0-00004",),
        ("d.WebTemplate",),
    ),
    Deviation(
        "A right that was granted on an item (types 11 and 17, with fractions of a second). Items have no rights of "
        "their own here; in the repetition the item is updated.",
        ("GetListChangesAsyncTest-0-00003", "GetListChangesAsyncTest-0-00005"),
        ("*results[0].ChangeType", "*results[1].ChangeType", "*results[2].ChangeType",
         "*results[0].Time", "*results[1].Time", "*results[2].Time"),
    ),
    Deviation(
        "The recorded item is a document with a name of its own; items of lists are named by their numbers.",
        ("GetListItemChangesAsyncTest-1-00006", "GetListItemChangesAsyncTest-1-00008"),
        ("*results[0].ServerRelativeUrl",),
    ),
    Deviation(
        "Site Pages is a library of pages: it has columns that lists have not, lacks three that lists have, and "
        "keeps all in an order of its own. Emulated are lists (template 100).",
        ("CaseInsensitiveListByTitle-0-00002",),
        (*_columns("Fields", _PAGES_ALONE), *_columns("Fields", _LISTS_ALONE),
         "Fields[HTML_x0020_File_x0020_Type].Id", "Fields{order}"),
    ),
    Deviation(
        "Files and a folder in a library: content types, image tags, copies, check-out, a viewer's address, and an "
        "order of their own. Emulated are lists (template 100).",
        ("MergeGetBatchResults-0-00003",),
        (*_keys("part[1].Items[*]", "ContentTypeId MediaServiceImageTags OData__CopySource CheckoutUserId Attachments"),
         "part[1].Items[*]{order}", "part[1].Items[2].FileSystemObjectType",
         "part[1].Items[6].ServerRedirectedEmbedUri", "part[1].Items[6].ServerRedirectedEmbedUrl"),
    ),
    Deviation(
        "The pages of a library's views lie in a folder Forms; those of a list's views in the list itself.",
        ("AddListViewWithCaml-0-00002", "AddListViewWithCaml-0-00003"),
        ("*HtmlSchemaXml@Url", "*ListViewXml@Url", "*ServerRelativePath.DecodedUrl", "*ServerRelativeUrl"),
    ),
    Deviation(
        "Documents is a library: it comes with four views where a list comes with one, and shows, sorts and "
        "names its first one as libraries do. Emulated are lists (template 100).",
        ("AddListViewWithCaml-0-00002",),
        ("Views{length}", "Views[0].Title", "Views[0].ImageUrl", "Views[0].ViewQuery",
         "Views[0].*Xml@DisplayName", "Views[0].*Xml@ImageUrl", "Views[0].*Xml/ViewFields{children}",
         "Views[0].*Xml/Query/OrderBy/FieldRef@Name", "Views[0].HtmlSchemaXml/Mobile@MobileSimpleViewField",
         "Views[0].HtmlSchemaXml/ParameterBindings/ParameterBinding@Location"),
    ),
    Deviation(
        "The recorded library was set to the new experience; a list of the emulator leaves that to the site.",
        ("AddListViewWithCaml-0-00002",),
        ("ListExperienceOptions",),
    ),
    Deviation(
        "A file in a library: its type's name, content type, copies, check-out, name, and an order of its own. "
        "Emulated are lists (template 100).",
        ("ImageAndLocationFieldLoadListDataAsStreamTest-0-00003",),
        (*_keys("d.results[0]", "__metadata.type ContentTypeId OData__CopySource CheckoutUserId LinkFilename "
                "Attachments"), "d.results[0]{order}"),
    ),
    Deviation(
        "Image and location columns are not among the emulated types: what they show comes from a library of "
        "pictures and from a map service.",
        ("ImageAndLocationFieldLoadListDataAsStreamTest-0-00003",),
        _keys("d.results[0]", f"TestImage TestLocation GeoLoc SecondLocation {_PLACES}"),
    ),
)  # fmt: skip


def excuse(recording: str, path: str) -> Deviation | None:
    """The row that allows a difference, or None."""
    return next((row for row in DEVIATIONS if row.covers(recording, path)), None)


def excepted() -> frozenset[str]:
    """The recordings that are answered alike but for some places."""
    return frozenset(name for row in DEVIATIONS for name in row.recordings)


def recordings_section() -> Iterator[str]:
    """The section of the coverage page."""
    some = len(excepted())
    yield f"**{RECORDED} of {RECORDED}** recorded answers of SharePoint Online are given again:"
    yield f"{RECORDED - some} throughout, {some} but for the places below. Compared are status, content type, keys and"
    yield "their order, the spelling of every value, white space and framing; identifiers, moments and change numbers"
    yield "may differ, their form may not.\n"
    yield "| recordings | places | why |"
    yield "|---|---|---|"
    for row in DEVIATIONS:
        names = ", ".join(f"`{name}`" for name in row.recordings)
        yield f"| {names} | {', '.join(f'`{place}`' for place in row.places)} | {row.reason} |"
