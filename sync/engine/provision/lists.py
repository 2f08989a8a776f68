"""Lists that `provision` makes whole: the two of the service's own, and blank ones for those who start from nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sync.core.model import HOLD_FIELDS
from sync.core.provisioning.made import Made, list_at, of_list, place
from sync.core.provisioning.own_lists import rollup_list, status_list
from sync.core.provisioning.shape import FoundList, ListShape
from sync.core.provisioning.steps import (
    Left,
    ListSteps,
    MakeColumn,
    MakeList,
    MakeView,
    Step,
    has_shape,
    steps_for_shape,
)
from sync.core.provisioning.template import Template
from sync.core.provisioning.templates import TEMPLATES
from sync.core.provisioning.wanted import Hindrance
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.provision.work import ListWork, Provisioning, admin_of, host_of, permitted
from sync.engine.run import RunContext
from sync.engine.targets import ListAddress, OwnLists, Readers
from sync.errors import SourceError, UsageError

NO_READERS = Left(
    "the roll-up list",
    "nobody has said who may read it; say so with --rollup-readers, or `rollup_readers` in the portfolio file",
)


def own_works(context: RunContext, readers: Readers | None, made: Sequence[Made]) -> tuple[ListWork, ...]:
    """The lists that the portfolio file says are kept, roll-up first."""
    own, labels = context.portfolio.own_lists, context.portfolio.policies.labels
    if own is None:
        return ()
    works = []
    if own.rollup is not None:
        shape = rollup_list(own.rollup, labels, restricted=readers is Readers.OWNERS)
        works.append(_own_work(context, own, shape, made, left=None if readers else NO_READERS))
    if own.status is not None:
        works.append(_own_work(context, own, status_list(own.status), made))
    return tuple(works)


def _own_work(
    context: RunContext, own: OwnLists, shape: ListShape, made: Sequence[Made], left: Left | None = None
) -> ListWork:
    """`left`: why it is not made now; one that is there is looked after all the same."""
    work = _blank(context, own.connection, own.site, shape)
    record = list_at(made, work.host, own.site, shape.url)
    try:
        found = _find_own(context, own, shape, record)
        taken = None if found else _titled(admin_of(context, own.connection), own.site, shape)
    except SourceError as error:
        return replace(work, error=error)
    if taken is not None:
        return replace(work, hindrances=(_foreign(taken),))
    if found is not None and not _is_ours(record, found):
        if has_shape(found, shape):
            return replace(work, guid=found.guid, left=(_shared(found),))
        return replace(work, guid=found.guid, hindrances=(_foreign(found),))
    if left is not None and (found is None or _is_begun(record)):
        return replace(work, guid=found.guid if found else None, left=(left,))
    wording = admin_of(context, own.connection).wording
    ours = of_list(made, work.host, own.site, found.guid) if found else ()
    steps = steps_for_shape(shape, found, wording, ours, begun=_is_begun(record))
    return _with_steps(work, steps, found)


def survey_template(context: RunContext, template: str, *, connection: str, site: str, title: str) -> Provisioning:
    """What it takes to make a blank list of that template, for staff to fill. One that was begun is finished; what is
    there already is not touched.

    Raises UsageError for a title that makes no address, and where the site has a list at that address which was not
    begun here, or one of that title elsewhere.
    """
    form = TEMPLATES[template]
    shape = form.titled(title)
    if shape.url.endswith("/"):
        raise UsageError(f"'{title}' has no letter or digit to make an address of.", "Give the list another --title.")
    theirs = {form.key.name, *(each.column.name for each in form.entries if each.field_name not in HOLD_FIELDS)}
    blank = _blank(context, connection, site, shape)
    work = replace(blank, template=template, theirs=frozenset(theirs | {each.title for each in form.views}))
    admin = admin_of(context, connection)
    record = list_at(context.runs.made(), work.host, site, shape.url)
    found = admin.find(SitePlace(site, ListAddress(url=shape.url)))
    if found is not None and not _is_ours(record, found):
        raise UsageError(f"Site {site} has a list at {shape.url} already.", "Give the new list another --title.")
    if found is None and _titled(admin, site, shape) is not None:
        raise UsageError(f"Site {site} has a list '{title}' already.", "Give the new list another --title.")
    steps = steps_for_shape(shape, found, admin.wording, (), begun=_is_begun(record))
    works, denied = permitted(context, [_with_steps(work, ListSteps(tuple(_blank_steps(form, steps))), found)])
    return Provisioning(
        works=works,
        denied=denied,
        again=lambda: survey_template(context, template, connection=connection, site=site, title=title),
    )


def _blank_steps(form: Template, steps: ListSteps) -> Iterator[Step]:
    """Only what is absent: whoever began to use the list may have changed the rest. Holds are known for what they
    are."""
    holds = {each.column.name for each in form.entries if each.field_name in HOLD_FIELDS}
    for step in steps.steps:
        if isinstance(step, MakeColumn):
            yield replace(step, hold=step.shape.name in holds)
        elif isinstance(step, MakeList | MakeView):
            yield step


def _blank(context: RunContext, connection: str, site: str, shape: ListShape) -> ListWork:
    admin_of(context, connection)
    host = host_of(context, connection)
    return ListWork(name=shape.title, connection=connection, host=host, site=site, title=shape.title, url=shape.url)


def _find_own(context: RunContext, own: OwnLists, shape: ListShape, record: Made | None) -> FoundList | None:
    """By the GUID under which we made it, wherever it was moved; else at its address."""
    admin = admin_of(context, own.connection)
    if record is not None and record.ident is not None:
        found = admin.find(SitePlace(own.site, ListAddress(id=record.ident)))
        if found is not None:
            return found
    return admin.find(SitePlace(own.site, ListAddress(url=shape.url)))


def _titled(admin: ListAdmin, site: str, shape: ListShape) -> FoundList | None:
    """A list at another address that has the title already: no site has two of one title."""
    return admin.find(SitePlace(site, ListAddress(title=shape.title)))


def _is_begun(record: Made | None) -> bool:
    """Whether a run was cut short while it made the list: it is not known to be closed, or to be under its title."""
    return record is not None and record.ident is None


def _is_ours(record: Made | None, found: FoundList) -> bool:
    """Made here, or about to be when a run was cut short, and used by nobody since."""
    if record is None:
        return False
    if record.ident is None:
        return not found.item_count
    return place("", "", record.ident) == place("", "", found.guid)


def _with_steps(work: ListWork, steps: ListSteps, found: FoundList | None) -> ListWork:
    return replace(
        work,
        guid=found.guid if found else None,
        manageable=found is None or found.rights.manage,
        steps=steps.steps,
        left=steps.left,
        hindrances=steps.hindrances,
    )


def _shared(found: FoundList) -> Left:
    """Lists of our own have a row for each portfolio: several may keep theirs in one."""
    why = (
        "another portfolio or installation made it; it is used as it is, and `provision --remove` leaves it alone here"
    )
    return Left(f"list '{found.title}'", why)


def _foreign(found: FoundList) -> Hindrance:
    return Hindrance(
        f"The site has a list '{found.title}' at {found.url} that was not made from here.",
        "Give the list another title under `own_lists` in the portfolio file, or delete that one if nobody needs it.",
    )
