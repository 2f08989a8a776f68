"""What `provision --remove` takes away: exactly what was made, as far as nobody needs it or has changed it since."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.core.provisioning.made import Made, What
from sync.core.provisioning.own_lists import Kept, Rolled
from sync.core.provisioning.own_rows import words
from sync.core.provisioning.removing import Removal, RemoveList, columns_to_count, removals
from sync.core.provisioning.shape import FoundList
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.provision.unrecorded import with_unrecorded
from sync.engine.provision.work import ListWork, Provisioning, admin_of, found_quietly, host_of, permitted
from sync.engine.run import RunContext, check_sources
from sync.engine.targets import ListAddress
from sync.errors import ConfigurationError, SourceError


def survey_removal(context: RunContext, only: frozenset[str] = frozenset()) -> Provisioning:
    """What there is to take away: in the lists of these sources only, else everything that was ever made.

    Raises UsageError for a source that is not configured.
    """
    check_sources(context.portfolio, only)
    made = context.runs.made()
    groups: dict[tuple[str, str, str], list[Made]] = {}
    for each in made:
        known = _born(context, each)
        groups.setdefault(known.place if _guid(known) else (*known.place[:2], known.name), []).append(known)
    looked = [_look(context, group) for _, group in sorted(groups.items())]
    works = sorted(
        with_unrecorded(context, looked, only, made),
        key=lambda work: (work.host, work.site, work.title.casefold(), work.guid or ""),
    )
    if only:
        meant = _guids(context, only)
        works = [work for work in works if work.guid is not None and work.guid.casefold() in meant]
    allowed, denied = permitted(context, works)
    return Provisioning(works=allowed, denied=denied, again=lambda: survey_removal(context, only))


def _look(context: RunContext, made: Sequence[Made]) -> ListWork:
    first = made[0]
    guid = _guid(first)
    connection = _connection(context, first.host)
    title = next((each.name for each in made if each.what is What.LIST), guid or first.name)
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
        steps = tuple(_with_others(context, admin, first.site, found, step) for step in removed.steps)
    except SourceError as error:
        return ListWork(name=title, connection=connection, host=first.host, site=first.site, title=title, error=error)
    return ListWork(
        name=found.title if found else title,
        connection=connection,
        host=first.host,
        site=first.site,
        title=found.title if found else title,
        guid=found.guid if found else guid,
        steps=steps,
        left=removed.left,
        gone=removed.gone,
        manageable=found is None or found.rights.manage,
    )


def _with_others(context: RunContext, admin: ListAdmin, site: str, found: FoundList | None, step: Removal) -> Removal:
    """A list that is to go, with the other portfolios that keep rows in it: theirs go with it."""
    if found is None or not isinstance(step, RemoveList) or not step.items or found.column(Kept.KEY) is None:
        return step
    column = Rolled.PORTFOLIO if found.column(Rolled.PORTFOLIO) else Kept.PORTFOLIO
    names = {words(row, column) for row in admin.items(site, found.guid, (column,)).values()}
    return replace(step, others=tuple(sorted(names - {"", context.portfolio.name})))


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
    found = found_quietly(admin_of(context, connection), SitePlace(made.site, ListAddress(url=made.name)))
    return replace(made, ident=found.guid) if found and not found.item_count else made


def _guids(context: RunContext, only: frozenset[str]) -> frozenset[str]:
    """The lists of these sources, as far as they are there."""
    sources = [context.portfolio.sources[name] for name in sorted(only)]
    found = [admin_of(context, each.connection).find(SitePlace(each.site, each.list)) for each in sources]
    return frozenset(each.guid.casefold() for each in found if each is not None)
