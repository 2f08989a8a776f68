"""The error answers of SharePoint, as values.

Each factory names one recorded or documented case; codes and sentences are the service's own. Where a code or a
status could not be confirmed against a recording, its docstring says assumed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

_QUERY = "-1, Microsoft.SharePoint.Client.InvalidClientQueryException"
_GENERAL = "-1, Microsoft.SharePoint.SPException"
_SP = "-2146232832, Microsoft.SharePoint.SPException"
_UNAUTHORISED = "-2147024891, System.UnauthorizedAccessException"


@dataclass(slots=True)
class SharePointError(Exception):
    """An answer that is an error: HTTP status, SharePoint's code string and its sentence.

    `raw` is a body that stands in the place of the usual envelope; its type is among the headers.
    """

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    @property
    def number(self) -> int:
        """The numeric half of the code, which ProcessQuery reports by itself."""
        return int(self.code.split(",")[0])

    @property
    def type_name(self) -> str:
        """The exception's name in the code."""
        return self.code.partition(", ")[2]


@dataclass(slots=True)
class NotEmulated(Exception):  # noqa: N818 - it is an answer, not a failure
    """Something SharePoint has and this server has not: answered with 501 and its name."""

    what: str


def list_missing_by_title(title: str, site_url: str) -> SharePointError:
    """A list asked for by a title that no list has."""
    text = f"List '{title}' does not exist at site with URL '{site_url}'."
    return SharePointError(404, "-1, System.ArgumentException", text)


def list_missing() -> SharePointError:
    """A list asked for by an id or an address that no list has."""
    text = (
        "List does not exist.\n\nThe page you selected contains a list that does not exist.  "
        "It may have been deleted by another user."
    )
    return SharePointError(404, "-2130575322, Microsoft.SharePoint.SPException", text)


def item_missing() -> SharePointError:
    """An item that is not there, or no longer."""
    text = "Item does not exist. It may have been deleted by another user."
    return SharePointError(404, "-2130575338, System.ArgumentException", text)


def field_missing(name: str) -> SharePointError:
    """A column asked for by a name that no column has (HTTP status assumed)."""
    text = f"Column '{name}' does not exist. It may have been deleted by another user."
    return SharePointError(400, "-2147024809, System.ArgumentException", text)


def view_missing() -> SharePointError:
    """A view asked for that the list does not have (HTTP status assumed)."""
    return SharePointError(400, "-2147024809, System.ArgumentException", "The specified view is invalid.")


def web_missing() -> SharePointError:
    """An address below which there is no site."""
    return SharePointError(404, "-2147024894, System.IO.FileNotFoundException", "File Not Found.")


def duplicate_list() -> SharePointError:
    """A second list with the same title."""
    text = (
        "A list, survey, discussion board, or document library with the specified title already exists in this "
        "Web site.  Please choose another title."
    )
    return SharePointError(500, "-2130575342, Microsoft.SharePoint.SPException", text)


def duplicate_field(name: str) -> SharePointError:
    """A second column with the same identity (assumed)."""
    text = f'A duplicate field name "{name}" was found.'
    return SharePointError(500, "-2130575214, Microsoft.SharePoint.SPException", text)


def save_conflict() -> SharePointError:
    """A change that met another one which the service had not done with."""
    text = (
        "Save Conflict.\n\nYour changes conflict with those made concurrently by another user. If you want your "
        "changes to be applied, click Back in your Web browser, refresh the page, and resubmit your changes."
    )
    return SharePointError(409, "-2130575305, Microsoft.SharePoint.SPException", text)


def user_not_found() -> SharePointError:
    """A person asked for by a number that nobody has."""
    return SharePointError(500, _SP, "User cannot be found.")


def user_not_resolved(login: str) -> SharePointError:
    """EnsureUser for somebody the directory does not know."""
    return SharePointError(400, _SP, f"The specified user {login} could not be found.")


def etag_mismatch(asked: str, held: str) -> SharePointError:
    """If-Match names a version that is no longer the current one, or is missing where it is demanded."""
    text = f"The request ETag value '{asked}' does not match the object's ETag value '{held}'."
    return SharePointError(412, "-1, Microsoft.SharePoint.Client.ClientServiceException", text)


def unknown_property(name: str, type_name: str) -> SharePointError:
    """A property in a body, or in $select of anything but an item, that the type does not have."""
    text = (
        f"The property '{name}' does not exist on type '{type_name}'. "
        "Make sure to only use property names that are defined by the type."
    )
    return SharePointError(400, _QUERY, text)


