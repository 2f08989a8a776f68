"""What `provision` is about to do, list by list, and whether it may."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sync.core.provisioning.made import Made
from sync.core.provisioning.removing import Removal
from sync.core.provisioning.shape import FoundList
from sync.core.provisioning.steps import Left, Step
from sync.core.provisioning.wanted import Hindrance
from sync.engine.admin import ListAdmin, SitePlace
from sync.engine.run import RunContext
from sync.engine.targets import Source
from sync.errors import AccessError, ConfigurationError, PortfolioSyncError, SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWork:
    """One list, and what is to be done to it.

    `name`: the sources that it is, or its title. `url`: where on its site it is, or will be, if we make it. `guid`:
    None while it is still to be made. `error`: why nothing can be done. `manageable`: whether the list itself lets us,
    which may have rights of its own. `template`: the blank list that it is to be; of what is made there, `theirs` is
    staff's at once, columns by name and views by title.
    """

    name: str
    connection: str
    host: str
    site: str
    title: str
    url: str = ""
    guid: str | None = None
    steps: tuple[Step | Removal, ...] = ()
    left: tuple[Left, ...] = ()
    hindrances: tuple[Hindrance, ...] = ()
    gone: tuple[Made, ...] = ()
    error: PortfolioSyncError | None = None
    manageable: bool = True
    template: str | None = None
    theirs: frozenset[str] = frozenset()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioning:
    """What is to be done, list by list. `denied`: sites where it may not be. `asks_readers`: the roll-up list is still
    to be made, and nobody has said who may read it. `again`: finds out the same once more, as it is by then."""

    works: tuple[ListWork, ...]
    denied: tuple[AccessError, ...] = ()
    asks_readers: bool = False
    again: Callable[[], "Provisioning"] = field(compare=False)

    @property
    def steps(self) -> int:
        """How many there are to do, in lists where they can be done."""
        return sum(len(work.steps) for work in self.works if work.error is None)

    @property
    def forgets(self) -> bool:
        """Whether something is on record that is gone already."""
        return any(work.gone for work in self.works if work.error is None)

    def permit(self) -> None:
        """Raises AccessError, naming the permission, where sites do not let us make anything: all of them at once."""
        if self.denied:
            raise AccessError(" ".join(error.what for error in self.denied), self.denied[0].advice)


def permitted(context: RunContext, works: Sequence[ListWork]) -> tuple[tuple[ListWork, ...], tuple[AccessError, ...]]:
    """The works, with an error where a site cannot be asked or a list does not let us; and sites that do not."""
    asked: dict[tuple[str, str], SourceError | None] = {}
    denied: list[AccessError] = []
    for work in sorted(works, key=lambda each: (each.connection, each.site)):
        place = site_key(work.connection, work.site)
        if not work.steps or work.error is not None or place in asked:
            continue
        try:
            if not admin_of(context, work.connection).rights(work.site).manage:
                denied.append(no_manage(f"site {work.site}"))
            asked[place] = None
        except SourceError as error:
            asked[place] = error
    return tuple(_with_error(work, asked, denied=bool(denied)) for work in works), tuple(denied)


def _with_error(work: ListWork, asked: Mapping[tuple[str, str], SourceError | None], *, denied: bool) -> ListWork:
    """A list's own rights say nothing new where a site does not let us in the first place."""
    if work.error is not None or not work.steps:
        return work
    error: PortfolioSyncError | None = asked[site_key(work.connection, work.site)]
    if error is None and not work.manageable and not denied:
        error = no_manage(f"list '{work.title}'")
    return replace(work, error=error)


def admin_of(context: RunContext, connection: str) -> ListAdmin:
    """What makes lists over that connection; ConfigurationError where there is no such connection."""
    admin = context.admins.get(connection)
    if admin is None:
        known = ", ".join(sorted(context.admins))
        raise ConfigurationError(
            f"There is no connection called {connection} by which lists can be made.", f"There are: {known}."
        )
    return admin


def found_quietly(admin: ListAdmin, place: SitePlace) -> FoundList | None:
    """What is there; nothing, where that cannot be found out: whoever has to know looks again, and is told."""
    try:
        return admin.find(place)
    except SourceError:
        return None


def host_of(context: RunContext, connection: str) -> str:
    """The origin that a connection leads to, spelt as everything that is kept of its lists spells it."""
    return context.portfolio.connections[connection].host.rstrip("/").lower()


def site_key(connection: str, site: str) -> tuple[str, str]:
    """A site in the form in which sites are compared."""
    return connection, site.rstrip("/").casefold()


def no_manage(where: str) -> AccessError:
    """The one permission that is missing, and where."""
    return AccessError(
        f"The service may not make columns, views or lists at {where}: it has not the role `manage` there.",
        "Ask the site's owner to grant this application the role `manage` on the site while `provision` runs; "
        "the nightly run needs no more than `write`.",
    )
