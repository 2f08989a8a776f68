"""What looks as if `provision` had made it, and nothing is on record of: it stays, and is told.

A database that was lost knows nothing of what was made. What a column is described as tells that `provision` was there,
but not whether it made the column or only dressed one of staff's: so nothing is taken away on that account.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sync.core.provisioning.made import Made, What, of_list
from sync.core.provisioning.own_lists import Kept, list_url
from sync.core.provisioning.shape import ColumnShape, FoundColumn, FoundList
from sync.core.provisioning.steps import Left, form_found, form_of
from sync.core.provisioning.views import views_of
from sync.core.provisioning.wanted import wanted_of
from sync.core.text import tidy
from sync.engine.admin import SitePlace
from sync.engine.provision.work import ListWork, admin_of, found_quietly, host_of
from sync.engine.run import RunContext
from sync.engine.targets import ListAddress, OwnLists, Source

NOT_ON_RECORD = (
    "it looks as if `provision` had made it, but not from this database: another installation did, or the database was "
    "lost; delete it by hand if nobody needs it"
)


def with_unrecorded(
    context: RunContext, works: Sequence[ListWork], only: frozenset[str], made: Sequence[Made]
) -> list[ListWork]:
    """The works, each list once, with what stays there because nothing is on record of it. `only`: of these sources."""
    told = {(work.host, work.guid or work.title): work for work in works}
    for work in _unrecorded(context, only, made):
        place = (work.host, work.guid or "")
        before = told.get(place, replace(work, left=()))
        told[place] = replace(before, left=tuple(dict.fromkeys((*before.left, *work.left))))
    return list(told.values())


def _unrecorded(context: RunContext, only: frozenset[str], made: Sequence[Made]) -> Iterator[ListWork]:
    for source in context.portfolio.sources.values():
        if not only or source.name in only:
            yield from _of_source(context, source, made)
    own = context.portfolio.own_lists
    if own is not None and not only:
        for title in filter(None, (own.rollup, own.status)):
            yield from _own_list(context, own, title, made)


def _of_source(context: RunContext, source: Source, made: Sequence[Made]) -> Iterator[ListWork]:
    found = found_quietly(admin_of(context, source.connection), SitePlace(source.site, source.list))
    if found is not None:
        known = of_list(made, host_of(context, source.connection), source.site, found.guid)
        names = [*_views(context, source, found, known), *_columns(context, source, found, known)]
        yield from _told(context, source.connection, source.site, found, names)


def _views(context: RunContext, source: Source, found: FoundList, known: Sequence[Made]) -> Iterator[str]:
    wording = admin_of(context, source.connection).wording
    names = {each.name for each in known if each.what is What.VIEW}
    for view in views_of(source, found, context.portfolio.policies.labels):
        there = found.view(view.title) if view.title not in names else None
        if there is not None and form_found(there) == form_of(view, wording):
            yield f"view '{there.title}'"


def _columns(context: RunContext, source: Source, found: FoundList, known: Sequence[Made]) -> Iterator[str]:
    names = {each.name for each in known if each.what is not What.VIEW}
    shapes = {each.name: each for each in wanted_of(source, found, context.portfolio.policies.labels).columns}
    for each in found.columns:
        shape = shapes.get(each.column.name) if each.column.name not in names else None
        if shape is not None and _is_described(each, shape):
            yield f"column {shape.name} '{each.column.title}'"


def _is_described(there: FoundColumn, shape: ColumnShape) -> bool:
    return tidy(there.description) == tidy(shape.description)


def _own_list(context: RunContext, own: OwnLists, title: str, made: Sequence[Made]) -> Iterator[ListWork]:
    """One of ours has the column by which its rows are told apart."""
    found = found_quietly(admin_of(context, own.connection), SitePlace(own.site, ListAddress(url=list_url(title))))
    if found is not None and found.column(Kept.KEY) is not None:
        known = of_list(made, host_of(context, own.connection), own.site, found.guid)
        yield from _told(context, own.connection, own.site, found, [] if known else [f"list '{found.title}'"])


def _told(
    context: RunContext, connection: str, site: str, found: FoundList, names: Iterable[str]
) -> Iterator[ListWork]:
    left = tuple(Left(name, NOT_ON_RECORD) for name in names)
    if left:
        host = host_of(context, connection)
        yield ListWork(
            name=found.title, connection=connection, host=host, site=site, title=found.title, guid=found.guid, left=left
        )