def unknown_column(name: str) -> SharePointError:
    """A column in $select, $filter or $orderby of an items query that the list does not have."""
    return SharePointError(400, _QUERY, f"The field or property '{name}' does not exist.")


def expand_needed(name: str) -> SharePointError:
    """A person or lookup column selected or expanded without its other half."""
    text = (
        f"The query to field '{name}' is not valid. The $select query string must specify the target fields and "
        f"the $expand query string must contains {name}."
    )
    return SharePointError(400, _GENERAL, text)


def not_filterable(name: str, type_name: str) -> SharePointError:
    """A filter on a column whose type cannot be filtered."""
    text = f"The field '{name}' of type '{type_name}' cannot be used in the query filter expression."
    return SharePointError(400, _GENERAL, text)


def bad_query(message: str) -> SharePointError:
    """A query or a body that cannot be understood."""
    return SharePointError(400, _QUERY, message)


def reserved_option(name: str) -> SharePointError:
    """A `$` option that does not exist (the wording is the OData library's)."""
    return bad_query(f"The query parameter '{name}' begins with a system-reserved '$' character but is not recognized.")


def bad_expression(path: str) -> SharePointError:
    """A resource path that cannot be parsed."""
    return bad_query(f'The expression "{path}" is not valid.')


def wrong_kind(expected: str) -> SharePointError:
    """A JSON value that is not of the property's primitive type."""
    return bad_query(
        f"Cannot convert a primitive value to the expected type '{expected}'. See the inner exception for more details."
    )


def wrong_node(found: str, expected: str) -> SharePointError:
    """A JSON value of another shape: an array for an object, an object for a primitive."""
    return bad_query(
        f"An unexpected '{found}' node was found when reading from the JSON reader. A '{expected}' node was expected."
    )


def wrong_type(found: str, expected: str) -> SharePointError:
    """`__metadata` names a type that is not the list's item type."""
    return bad_query(
        f"An entry with type '{found}' was found, but it is not assignable to the expected type '{expected}'."
    )


def read_only() -> SharePointError:
    """A write to a column that may not be written (HTTP status assumed)."""
    text = "Invalid data has been used to update the list item. The field you are trying to update may be read only."
    return SharePointError(400, "-2147352571, Microsoft.SharePoint.SPException", text)


def invalid_value(kind: str) -> SharePointError:
    """A value the column's type does not take; `kind` is text, choice, lookup, number or date (code assumed)."""
    text = f"Invalid {kind} value.\n\nA {kind} field contains invalid data. Please check the value and try again."
    return SharePointError(400, _GENERAL, text)


def out_of_range(name: str, largest: int) -> SharePointError:
    """A setting beyond what the service takes (sentence assumed)."""
    return SharePointError(400, _SP, f"The value of {name} is out of range. The largest value is {largest:,}.")


def not_checked_out(url: str) -> SharePointError:
    """An edit of what nobody has checked out where that is forced (HTTP status assumed)."""
    text = f'The file "{url}" is not checked out. You must first check out this document before making changes.'
    return SharePointError(423, "-2147024738, Microsoft.SharePoint.SPFileCheckOutException", text)


def checked_out(url: str, login: str) -> SharePointError:
    """An edit of what somebody else has checked out (HTTP status assumed)."""
    text = f'The file "{url}" is checked out for editing by {login}.'
    return SharePointError(423, "-2130575306, Microsoft.SharePoint.SPFileCheckOutException", text)


def kept_by_label() -> SharePointError:
    """An edit, or the removal, of an item that its retention label makes a record (HTTP status and code assumed)."""
    text = (
        "The label that's applied to this item prevents it from being edited or deleted. "
        "Check the item's label for more details."
    )
    return SharePointError(403, _UNAUTHORISED, text)


def row_too_large() -> SharePointError:
    """A row of more than 8,000 bytes (sentence assumed)."""
    text = "Cannot complete this action because the row exceeds the size limit of a list item. Please try again."
    return SharePointError(500, "-2130575243, Microsoft.SharePoint.SPException", text)


def duplicate_value(title: str) -> SharePointError:
    """A second item with the same value in a unique column (HTTP status assumed)."""
    text = (
        "The list item could not be added or updated because duplicate values were found in the following field(s) "
        f"in the list: [{title}]."
    )
    return SharePointError(400, "-2130575169, Microsoft.SharePoint.SPDuplicateValuesFoundException", text)


