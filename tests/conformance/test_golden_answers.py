"""The emulator answers as the project's own golden files say, and the comparator sees whatever is planted in them.

These stand beside the recordings, by the same comparator, so that each family is held where the recordings are absent.
"""

from dataclasses import replace

import pytest

from tests.support import golden
from tests.support.recordings_compare import Answer, differences
from tests.support.recordings_json import NotJson, compact, read
from tests.support.recordings_table import CASES


@pytest.mark.parametrize("name", golden.names())
def test_the_emulator_answers_as_the_golden_file_says(name: str) -> None:
    known = golden.golden(name)
    assert [str(one) for one in differences(known.answer, golden.answered(known))] == []


def test_there_is_a_golden_file_of_every_family() -> None:
    assert {golden.golden(name).family for name in golden.names()} == {case.family for case in CASES.values()}


# Golden file, what is wrong, the text it stands in for, the wrong text.
PLANTED = (
    ("list_made", "a key is dropped", '"NoCrawl":false,', ""),
    ("list_made", "a key is added", '"NoCrawl":false,', '"NoCrawl":false,"Extra":null,'),
    ("list_made", "a number is text", '"BaseTemplate":100', '"BaseTemplate":"100"'),
    ("list_made", "null is an empty text", '"DocumentTemplateUrl":null', '"DocumentTemplateUrl":""'),
    ("list_made", "a date has no Z", "2026-06-17T09:30:00Z", "2026-06-17T09:30:00"),
    ("list_made", "a token has another scope", '"1;3;', '"1;2;'),
    ("list_made", "two keys change places", '"BaseType":0,"ContentTypesEnabled":false',
     '"ContentTypesEnabled":false,"BaseType":0'),
    ("list_made", "another template", "c05709900100", "c05709900101"),
    ("list_with_columns", "a column is missing", '"InternalName":"_UIVersion"', '"InternalName":"_UIVersions"'),
    ("list_with_columns", "a column has another identifier", "7841bf41-43d0", "7841bf41-43d1"),
    ("list_without_columns", "columns change places", '{"InternalName":"ID"},{"InternalName":"ContentTypeId"}',
     '{"InternalName":"ContentTypeId"},{"InternalName":"ID"}'),
    ("field_text", "an attribute of the definition is dropped", ' ColName=\\"nvarchar4\\"', ""),
    ("field_text", "an attribute of the definition has another value", "nvarchar4", "nvarchar5"),
    ("field_text", "attributes change places", 'Group=\\"Ways\\" Required=\\"TRUE\\"',
     'Required=\\"TRUE\\" Group=\\"Ways\\"'),
    ("field_text", "the definition ends without a blank", ' />"', '/>"'),
    ("field_number", "a number is spelt otherwise", "1.7976931348623157E+308", "1.7976931348623157e+308"),
    ("field_choice", "a choice is missing", '["Open",', "["),
    ("field_choice", "a choice is missing in the definition", "<CHOICE>Open</CHOICE>", ""),
    ("field_calculated", "read-only stands elsewhere", ' RowOrdinal=\\"0\\" ReadOnly=\\"TRUE\\"',
     ' ReadOnly=\\"TRUE\\" RowOrdinal=\\"0\\"'),
    ("field_person", "null for an empty collection", '"DependentLookupInternalNames":[]',
     '"DependentLookupInternalNames":null'),
    ("page_with_link", "the link has capital hexadecimal", "%3dTRUE", "%3DTRUE"),
    ("page_with_link", "the link's token comes last", "?%24skiptoken=", "?%24top=2&%24skiptoken="),
    ("page_with_link", "there is no link", '"odata.nextLink":', '"odata.nextlink":'),
    ("page_with_link", "a date has no Z", "23:00:00Z", "23:00:00"),
    ("page_of_every_type", "a whole number lost its place", "120.0", "120"),
    ("page_of_every_type", "a calculated number is a number", '"0.250000000000000"', "0.25"),
    ("page_of_every_type", "null for no lookups", '"NearId":[]', '"NearId":null'),
    ("page_of_every_type", "an empty list for no people", '"CrewId":null', '"CrewId":[]'),
    ("page_of_every_type", "a person's number is text", '"WardenId":7', '"WardenId":"7"'),
    ("page_of_every_type", "another moment", "2026-05-05T09:30:15Z", "2026-05-05T09:30:16Z"),
    ("page_of_every_type", "an identifier in capitals", '"GUID":"', '"GUID":"ABCDEF01-'),
    ("item_recycled", "the scalar has another name", '"value"', '"Recycle"'),
    ("item_verbose", "a navigation is not deferred", '"LikedByInformation"', '"LikedBy"'),
    ("item_verbose", "a collection has no type", '"__metadata":{"type":"Collection(Edm.String)"},', ""),
    ("item_versions", "a version's moment has a Z", '"2026-05-05T09:30:15","Is', '"2026-05-05T09:30:15Z","Is'),
    ("item_versions", "a name is encoded once", "OData__x005f_UIVersionString", "OData__UIVersionString"),
    ("web_verbose", "no wrapper", '{"d":', '{"e":'),
    ("form_values_saved", "the row of the new number is missing",
     ',{"ErrorCode":0,"ErrorMessage":null,"FieldName":"Id","FieldValue":"4","HasException":false,"ItemId":0}', ""),
    ("form_values_refused", "another error code", "-2146232832", "-2146232833"),
    ("form_values_refused", "no exception", '"HasException":true', '"HasException":false'),
    ("changes_of_a_list", "another kind of change", '"ChangeType":1', '"ChangeType":2'),
    ("changes_of_a_list", "null for no editor", '"Editor":""', '"Editor":null'),
    ("changes_of_a_list", "a fraction of a second", "09:30:00Z", "09:30:00.227Z"),
    ("changes_of_an_item", "no one did it", '"Editor":"SharePoint App"', '"Editor":""'),
    ("batch_of_all_outcomes", "line feeds alone", "\r\n", "\n"),
    ("batch_of_all_outcomes", "a header in small letters", "ETAG: ", "ETag: "),
    ("batch_of_all_outcomes", "a header without a blank", "ETAG: ", "ETAG:"),
    ("batch_of_all_outcomes", "headers of a part in capitals", "Content-Type: application/http",
     "CONTENT-TYPE: application/http"),
    ("batch_of_all_outcomes", "another phrase", "204 No Content", "204 OK"),
    ("batch_of_all_outcomes", "a missing ETag", 'ETAG: "2"\r\n', ""),
    ("batch_of_all_outcomes", "an inner error with another code", "-2130575338", "-2130575339"),
    ("batch_of_all_outcomes", "parts in change sets", "Content-Type: application/http",
     "Content-Type: multipart/mixed; boundary=changesetresponse_1"),
    ("batch_of_all_outcomes", "text after the end", "--\r\n", "--\r\n\r\n"),
    ("batch_of_all_outcomes", "another kind of boundary", "batchresponse_", "batch_"),
    ("csom_saved", "without its line ends", "\r", ""),
    ("csom_saved", "with other line ends", "\r", "\r\n"),
    ("csom_saved", "no place for errors", '"ErrorInfo":null,', ""),
    ("csom_refused", "another error code", "-2130575338", "-1"),
    ("csom_refused", "a code that is text", "-2130575338", '"-2130575338"'),
    ("error_missing_list", "another code", "-1, System.ArgumentException", "-2130575322, System.ArgumentException"),
    ("error_missing_list", "another sentence", "does not exist at site", "is not at site"),
    ("error_missing_item", "the error of verbose", '"odata.error"', '"error"'),
    ("error_second_list", "one blank between sentences", "site.  Please", "site. Please"),
    ("caml_page", "a local time with a Z", "09:00:00", "09:00:00Z"),
    ("caml_page", "a link to the next page", '{"value":', '{"odata.nextLink":"x","value":'),
    ("caml_page", "identifier before title", '"Title":"Wye","ID":1', '"ID":1,"Title":"Wye"'),
    ("rendered_rows", "a slash that is not escaped", "\\u002f", "/"),
    ("rendered_rows", "other line ends", "\r\n", "\n"),
    ("rendered_rows", "no blank after a colon", '": "', '":"'),
    ("rendered_rows", "a number as one", '"120"', "120"),
    ("rendered_rows", "an identifier in small letters", '"{', '"{abcdef01-'),
    ("view_made", "a key is dropped", '"Threaded":false,', ""),
    ("view_made", "the definition's parts change places", "</ViewFields><Query>", "</ViewFields><X/><Query>"),
    ("view_made", "a limit that is text", '"RowLimit":7', '"RowLimit":"7"'),
)  # fmt: skip


