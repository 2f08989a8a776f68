"""Good inputs, from which a fuzzer makes bad ones."""

from typing import Any

_GET = b"GET /sites/demo/_api/web/lists HTTP/1.1\r\nAccept: application/json;odata=nometadata\r\n"
_MERGE = (
    b"POST /sites/demo/_api/web/lists/GetByTitle('Projects')/items(1) HTTP/1.1\r\nX-HTTP-Method: MERGE\r\n"
    b'If-Match: *\r\nContent-Type: application/json;odata=nometadata\r\n\r\n{"Word":"x"}\r\n'
)
_PART = b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
BATCHES: tuple[bytes, ...] = (
    b"--b\r\n" + _PART + _GET + b"\r\n--b--\r\n",
    b"--b\r\n" + _PART + _MERGE + b"\r\n--b\r\n" + _PART + _GET + b"\r\n--b--\r\n",
    b'--b\r\nContent-Type: multipart/mixed; boundary="c"\r\n\r\n--c\r\n' + _PART + _MERGE + b"\r\n--c--\r\n--b--\r\n",
    b"--b\r\n" + _PART + b"GET" + b" " * 4000 + b"x\r\n\r\n--b--\r\n",
    (b"Content-Type: multipart/mixed;\r\n boundary=b\r\n\r\n--b\r\n" + _PART + _GET + b"\r\n--b--").replace(b"\r", b""),
)

_LONG = b"9" * 5000
QUERIES: tuple[bytes, ...] = (
    b"$top=" + _LONG,
    b"$skiptoken=Paged%3dTRUE%26p_ID%3d" + _LONG,
    b"$filter=" + b" and ".join([b"Id eq 1"] * 1000),
    b"$filter=" + b"day(" * 1000 + b"Due" + b")" * 1000 + b" eq 1",
    b"$filter=Id eq 1" + b" " * 4000 + b"\0",
    b"$filter=day(datetime'0001-01-01T00:00:00Z') eq 1",
    b"$select=Id,Title,Owner/Title&$expand=Owner&$top=2",
    b"$filter=Word eq 'y' and (Score gt 0 or not startswith(Title,'F'))&$orderby=Due desc,Title",
    b"$filter=Due ge datetime'2026-01-01T00:00:00Z' and substringof('i',Title)",
    b"$filter=Parent/Title eq 'First'&$expand=Parent&$select=Parent/Title",
    b"$filter=day(Due) eq 1 and Owner/EMail ne null&$expand=Owner&$select=Owner/EMail",
    b"%24skiptoken=Paged%3dTRUE%26p_Due%3d20260630%2023%3a00%3a00%26p_ID%3d1&$orderby=Due",
    b"$filter=ID gt 1&$orderby=ID&$top=5000&$skip=3&$inlinecount=allpages",
)

_HEAD = b'<Request xmlns="http://schemas.microsoft.com/sharepoint/clientquery/2009"><Actions>'
_SET = (
    b'<Method Name="SetFieldValue" Id="2" ObjectPathId="1"><Parameters><Parameter Type="String">%s</Parameter>'
    b"%s</Parameters></Method>"
)
_TAIL = (
    b'<Method Name="SystemUpdate" Id="3" ObjectPathId="1" /></Actions><ObjectPaths><Identity Id="1" Name="x|'
    b'740c6a0b-85e2-48a0-a494-e0f1759d4aa7:site:{site}:web:{web}:list:{list}:item:1,1" /></ObjectPaths></Request>'
)
_PERSON = (
    b'<Parameter TypeId="{c956ab54-16bd-4c18-89d2-996f57282a6f}"><Property Name="LookupId" Type="Int32">7</Property>'
    b'<Property Name="LookupValue" Type="Null" /></Parameter>'
)
_VALUES = tuple(
    _HEAD + _SET % (name, value) + _TAIL
    for name, value in (
        (b"Word", b'<Parameter Type="String">a &amp; b</Parameter>'),
        (b"Due", b'<Parameter Type="DateTime">2026-06-30T23:00:00.0000000Z</Parameter>'),
        (b"Live", b'<Parameter Type="Boolean">true</Parameter>'),
        (b"Score", b'<Parameter Type="Double">1.5</Parameter>'),
        (b"Word", b'<Parameter Type="Null" />'),
        (b"Due", b'<Parameter Type="DateTime">0001-01-01T00:00:00Z</Parameter>'),
        (b"Score", b'<Parameter Type="Double">' + b"9" * 5000 + b"</Parameter>"),
        (b"Owner", _PERSON),
        (b"Themes", b'<Parameter Type="Array"><Object Type="String">A</Object></Parameter>'),
    )
)
_ENTITIES = b'<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Request>&b;</Request>'
PROCESS_QUERIES: tuple[bytes, ...] = (*_VALUES, _ENTITIES)

BODIES: tuple[dict[str, Any], ...] = (
    {"Title": "x", "Score": 1.5, "Live": True, "Due": "2026-07-01T00:00:00Z", "Themes": {"results": ["A"]}},
    {
        "__metadata": {"type": "SP.ListItem"},
        "OwnerId": 7,
        "TeamId": [7],
        "ParentId": None,
        "Link": {"Url": "https://x"},
    },
    {"parameters": {"Title": "RAG 2", "FieldTypeKind": 6, "Choices": {"results": ["A"]}, "Indexed": True}},
    {"parameters": {"SchemaXml": "<Field Type='Choice' DisplayName='X'><CHOICES><CHOICE>A</CHOICE></CHOICES></Field>"}},
    {"formValues": [{"FieldName": "Due", "FieldValue": "2026-07-01 00:00:00"}], "bNewDocumentUpdate": True},
    {"formValues": [{"FieldName": "Owner", "FieldValue": '[{"Key":"ann@example.org"}]'}], "listItemCreateInfo": {}},
    {
        "query": {
            "ViewXml": "<View><Query><Where><Eq><FieldRef Name='Word'/><Value Type='Text'>y</Value></Eq></Where>"
            "<OrderBy><FieldRef Name='Due' Ascending='FALSE'/></OrderBy></Query><RowLimit>2</RowLimit></View>",
            "ListItemCollectionPosition": {"PagingInfo": "Paged=TRUE&p_ID=1"},
        }
    },
    {"parameters": {"ViewXml": "<View><RowLimit Paged='TRUE'>2</RowLimit></View>", "RenderOptions": 2}},
    {"query": {"Item": True, "Add": True, "ChangeTokenStart": {"StringValue": "1;3;x;1;-1"}, "FetchLimit": "10"}},
    {"Title": "A list", "BaseTemplate": 100},
    {"Due": "0001-01-01T00:00:00Z"},
    {"Due": "9999-12-31T23:59:59Z"},
    {"Title": "\ud800"},
    {"Word": "a\0b"},
    {"parameters": {"SchemaXml": f"<Field Type='Text' DisplayName='X' MaxLength='{'9' * 5000}'/>", "Options": "x"}},
    {"query": {"ChangeTokenStart": {"StringValue": f"1;3;{'0' * 36};1;{'9' * 5000}"}, "FetchLimit": "9" * 5000}},
    {"logonName": "ann@example.org"},
)