def list_view_threshold() -> SharePointError:
    """A query that would touch more rows than the service allows."""
    text = "The attempted operation is prohibited because it exceeds the list view threshold."
    return SharePointError(500, "-2147024860, Microsoft.SharePoint.SPQueryThrottledException", text)


def caml_column() -> SharePointError:
    """A FieldRef in CAML that names no column, or names it in another case."""
    text = "One or more field types are not installed properly. Go to the list settings page to delete these fields."
    return SharePointError(500, "-2130575340, Microsoft.SharePoint.SPException", text)


def bad_caml() -> SharePointError:
    """CAML that cannot be read (HTTP status assumed)."""
    text = "Cannot complete this action.\n\nPlease try again."
    return SharePointError(500, "-2147467259, Microsoft.SharePoint.SPException", text)


def lookup_threshold() -> SharePointError:
    """A query that joins more than twelve lookups."""
    text = (
        "The query cannot be completed because the number of lookup columns it contains exceeds the lookup column "
        "threshold."
    )
    return SharePointError(500, "-2147024860, Microsoft.SharePoint.SPQueryThrottledException", text)


def index_refused(reason: str) -> SharePointError:
    """An index that cannot be made (sentence assumed)."""
    return SharePointError(500, _SP, reason)


def field_in_use(name: str) -> SharePointError:
    """A column that may not be deleted (sentence assumed)."""
    return SharePointError(400, _GENERAL, f"The column '{name}' cannot be deleted.")


def bad_change_token() -> SharePointError:
    """A change token that is not one, or belongs to another list."""
    return SharePointError(500, _SP, "Specified change token is invalid or does not belong to this object.")


def change_token_expired(days: int) -> SharePointError:
    """A change token from before the log begins, as the service documents it (HTTP status assumed)."""
    text = (
        "The changeToken refers to a time before the start of the current change log. "
        f"The change log is limited to {days} days"
    )
    return SharePointError(500, _SP, text)


def batch_too_large(size: int, limit: int) -> SharePointError:
    """A batch body above the byte limit."""
    text = (
        "The maximum number of bytes allowed to be read from the stream has been exceeded. After the last read "
        f"operation, a total of {size} bytes has been read from the stream; however a maximum of {limit} bytes is "
        "allowed."
    )
    return bad_query(text)


def batch_too_many(limit: int) -> SharePointError:
    """A batch of more operations than allowed."""
    return bad_query(
        f"The current change set contains too many operations. Only change sets with a maximum number of '{limit}' "
        "operations are allowed."
    )


def unauthorised(challenge: str = 'Bearer realm="emulator"') -> SharePointError:
    """No bearer token; the challenge says where one is to be had."""
    text = "Access denied. No bearer token was sent."
    return SharePointError(401, _UNAUTHORISED, text, {"WWW-Authenticate": challenge})


def token_refused(sentence: str, diagnosis: str, challenge: str) -> SharePointError:
    """A token that is not believed: the short body, and the reason in a header of its own (diagnosis assumed)."""
    headers = {
        "Content-Type": "application/json;charset=utf-8",
        "WWW-Authenticate": challenge,
        "x-ms-diagnostics": diagnosis,
    }
    body = json.dumps({"error_description": sentence}, separators=(",", ":")).encode()
    return SharePointError(401, _UNAUTHORISED, sentence, headers, body)


def app_token_by_secret(challenge: str) -> SharePointError:
    """An application's token that was obtained with a client secret: one sentence and nothing else."""
    text = "Unsupported app only token."
    headers = {"Content-Type": "text/plain; charset=utf-8", "WWW-Authenticate": challenge}
    return SharePointError(401, _UNAUTHORISED, text, headers, text.encode())


def access_denied() -> SharePointError:
    """A site that was not granted to the caller, or a role that does not allow the operation (code assumed)."""
    text = "Access denied. You do not have permission to perform this action or access this resource."
    return SharePointError(403, _UNAUTHORISED, text)


def unexpected() -> SharePointError:
    """What the service says when it has no other answer (HTTP status assumed)."""
    return SharePointError(500, "-1, Microsoft.SharePoint.Client.UnknownError", "Unknown Error")


def broken_off() -> SharePointError:
    """A request that fails on purpose when some of it has been done; the sentence is one that says little, as real."""
    text = "Cannot complete this action.\n\nPlease try again."
    return SharePointError(500, "-2147467259, Microsoft.SharePoint.SPException", text)
