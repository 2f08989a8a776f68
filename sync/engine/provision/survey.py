"""Makes in SharePoint what the portfolio needs there: columns and views in staff's lists, and lists of its own.

    find -> steps -> (show, agree) -> find again -> the steps that were agreed to, one at a time, each on record

What is done is looked up again once it was agreed to: a step that is no longer called for is left out, and one that
nobody saw waits for the next time.
"""

from collections.abc import Iterator, Sequence

from sync.core.provisioning.made import Made, of_list
from sync.core.provisioning.shape import FoundList
from sync.core.provisioning.steps import steps_for_sources
from sync.engine.admin import SitePlace
from sync.engine.provision.lists import NO_READERS, own_works
from sync.engine.provision.work import ListWork, Provisioning, admin_of, host_of, permitted, site_key
from sync.engine.run import RunContext, check_sources
from sync.engine.targets import Readers, Source
from sync.errors import NotFoundError, SourceError, UsageError

NO_SOURCES: frozenset[str] = frozenset()


def survey(context: RunContext, only: frozenset[str] = NO_SOURCES, readers: Readers | None = None) -> Provisioning:
    """What the portfolio needs and does not have yet: of these sources only, else of all and of the lists of our own.

    `readers`: who may read the roll-up list, where the portfolio file does not say. Raises UsageError for a source
    that is not configured, and for two different answers about readers.
    """
    check_sources(context.portfolio, only)
    readers = _agreed_readers(context, readers)
    made = context.runs.made()
    own = () if only else own_works(context, readers, made)
    works, denied = permitted(context, (*_source_works(context, only, made), *own))
    return Provisioning(
        works=works,
        denied=denied,
        asks_readers=any(NO_READERS in work.left for work in own),
        again=lambda: survey(context, only, readers),
    )


def narrower_sources(context: RunContext) -> tuple[tuple[str, str], ...]:
    """The sources whose totals the roll-up list would show to people who may not read the list itself, each with the
    reason to think so."""
    own = context.portfolio.own_lists
    told = []
    for source in context.portfolio.sources.values():
        if source.restricted:
            told.append((source.name, "is restricted"))
        elif own is not None and site_key(source.connection, source.site) != site_key(own.connection, own.site):
            told.append((source.name, f"lives on another site ({source.site})"))
    return tuple(told)


def _agreed_readers(context: RunContext, readers: Readers | None) -> Readers | None:
    own = context.portfolio.own_lists
    said = own.rollup_readers if own else None
    if said is not None and readers is not None and said is not readers:
        raise UsageError(
            f"The portfolio file has `rollup_readers: {said}`, and the command line says {readers}.",
            "Say it in one place, or alike in both.",
        )
    return said or readers


# Staff's lists


def _source_works(context: RunContext, only: frozenset[str], made: Sequence[Made]) -> Iterator[ListWork]:
    """One for each list: sources that share one are planned together, so that neither undoes what the other wants."""
    groups: dict[tuple[str, str], list[Source]] = {}
    found: dict[tuple[str, str], FoundList] = {}
    for source in _near(context, only):
        try:
            there = _find(context, source)
        except SourceError as error:
            if not only or source.name in only:
                yield _failed(context, source, error)
            continue
        place = (there.host.casefold(), there.guid.casefold())
        found[place] = there
        groups.setdefault(place, []).append(source)
    for place, sources in groups.items():
        if not only or any(source.name in only for source in sources):
            yield _source_work(context, sources, found[place], made)


def _near(context: RunContext, only: frozenset[str]) -> Iterator[Source]:
    """The sources that were named, and those that may be of the same list."""
    sources = context.portfolio.sources
    sites = {site_key(sources[name].connection, sources[name].site) for name in only}
    return (each for each in sources.values() if not only or site_key(each.connection, each.site) in sites)


def _find(context: RunContext, source: Source) -> FoundList:
    found = admin_of(context, source.connection).find(SitePlace(source.site, source.list))
    if found is None:
        raise NotFoundError(f"Site {source.site} has no list '{source.list}'.")
    return found


def _failed(context: RunContext, source: Source, error: SourceError) -> ListWork:
    return ListWork(
        name=source.name,
        connection=source.connection,
        host=host_of(context, source.connection),
        site=source.site,
        title=str(source.list),
        error=error,
    )


def _source_work(context: RunContext, sources: Sequence[Source], found: FoundList, made: Sequence[Made]) -> ListWork:
    first = sources[0]
    wording = admin_of(context, first.connection).wording
    ours = of_list(made, host_of(context, first.connection), first.site, found.guid)
    steps = steps_for_sources(sources, found, context.portfolio.policies.labels, wording, ours)
    return ListWork(
        name=", ".join(source.name for source in sources),
        connection=first.connection,
        host=host_of(context, first.connection),
        site=first.site,
        title=found.title,
        guid=found.guid,
        manageable=found.rights.manage,
        sources=tuple(sources),
        steps=steps.steps,
        left=steps.left,
        hindrances=steps.hindrances,
    )
