"""Requests that make and change lists, and what their refusals mean.

An answer that is lost or broken is an UnreachableError or an UnreadableError: what was asked for is never sent again,
and whoever asked has to look before anything else is decided. Every other error says that nothing was done. Where it
was not because SharePoint had not done with the change before, it is asked for again after a pause.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.sharepoint.context import Site, json_body
from connectors.sharepoint.errors import is_missing_list, refusal, service_error
from connectors.sharepoint.messages import NO_METADATA, Reply, Request
from sync.errors import AccessError, NotFoundError, SchemaError, SourceError, UnreachableError, UnreadableError

MANAGE = (
    "Ask the site's owner for the role `manage` for this application, for as long as `provision` runs; the nightly run "
    "itself needs only `write`."
)
_VERBOSE = "application/json;odata=verbose"
_READ, _CHANGE = "schema", "provision"
_REFUSALS = ("-213057", "-2146232832")
_THRESHOLD = "-2147024860"
_CONFLICTS = frozenset({"-2130575305", "-2147023746"})
"""Save Conflict, and what SharePoint says of a change of columns that follows another too closely: that a newer version
of Windows is needed."""
_PAUSES = (1.0, 2.0, 4.0)
"""Seconds to wait before each further attempt: a second is what SharePoint's support asks for between two columns."""
_OF_LIST = "the list"
_PERMISSIONS = "EffectiveBasePermissions"
_PERMISSION_UNITS = 5


class Calls:
    """Asks one site. Resources are relative to its `_api`; `about` names in messages what a request is about."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def get(self, resource: str, about: str) -> dict[str, Any]:
        """What is there; raises what a refusal stands for."""
        reply = self.site.exchange(self._question(resource, about))
        if reply.status >= 400:
            raise self._gone(reply, about) or refusal(reply, about, self.site.url)
        return reply.mapping(about)

    def look(self, resource: str, about: str) -> dict[str, Any] | None:
        """A list; None where the site has no such list. A site that is not there is an error."""
        reply = self.site.exchange(self._question(resource, about))
        if reply.status == 404 and is_missing_list(service_error(reply.content), about):
            # An address below a site that is not there is answered alike.
            self.get("web?$select=Id", f"the site {self.site.url}")
            return None
        if reply.status >= 400:
            raise refusal(reply, about, self.site.url)
        return reply.mapping(about)

    def values(self, resource: str, about: str) -> list[dict[str, Any]]:
        """The members of a collection."""
        members = self.get(resource, about).get("value")
        if not isinstance(members, list) or not all(isinstance(each, dict) for each in members):
            raise UnreadableError(f"The answer about {about} is not of the expected form.")
        return members

    def post(self, resource: str, about: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Makes something, or calls a method; the answer, empty where it is no object."""
        return self._change(resource, about, body)

    def make(
        self, resource: str, about: str, body: Mapping[str, Any], find: Callable[[], dict[str, Any] | None]
    ) -> dict[str, Any]:
        """Makes something that `find` finds: after a conflict it may be there all the same, and is not made twice."""
        return self._change(resource, about, body, pauses=_PAUSES, find=find)

    def set(self, resource: str, about: str, body: Mapping[str, Any] | None = None) -> None:
        """Calls a method that comes to the same however often it is called."""
        self._change(resource, about, body, pauses=_PAUSES)

    def merge(self, resource: str, about: str, body: Mapping[str, Any]) -> None:
        self._change(resource, about, body, {"X-HTTP-Method": "MERGE", "If-Match": "*"}, pauses=_PAUSES)

    def merge_typed(self, resource: str, about: str, body: Mapping[str, Any]) -> None:
        """A change of what only one type of entity has, which `__metadata` in the body has to name."""
        headers = {"X-HTTP-Method": "MERGE", "If-Match": "*", "Content-Type": _VERBOSE}
        self._change(resource, about, body, headers, pauses=_PAUSES)

    def delete(self, resource: str, about: str) -> None:
        self._change(resource, about, None, {"X-HTTP-Method": "DELETE", "If-Match": "*"}, pauses=_PAUSES)

    def _question(self, resource: str, about: str) -> Request:
        units = _PERMISSION_UNITS if _PERMISSIONS in resource else 2
        return Request(url=self.site.api(resource), about=about, kind=_READ, units=units)

    def _change(
        self,
        resource: str,
        about: str,
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str] | None = None,
        *,
        pauses: Sequence[float] = (),
        find: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> dict[str, Any]:
        request = Request(
            url=self.site.api(resource),
            about=about,
            kind=_CHANGE,
            units=2,
            method="POST",
            accept=NO_METADATA,
            headers=headers or {},
            body=json_body(body) if body is not None else b"",
            changes=True,
        )
        reply = self.site.exchange(request)
        for pause in pauses:
            if not _is_conflict(reply):
                break
            if (there := find()) is not None:
                return there
            self.site.rest(pause)
            reply = self.site.exchange(request)
        return self._done(reply, about)

    def _done(self, reply: Reply, about: str) -> dict[str, Any]:
        if reply.status == 403:
            raise AccessError(f"The service may not change {about} at {self.site.url}.", MANAGE)
        if reply.status >= 400:
            raise self._gone(reply, about) or _refused(refusal(reply, about, self.site.url), reply.content)
        return _object(reply.content)

    def _gone(self, reply: Reply, about: str) -> NotFoundError | None:
        """The error where the list, or whatever else it was, is not there any more."""
        if reply.status != 404 or not is_missing_list(service_error(reply.content), _OF_LIST):
            return None
        return NotFoundError(
            f"There is nothing at {self.site.url} any more that {about} belongs to.",
            "Run the command again, which looks what is there now.",
        )


def _is_conflict(reply: Reply) -> bool:
    told = service_error(reply.content) if reply.status >= 400 else None
    return told is not None and told.number in _CONFLICTS


def _refused(error: SourceError, content: bytes) -> SourceError:
    """SharePoint gives many a refusal the status of a failure of its own. One with a code and a sentence is a refusal:
    each of these requests is done as a whole or not at all."""
    told = service_error(content)
    if told is None:
        return error
    if told.number in _CONFLICTS:
        return SchemaError(error.what, "Run `provision` again in a few minutes; what was done so far stays.")
    if told.number == _THRESHOLD:
        return SchemaError(
            f"{error.what} The list has too many items for that.",
            "Ask the list's owner to move items that are closed to another list, then run the command again; what was "
            "done so far stays.",
        )
    if isinstance(error, UnreadableError) and told.number.startswith(_REFUSALS):
        return SchemaError(error.what, "Mend what SharePoint names there, then run `provision` again.")
    return error


def _object(content: bytes) -> dict[str, Any]:
    """A write's answer. It was done, so an answer that cannot be read is no reason to say otherwise."""
    try:
        document = json.loads(content) if content else {}
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def taken_back(error: SourceError, what: str) -> SourceError:
    """The error to raise once what was begun is gone again: it says that nothing was done, whatever went wrong."""
    if isinstance(error, UnreachableError | UnreadableError):
        return SchemaError(f"{what} could not be finished and was taken away again: {error.what}", error.advice)
    return error


def left_behind(error: SourceError, what: str, where: str) -> SourceError:
    """The error to raise where what was begun is still there."""
    return UnreadableError(
        f"{error.what} {what}, which was begun, is still there.",
        f"Delete it {where}, then run `provision` again.",
    )