@pytest.mark.parametrize(("name", "what", "right", "wrong"), PLANTED, ids=[f"{row[0]}-{row[1]}" for row in PLANTED])
def test_a_planted_wrong_shape_is_seen(name: str, what: str, right: str, wrong: str) -> None:
    known = golden.golden(name).answer
    assert right in known.text, what
    assert differences(known, replace(known, text=known.text.replace(right, wrong))) != []
    assert differences(replace(known, text=known.text.replace(right, wrong)), known) != []


def test_something_is_planted_in_every_family() -> None:
    assert {golden.golden(row[0]).family for row in PLANTED} == {case.family for case in CASES.values()}


@pytest.mark.parametrize("name", golden.names())
def test_another_status_or_content_type_is_seen(name: str) -> None:
    known = golden.golden(name).answer
    assert [one.path for one in differences(known, replace(known, status=418))] == ["status"]
    assert [one.path for one in differences(known, replace(known, content_type="text/html"))] == ["content-type"]
    assert [one.path for one in differences(known, replace(known, content_type=None))] == ["content-type"]


def test_what_may_differ_is_not_seen() -> None:
    known = golden.golden("list_made").answer
    guid, other = "00000000-aaaa-4000-8000-000000000000", "11111111-bbbb-4000-8000-000000000000"
    here = Answer(200, None, f'{{"Id":"{guid}","Token":"1;3;{guid};639172854000000000;1","E":"\\"1\\""}}')
    there = Answer(200, None, f'{{"Id":"{other}","Token":"1;3;{other};639172854000000001;29","E":"\\"36\\""}}')
    assert differences(here, there) == []
    assert differences(known, known) == []


@pytest.mark.parametrize(
    "text", ["", "{", '{"a":1,}', "[1,]", '{"a":1,"a":2}', "[1 2]", "{1:2}", "1 2", "[1,,2]", "nul"]
)
def test_what_is_not_json_is_not_read(text: str) -> None:
    with pytest.raises(NotJson):
        read(text)


def test_json_is_read_as_it_is_spelt() -> None:
    tree, spaces = read('{ "a" : [1.00,"\\u002f",null] }\n')
    assert compact(tree) == '{"a":[1.00,"\\u002f",null]}'
    assert spaces == ["", " ", " ", " ", "", "", "", "", "", "", " ", "\n"]
