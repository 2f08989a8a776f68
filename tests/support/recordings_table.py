"""The table of the comparator: a case for every recording beside the project."""

from tests.support import recordings_cases as reads
from tests.support import recordings_writes as writes
from tests.support.recordings import recording
from tests.support.recordings_cases import BATCH, PLAIN, SCRIPT, VERBOSE, Ask, Case, page, rows_of, with_more
from tests.support.recordings_compare import Answer, Difference, differences

_SPECIAL_ROW = "SpecialFieldRestUpdateTest"


def _special_columns() -> list[str]:
    return reads.definitions(_SPECIAL_ROW)


def _family(family: str, content_type: str, cases: dict[str, Ask]) -> dict[str, Case]:
    return {name: Case(family, content_type, ask) for name, ask in cases.items()}


def _numbered(test: str, numbers: tuple[int, ...], ask: Ask) -> dict[str, Ask]:
    return {f"{test}-0-{number:05}": ask for number in numbers}


CASES: dict[str, Case] = {
    **_family("error", PLAIN, {
        "HandleBatchErrorsForLargeBatch-0-00002": reads.missing_list,
        "SpecialFieldRestUpdateTest-0-00005": reads.missing_list,
        "CaseInsensitiveListByTitle-0-00003": reads.missing_list,
        "ThrowSharePointRestServiceException-0-00003": reads.second_list,
        "GetUserMissingTest-0-00002": reads.missing_user,
    }),
    **_family("list", PLAIN, {
        "ThrowSharePointRestServiceException-0-00002": reads.made_list,
        "RESTListItemPaging-0-00003": reads.made_list,
        "UpdateWithWrongValuesInteractive-0-00003": reads.made_list,
        "CaseInsensitiveListByTitle-0-00002": reads.columns_of_a_library,
        "RESTListItemPaging-0-00013": reads.list_with_items,
        "RegularRestUpdateTest-2-00002": reads.list_with_columns_and_items,
        "UpdateListItemWithUnderScoreField-0-00007": reads.list_with_items,
        "UpdateWithWrongValuesInteractive-0-00007": reads.list_with_items,
        "SystemUpdate-1-00003": reads.list_with_items,
        "SystemUpdate-2-00003": writes.items_after("SystemUpdate-1-00003", "ValidateUpdate"),
        "SystemUpdate-3-00003": writes.items_after("SystemUpdate-2-00003", "SystemUpdate"),
        "UpdateOverwriteVersion-1-00003": writes.items_after(None, "UpdateOverwriteVersion"),
    }),
    **_family("field", PLAIN, {
        "AddListFieldAsXmlTest-0-00003": reads.made_column,
        "AddListFieldAsXmlTest-0-00004": reads.removed_column,
        "UpdateWithWrongValuesInteractive-0-00004": reads.made_column,
        **_numbered("RegularRestUpdateTest", (4, 6, 7, 8, 9, 10, 11, 12), reads.made_column),
        **_numbered("SpecialFieldRestUpdateTest", (7, 9, 10, 15, 16, 17, 18), reads.made_column),
    }),
    **_family("item page", PLAIN, {
        "RESTListItemPaging-0-00007": page("?$top=2", rows=lambda name: with_more(name, 2)),
        "RESTListItemPaging-0-00011": page("?$top=2&$skip=4", rows=lambda name: with_more(name, 2)),
        "RESTListItemAsyncPaging-100-00001": page("?$select=Id,Title&$top=100", rows=lambda name: with_more(name, 62)),
        "RESTListItemAsyncPaging-100-00002": reads.second_page,
        "RESTListItemOnePagePaging-100-00001": page("?$select=Id,Title&$top=100", rows=rows_of),
        "ListItemSpecialFieldNamesTest-2-00003": page("", rows=rows_of),
        "SpecialFieldRestUpdateTest-3-00003": page("", rows=rows_of, columns=_special_columns),
        "SpecialFieldRestUpdateTest-5-00003": page("", rows=rows_of, columns=_special_columns),
        "SpecialFieldRestUpdateTest-7-00003": page("", rows=rows_of, columns=_special_columns),
    }),
    **_family("entity", PLAIN, {
        "RecycleListItemTest-0-00005": reads.recycled_item,
        "GetListItemVersionsAsyncTest-2-00004": reads.versions,
    }),
    **_family("entity", VERBOSE, {
        "ExecuteRestRequest-0-00004": writes.web,
    }),
    **_family("form values", PLAIN, {
        "RegularRestUpdateTest-0-00013": writes.added_item,
        "RegularRestUpdateTest-0-00015": writes.changed_item,
        "SpecialFieldRestUpdateTest-0-00019": writes.added_item,
        "SpecialFieldRestUpdateTest-0-00021": writes.changed_item,
        "ListItemSpecialFieldNamesTest-0-00004": writes.added_item,
        "SystemUpdate-1-00005": writes.changed_item,
        "UpdateListItemWithUnderScoreField-0-00005": writes.added_item,
        "UpdateWithWrongValuesInteractive-0-00005": writes.added_item,
        "UpdateWithWrongValuesInteractive-0-00008": writes.changed_item,
    }),
    **_family("changes", VERBOSE, {
        "GetListItemChangesAsyncTest-1-00006": writes.changes_of_an_item,
        "GetListChangesAsyncTest-0-00003": writes.changes,
        "GetListItemChangesOnlyAsyncTest-0-00006": writes.changes,
    }),
    **_family("changes", BATCH, {
        "GetListItemChangesAsyncTest-1-00008": writes.changes_of_an_item_in_a_batch,
        "GetListChangesAsyncTest-0-00005": writes.changes_in_a_batch,
    }),
    **_family("batch", BATCH, {
        "HandleBatchErrorsForLargeBatch-0-00004": writes.items_added_in_a_batch,
        "HandleBatchErrorsForLargeBatch-0-00007": reads.deleted_items,
        "HandleBatchErrorsForLargeBatch-0-00008": reads.deleted_items,
        "HandleBatchErrorsForLargeBatch-0-00009": reads.deleted_items,
        "MergeGetBatchResults-0-00003": reads.two_views_of_a_library,
        "DeleteListViaBatchRest-0-00003": reads.list_made_in_a_batch,
        "UpdatePropertyViaBatchRest-0-00003": reads.list_changed_in_a_batch,
        "BulkAddListItemsWithBadFieldNameTest-0-00004": writes.items_added_in_a_batch,
        "ListItemSpecialFieldNamesTest-0-00003": reads.columns_made_in_a_batch,
        "SystemUpdate-0-00005": writes.items_added_in_a_batch,
    }),
    **_family("csom", SCRIPT, {
        "CSOMBatching-0-00008": writes.processed_query,
        "SystemUpdate-0-00007": writes.processed_query,
        "SystemUpdate-2-00005": writes.processed_query,
        "UpdateOverwriteVersion-0-00007": writes.processed_query,
    }),
    **_family("caml", PLAIN, {
        "CamlListItemGetPagedAsyncPaging-1-00003": writes.caml_page,
        "CamlListItemGetPagedAsyncPaging-1-00005": writes.caml_page,
        "GetItemsByCAMLQuery-1-00003": writes.caml_page,
    }),
    **_family("caml", VERBOSE, {
        "ImageAndLocationFieldLoadListDataAsStreamTest-0-00003": writes.files_by_caml,
    }),
    **_family("caml", BATCH, {
        "GetItemsByCAMLQuery-3-00003": writes.caml_in_a_batch,
    }),
    **_family("render", BATCH, {
        "ListDataAsStreamListItemGetPagedAsyncPaging-0-00007": writes.rendered_page,
        "ListDataAsStreamListItemGetPagedAsyncPaging-0-00008": writes.second_rendered_page,
        "RegularRestUpdateTest-3-00003": writes.rendered_item("RegularRestUpdateTest-2-00002"),
        "SpecialFieldRestUpdateTest-3-00005": writes.rendered_item("SpecialFieldRestUpdateTest-3-00003"),
        "SpecialFieldRestUpdateTest-5-00005": writes.rendered_item("SpecialFieldRestUpdateTest-5-00003"),
    }),
    **_family("view", PLAIN, {
        "AddListViewWithCaml-0-00002": writes.views,
        "AddListViewWithCaml-0-00003": writes.made_view,
        "AddListViewWithCaml-0-00004": writes.removed_view,
    }),
}  # fmt: skip


def compared(name: str) -> list[Difference]:
    """Everything in which the emulator's answer differs from one recording."""
    case, known = CASES[name], recording(name)
    return differences(Answer(known.status, case.content_type, known.text), case.ask(name))
