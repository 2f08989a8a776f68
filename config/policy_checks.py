"""Policies that name sources and fields: which list is believed, what tells namesakes apart, and what reports tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.lint import Complaint, Location
from config.names import quoted, suggest
from sync.core.model import Kind, field_types
from sync.core.policy import IdentityPolicy, Policies, PrecedencePolicy, ReportPolicy
from sync.core.precedence import ON_ONE_MATRIX, is_leads_own
from sync.engine.targets import Source

STALE_DAYS = (1, 3660)
"""The least and the most days after which a status is stale."""
LONGEST_HEADING = 255
_NEVER_A_PLACE = ("key", "title")


def write_out_lists(policies: dict[str, Any]) -> dict[str, Any]:
    """The policies with one word written as a list where a list is meant, and a kind's list of sources as `sources`."""
    written = dict(policies)
    if isinstance(written.get("precedence"), dict):
        written["precedence"] = {kind: _precedence(each) for kind, each in written["precedence"].items()}
    if isinstance(written.get("reports"), dict):
        written["reports"] = {key: _listed(each, key == "public_titles") for key, each in written["reports"].items()}
    return written


def _precedence(entry: Any) -> Any:
    if isinstance(entry, str | list):
        return {"sources": _listed(entry)}
    if not isinstance(entry, dict):
        return entry
    written = {key: _listed(each, key == "sources") for key, each in entry.items() if each is not None}
    if isinstance(written.get("fields"), dict):
        written["fields"] = {name: _listed(each) for name, each in written["fields"].items()}
    return written


def _listed(entry: Any, is_list: bool = True) -> Any:
    return [entry] if is_list and isinstance(entry, str) else entry


def check_policies(policies: Policies, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """Every complaint about precedence, identity and reports, each with its place in the file."""
    for kind, policy in policies.precedence.items():
        yield from _precedence_of(kind, policy, sources)
    yield from _identity(policies.identity)
    yield from _reports(policies.reports, sources)


def _precedence_of(kind: Kind, policy: PrecedencePolicy, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    where: Location = ("policies", "precedence", kind.value)
    known = {name: source for name, source in sources.items() if source.kind is kind}
    if not policy.sources:
        yield Complaint(where, f"'sources' names no list: whose row counts where several tell of one {kind}?")
    yield from _order((*where, "sources"), policy.sources, kind, known, sources)
    names = [name for name in field_types(kind) if not is_leads_own(name)]
    for name, order in policy.fields.items():
        place: Location = (*where, "fields", name)
        if name in ON_ONE_MATRIX and name in field_types(kind):
            yield Complaint(
                place, f"'{name}' is told in steps of its own list's matrix, and follows the row that counts"
            )
        elif name not in names:
            yield Complaint(
                place, f"{quoted(name)} is not a field of a {kind} that lists may differ in{suggest(name, names)}"
            )
        else:
            yield from _order(place, order, kind, known, sources)
            silent = [each for each in order if each in known and not _tells(known[each], name)]
            yield from (Complaint(place, f"source '{each}' does not tell of '{name}'") for each in silent)


def _tells(source: Source, name: str) -> bool:
    return name in source.fields or name in source.constants


def _order(
    where: Location, order: Sequence[str], kind: Kind, known: Mapping[str, Source], sources: Mapping[str, Source]
) -> Iterator[Complaint]:
    for position, name in enumerate(order):
        if name in order[:position]:
            yield Complaint(where, f"source {quoted(name)} is named twice")
        elif name not in sources:
            yield Complaint(where, f"there is no source {quoted(name)}{suggest(name, known)}")
        elif name not in known:
            yield Complaint(where, f"source '{name}' holds {sources[name].kind} records, not {kind} records")
        elif known[name].key is None:
            yield Complaint(
                where, f"source '{name}' has no 'key', by which a {kind} of another list would be known in it"
            )


def _identity(policy: IdentityPolicy) -> Iterator[Complaint]:
    for kind, name in policy.place.items():
        names = [each for each in field_types(kind) if each not in _NEVER_A_PLACE]
        if name not in names:
            where: Location = ("policies", "identity", "place", kind.value)
            yield Complaint(
                where, f"{quoted(name)} is not a field of a {kind} that tells namesakes apart{suggest(name, names)}"
            )


def _reports(policy: ReportPolicy, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    where: Location = ("policies", "reports")
    least, most = STALE_DAYS
    if not least <= policy.stale_days <= most:
        text = f"'stale_days' must be from {least} to {most} days, not {policy.stale_days}"
        yield Complaint((*where, "stale_days"), text)
    for key, heading in (("reference", policy.reference), ("marking", policy.marking)):
        if heading is not None and (not heading.strip() or len(heading) > LONGEST_HEADING or not heading.isprintable()):
            yield Complaint((*where, key), f"'{key}' is one line of at most {LONGEST_HEADING} characters")
    for name in policy.public_titles:
        if name not in sources:
            text = f"there is no source {quoted(name)}{suggest(name, sources)}"
            yield Complaint((*where, "public_titles"), text)
        elif sources[name].restricted:
            text = f"source '{name}' is restricted: its records are named nowhere outside their own list"
            yield Complaint((*where, "public_titles"), text)
