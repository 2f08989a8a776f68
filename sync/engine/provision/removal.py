"""What `provision --remove` takes away: exactly what was made, as far as nobody needs it or has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.core.provisioning.made import Made, What
from sync.core.provisioning.removing import columns_to_count, removals
from sync.core.provisioning.shape import FoundList
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.provision.work import ListWork, Provisioning, admin_of, host_of, permitted
from sync.engine.run import RunContext, check_sources
from sync.engine.targets import ListAddress
from sync.errors import ConfigurationError, SourceError


def survey_removal(context: RunContext, only: frozenset[str] = frozenset()) -> Provisioning:
    """What there is to take away: in the lists of these sources only, else everything that was ever made.

    Raises UsageError for a source that is not configured.
    """
    check_sources(context.portfolio, only)
    groups: dict[tuple[str, str, str], list[Made]] = {}
    for each in context.runs.made():
        known = _born(context, each)
        groups.setdefault(known.place if _guid(known) else (*known.place[:2], known.name), []).append(known)
    looked = (_look(context, group) for _, group in sorted(groups.items()))
    works = sorted(looked, key=lambda work: (work.host, work.site, work.title.casefold(), work.guid or ""))
    if only:
        meant = _guids(context, only)
        works = [work for work in works if work.guid is not None and work.guid.casefold() in meant]
    allowed, denied = permitted(context, works)
    return Provisioning(works=allowed, denied=denied, again=lambda: survey_removal(context, only))


def _look(context: RunContext, made: Sequence[Made]) -> ListWork:
    first = made[0]
    guid = _guid(first)
    connection = _connection(context, first.host)
    title = guid or first.name
    if connection is None:
        error = ConfigurationError(
            f"No connection of the portfolio file leads to {first.host}, where something was made.",
            "Add the connection again, or take away by hand what was made there.",
        )
        return ListWork(name=title, connection="", host=first.host, site=first.site, title=title, error=error)
    try:
        admin = admin_of(context, connection)
        found = admin.find(SitePlace(first.site, ListAddress(id=guid) if guid else ListAddress(url=first.name)))
        removed = removals(found, made, _filled(admin, first.site, found, made))
    except SourceError as error:
        return ListWork(name=title, connection=connection, host=first.host, site=first.site, title=title, error=error)
    return ListWork(
        name=found.title if found else title,
        connection=connection,
        host=first.host,
        site=first.site,
        title=found.title if found else title,
        guid=found.guid if found else guid,
        steps=removed.steps,
        left=removed.left,
        gone=removed.gone,
        manageable=found is None or found.rights.manage,
    )


def _guid(made: Made) -> str | None:
    return (made.ident if made.what is What.LIST else made.list_guid) or None


def _filled(admin: ListAdmin, site: str, found: FoundList | None, made: Sequence[Made]) -> Mapping[str, int]:
    columns = columns_to_count(found, made)
    return admin.count_filled(site, found.guid, columns) if found is not None and columns else {}


def _connection(context: RunContext, host: str) -> str | None:
    wanted = host.rstrip("/").casefold()
    names = [name for name in context.admins if host_of(context, name).rstrip("/").casefold() == wanted]
    return min(names, default=None)


def _born(context: RunContext, made: Made) -> Made:
    """A list that was about to be made, when a run was cut short, with the GUID that it has by now if it was. One that
    holds anything is not the one that was begun, or is used by now."""
    connection = _connection(context, made.host)
    if made.what is not What.LIST or made.ident is not None or connection is None:
        return made
    found = _quietly(admin_of(context, connection), SitePlace(made.site, ListAddress(url=made.name)))
    return replace(made, ident=found.guid) if found and not found.item_count else made


def _quietly(admin: ListAdmin, place: SitePlace) -> FoundList | None:
    """What is there; nothing, where that cannot be found out: whoever looks again will be told."""
    try:
        return admin.find(place)
    except SourceError:
        return None


def _guids(context: RunContext, only: frozenset[str]) -> frozenset[str]:
    """The lists of these sources, as far as they are there."""
    sources = [context.portfolio.sources[name] for name in sorted(only)]
    found = [admin_of(context, each.connection).find(SitePlace(each.site, each.list)) for each in sources]
    return frozenset(each.guid.casefold() for each in found if each is not None)
