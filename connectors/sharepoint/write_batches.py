"""Writes that have an answer each, many to a request, and what every answer means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from connectors.sharepoint.batch import Part, batch_replies, batch_request
from connectors.sharepoint.context import JSON_BODY, Site, json_body
from connectors.sharepoint.describing import by_guid
from connectors.sharepoint.errors import held_back, refusal, service_error
from connectors.sharepoint.messages import NO_METADATA, Reply
from connectors.sharepoint.pacing import Pacer, wait_named_by
from connectors.sharepoint.settings import Limits
from sync.core.columns import ListSchema
from sync.engine.ports import Applied, Clock, Failed, Outcome, Permit, Raced, Throttled, Unknown
from sync.errors import SourceError, StoppedError, ThrottledError, UnreachableError, UnreadableError

WRITE_UNITS = 2


def item_part(site: Site, schema: ListSchema, item_id: int | None, values: Mapping[str, Any], version: str) -> Part:
    """The write of values into an item that still has that version, `*` being any; into a new one without an item."""
    items = site.api(f"{by_guid(schema.list_guid)}/items")
    headers = {"Accept": NO_METADATA, "Content-Type": JSON_BODY}
    return Part(
        method="POST" if item_id is None else "MERGE",
        url=items if item_id is None else f"{items}({item_id})",
        headers=headers if item_id is None else {"If-Match": version, **headers},
        body=json_body(values),
        changes=True,
        units=WRITE_UNITS,
        kind="write",
    )


@dataclass(frozen=True, slots=True)
class WriteBatches:
    """Sends to one site, each request with the permit to write then."""

    site: Site
    clock: Clock
    pacer: Pacer
    limits: Limits
    random: Random
    permit: Permit

    def send(self, parts: Sequence[Part], about: str) -> list[Outcome]:
        """One outcome each, in order, of parts that one request holds."""
        request = batch_request(self.site.api("$batch"), parts, about, self.random)
        try:
            reply = self.site.exchange(replace(request, permit=self.permit))
        except (SourceError, StoppedError) as error:
            return [without_answer(error)] * len(parts)
        if reply.status != 200:
            return [outcome_of(reply, about, self.site.url)] * len(parts)
        replies = batch_replies(reply, len(parts))
        outcomes: list[Outcome] = []
        not_done: list[int] = []
        for number, inner in enumerate(replies):
            wait = wait_named_by(inner, self.clock.now()) if inner.status in (429, 503) else None
            if wait is not None:
                self.pacer.told_to_wait(wait)
                not_done.append(number)
            outcomes.append(outcome_of(inner, about, self.site.url))
        for number in not_done:
            outcomes[number] = self.send_alone(parts[number], about)
        missing = Unknown("the answer was cut short before it came to this item")
        return outcomes + [missing] * (len(parts) - len(outcomes))

    def send_alone(self, part: Part, about: str) -> Outcome:
        """A part by itself."""
        method = {"X-HTTP-Method": part.method} if part.method != "POST" else {}
        request = replace(part.request(about), method="POST", headers={**part.headers, **method}, permit=self.permit)
        try:
            return outcome_of(self.site.exchange(request), about, self.site.url)
        except (SourceError, StoppedError) as error:
            return without_answer(error)


def outcome_of(reply: Reply, about: str, site: str) -> Outcome:
    """What one answer to a write means."""
    if reply.status in (200, 201, 204):
        return Applied(reply.header("ETag"))
    if reply.status in (409, 412):
        return Raced()
    if reply.status == 429:
        return Throttled()
    # A token that is not accepted is denied in the same words.
    held = held_back(service_error(reply.content), about) if reply.status != 401 else None
    if held or reply.status in (400, 401, 403, 404, 413, 414, 431, 501):
        return Failed(held or refusal(reply, about, site))
    return Unknown(f"SharePoint answered {reply.status}")


def without_answer(error: SourceError | StoppedError) -> Outcome:
    """What it means that no answer came. Told to stop while it waited, a write was not sent: waits come before it."""
    if isinstance(error, ThrottledError | StoppedError):
        return Throttled()
    if isinstance(error, UnreachableError | UnreadableError):
        return Unknown(error.what)
    return Failed(error)
