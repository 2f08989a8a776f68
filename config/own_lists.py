"""Checks of the lists that the service keeps for people to read: what they are called, and where they stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from config.lint import Complaint, Location
from config.names import quoted, suggest
from config.source_checks import site_problem
from sync.core.provisioning.own_lists import list_url
from sync.core.text import fold, length
from sync.engine.targets import Connection, OwnLists, Source

NO_LIST = "none"
"""What stands in place of a title where a list is not wanted."""
LONGEST_TITLE = 255
_TITLES = ("rollup", "status")
_WHERE: Location = ("own_lists",)


def write_out_own_lists(entry: dict[str, Any]) -> dict[str, Any]:
    """The part as the validator takes it: a list that is not wanted has no title, a key with nothing behind it is not
    written."""
    written = {key: each for key, each in entry.items() if each is not None}
    unwanted = [key for key in _TITLES if isinstance(written.get(key), str) and fold(written[key]) == NO_LIST]
    return {**written, **dict.fromkeys(unwanted)}


def check_own_lists(
    own: OwnLists | None, connections: Mapping[str, Connection], sources: Mapping[str, Source]
) -> list[Complaint]:
    """Every complaint about the service's own lists, each with its place in the file."""
    if own is None:
        return []
    found: list[Complaint] = []
    if own.connection not in connections:
        text = f"there is no connection {quoted(own.connection)}{suggest(own.connection, connections)}"
        found.append(Complaint((*_WHERE, "connection"), text))
    if wrong := site_problem(own.site):
        found.append(Complaint((*_WHERE, "site"), wrong))
    titles = {key: title for key in _TITLES if (title := getattr(own, key)) is not None}
    if not titles:
        found.append(Complaint(_WHERE, "'own_lists' keeps neither list; leave the whole key out"))
    misnamed = {key: wrong for key, title in titles.items() if (wrong := _bad_title(title))}
    found += [Complaint((*_WHERE, key), wrong) for key, wrong in misnamed.items()]
    if not misnamed:
        found += _twice(titles)
        found += _taken(own, titles, connections, sources)
    return found


def _bad_title(title: str) -> str | None:
    if not title.strip():
        return f"the list needs a title; '{NO_LIST}' says that it is not wanted"
    if title != title.strip() or not title.isprintable() or length(title) > LONGEST_TITLE:
        return f"a title is one line of at most {LONGEST_TITLE} characters, without a space before or after it"
    if list_url(title).rstrip("/").casefold() == "lists":
        return f"the title {quoted(title)} needs a letter from A to Z or a digit, of which its address is made"
    return None


def _twice(titles: Mapping[str, str]) -> Iterator[Complaint]:
    if len({fold(title) for title in titles.values()}) < len(titles):
        yield Complaint((*_WHERE, "status"), "both lists have this title; give each one of its own")
    elif len({list_url(title).casefold() for title in titles.values()}) < len(titles):
        text = f"both lists would have the address {list_url(titles['status'])}; choose titles that differ by more"
        yield Complaint((*_WHERE, "status"), text)


def _taken(
    own: OwnLists, titles: Mapping[str, str], connections: Mapping[str, Connection], sources: Mapping[str, Source]
) -> Iterator[Complaint]:
    """A list of staff's must never be taken for one of ours."""
    beside = [each for each in sources.values() if _is_beside(own, each, connections)]
    for key, title in titles.items():
        for source in beside:
            named = source.list.title is not None and fold(source.list.title) == fold(title)
            there = source.list.url is not None and source.list.url.strip("/").casefold() == list_url(title).casefold()
            if named or there:
                text = f"source '{source.name}' is the list {quoted(title)} of that site already; choose another title"
                yield Complaint((*_WHERE, key), text)


def _is_beside(own: OwnLists, source: Source, connections: Mapping[str, Connection]) -> bool:
    """Whether a source is on the site of our own lists, by whichever connection."""
    hosts = {name: connection.host for name, connection in connections.items()}
    same_host = hosts.get(own.connection, own.connection) == hosts.get(source.connection, source.connection)
    return same_host and own.site.casefold() == source.site.casefold()
