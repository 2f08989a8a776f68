"""Checks of connections and sources: that each mapping makes sense for the kind of record its list holds."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from config.lint import Complaint, Location
from config.names import connection_part, quoted, suggest
from sync.core.model import HOLD_FIELDS, REFERENCES, REGISTERED, VOCABULARIES, FieldType, Kind, field_types
from sync.core.ownership import OWNED_BY_KIND, DriftPolicy, OwnedField
from sync.core.policy import FieldMapping
from sync.core.risk import DEFAULT_MATRIX, Matrix
from sync.core.rollup import Scope
from sync.core.text import fold
from sync.core.text_dates import UNDECLARED
from sync.core.vocabulary import steps_of
from sync.engine.targets import Auth, Connection, ListAddress, Source

_CONNECTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*([-_][A-Za-z0-9]+)*")
_SOURCE_NAME = re.compile(r"[^\W_][\w .&'()-]{0,63}")
_NEVER_CONSTANT = frozenset({"key", *HOLD_FIELDS})
"""A hold is set in the row that it is of."""
VALUE_WORDS: dict[FieldType, tuple[str, ...]] = {
    **{of: tuple(member.value for member in words) for of, words in VOCABULARIES.items()},
    FieldType.SCORE: ("1", "2", "3", "4", "5", "not_assessed"),
    FieldType.FLAG: ("yes", "no"),
}
"""The canonical values that `values` may give a list's words for, a score's being those of the default matrix; fields
of other types take none."""


def check_sources(
    connections: Mapping[str, Connection],
    sources: Mapping[str, Source],
    matrices: Mapping[str, tuple[Matrix, ...]],
) -> list[Complaint]:
    """Every complaint about connections and sources, each with its place in the file. Whether the `matrix` of a source
    is there was looked at before; of one that is not, nothing more is said."""
    found = [complaint for each in connections.values() for complaint in _connection(each)]
    found += _same_environment(connections)
    if not sources:
        found.append(Complaint(("sources",), "the portfolio names no source"))
    for source in sources.values():
        found += _place(source, connections)
        found += _fields(source, sources, matrices)
        found += _hold(source)
        found += _constants(source)
        found += _groups(source)
        found += _owned(source)
        found += _drift(source)
        found += _rows(source)
        found += _text_dates(source)
    return [*found, *_twice(sources), *_groups_spelt(sources)]


def is_loopback(host: str | None) -> bool:
    """Whether a host name is this machine's own."""
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False


def _connection(connection: Connection) -> Iterator[Complaint]:
    where: Location = ("connections", connection.name)
    if not _CONNECTION_NAME.fullmatch(connection.name):
        yield Complaint(where, f"{quoted(connection.name)} is no name for a connection: use letters, digits and -")
    if connection.kind != "sharepoint":
        yield Complaint(
            (*where, "kind"), f"{quoted(connection.kind)} is not a kind of connection; it may be sharepoint"
        )
    wrong = _host(connection.host)
    if wrong:
        yield Complaint((*where, "host"), wrong)
    elif connection.auth is Auth.EMULATOR and not is_loopback(urlsplit(connection.host).hostname):
        text = "auth 'emulator' is for an embedded SharePoint on this machine only; use 'certificate'"
        yield Complaint((*where, "auth"), text)


def _host(host: str) -> str | None:
    example = "https://contoso.sharepoint.com"
    try:
        parts = urlsplit(host)
        name, _ = parts.hostname, parts.port
    except ValueError:
        return f"{quoted(host)} is not a host such as {example}"
    if parts.scheme not in ("http", "https") or not name:
        return f"'host' must be an origin such as {example}, not {quoted(host)}"
    if parts.username or parts.password:
        return "'host' must carry no user name or password"
    if parts.path or parts.query or parts.fragment:
        return f"'host' must be an origin such as {example} without a path; the path belongs in a source's 'site'"
    if parts.scheme == "http" and not is_loopback(name):
        return "'host' must begin with https://; http is for this machine only"
    return None


def _same_environment(connections: Mapping[str, Connection]) -> Iterator[Complaint]:
    seen: dict[str, str] = {}
    for name in connections:
        variable = connection_part(name).upper()
        if variable in seen:
            text = f"{quoted(name)} and '{seen[variable]}' would share the settings ...CONNECTIONS__{variable}__..."
            yield Complaint(("connections", name), text)
        seen.setdefault(variable, name)


def _place(source: Source, connections: Mapping[str, Connection]) -> Iterator[Complaint]:
    where: Location = ("sources", source.name)
    if not _SOURCE_NAME.fullmatch(source.name):
        yield Complaint(where, f"{quoted(source.name)} is no name for a source: use at most 64 letters, digits and -")
    if source.connection not in connections:
        text = f"there is no connection {quoted(source.connection)}{suggest(source.connection, connections)}"
        yield Complaint((*where, "connection"), text)
    if wrong := site_problem(source.site):
        yield Complaint((*where, "site"), wrong)
    if wrong := _list(source.list):
        yield Complaint((*where, "list"), wrong)


def site_problem(site: str) -> str | None:
    """What is wrong with a site's server-relative path; None where nothing is."""
    if "://" in site:
        return "'site' is the path only, such as /sites/pmo; the host belongs to the connection"
    if not site.startswith("/") or (site.endswith("/") and site != "/"):
        return f"'site' begins with / and does not end with one, such as /sites/pmo, not {quoted(site)}"
    if re.search(r"[?#\\%]|//|/\.\.?(/|$)", site):
        return f"'site' is a plain path such as /sites/pmo, not {quoted(site)}"
    return None


def _list(address: ListAddress) -> str | None:
    given = [each for each in (address.title, address.id, address.url) if each is not None]
    if len(given) != 1 or not given[0].strip():
        return "'list' takes exactly one of title, id and url"
    if address.id is not None:
        try:
            UUID(address.id)
        except ValueError:
            return f"'id' is a list's GUID, not {quoted(address.id)}"
    if address.url is not None and ("://" in address.url or address.url.startswith("/")):
        return f"'url' is relative to the site, such as Lists/DigitalProjects, not {quoted(address.url)}"
    return None


def _fields(
    source: Source, sources: Mapping[str, Source], matrices: Mapping[str, tuple[Matrix, ...]]
) -> Iterator[Complaint]:
    where: Location = ("sources", source.name, "fields")
    types = field_types(source.kind)
    if source.key is not None and not source.key.strip():
        yield Complaint(("sources", source.name, "key"), "'key' names no column")
    for name, mapping in source.fields.items():
        if name == "key":
            yield Complaint((*where, name), "the key's column is named by 'key' beside 'fields', not within it")
        elif name not in types:
            text = f"{quoted(name)} is not a field of a {source.kind}{suggest(name, set(types) - {'key'})}"
            yield Complaint((*where, name), text)
        else:
            if not mapping.column or not all(column.strip() for column in mapping.column):
                yield Complaint((*where, name), f"'{name}' names no column")
            known = value_words(types[name], name, _matrix(source, matrices))
            yield from _values(mapping, types[name], (*where, name), name, known)
            yield from _refers_to(source, name, mapping, sources)


def value_words(of: FieldType, name: str, matrix: Matrix | None = DEFAULT_MATRIX) -> tuple[str, ...] | None:
    """The canonical values that a field's `values` may give words for: of a score, the steps of its scale. None where
    that cannot be said, because the matrix is wrong."""
    if of is not FieldType.SCORE:
        return VALUE_WORDS.get(of, ())
    if matrix is None:
        return None
    return (*(str(number) for number, _ in enumerate(steps_of(matrix, name), 1)), "not_assessed")


def _matrix(source: Source, matrices: Mapping[str, tuple[Matrix, ...]]) -> Matrix | None:
    name = source.matrix or DEFAULT_MATRIX.name
    versions = matrices.get(name) or ((DEFAULT_MATRIX,) if name == DEFAULT_MATRIX.name else ())
    return versions[-1] if versions else None


def _values(
    mapping: FieldMapping, of: FieldType, where: Location, name: str, known: tuple[str, ...] | None
) -> Iterator[Complaint]:
    if mapping.values and of not in VALUE_WORDS:
        yield Complaint((*where, "values"), f"'{name}' is a {_spoken(of)} and takes no 'values'")
        return
    meaning: dict[str, str] = {}
    for value, words in mapping.values.items():
        place = (*where, "values", value)
        if known is not None and value not in known:
            ending = suggest(value, known)
            yield Complaint(place, f"{quoted(value)} is not a value of '{name}'{ending}")
        if not words:
            yield Complaint(place, f"'{value}' has no word of the list")
        for word in words:
            folded = fold(word)
            if not folded.rstrip("* "):
                yield Complaint(place, f"'{value}' has a blank word, or one that every text begins with")
            elif meaning.setdefault(folded, value) != value:
                yield Complaint(place, f"{quoted(word)} already stands for '{meaning[folded]}'")


def _spoken(of: FieldType) -> str:
    return {FieldType.PEOPLE: "column of people", FieldType.DATE: "date", FieldType.NUMBER: "number"}.get(of, of.value)


def _refers_to(source: Source, name: str, mapping: FieldMapping, sources: Mapping[str, Source]) -> Iterator[Complaint]:
    where: Location = ("sources", source.name, "fields", name, "refers_to")
    kinds = dict(REFERENCES[source.kind]).get(name)
    if mapping.refers_to and kinds is None:
        yield Complaint(where, f"'{name}' names no other record and takes no 'refers_to'")
        return
    for target in mapping.refers_to:
        if target not in sources:
            yield Complaint(where, f"there is no source {quoted(target)}{suggest(target, sources)}")
        elif kinds is not None and sources[target].kind not in kinds:
            fitting = " or ".join(kinds)
            text = f"source '{target}' holds {sources[target].kind} records; '{name}' refers to {fitting}"
            yield Complaint(where, text)


def _hold(source: Source) -> Iterator[Complaint]:
    """What is held without a reason does not count, so that the reason has to have a column where the others have."""
    for name in HOLD_FIELDS:
        if name in source.fields and "hold_reason" not in source.fields and name in field_types(source.kind):
            text = f"'{name}' holds nothing without 'hold_reason'; name the column of the reason as well"
            yield Complaint(("sources", source.name, "fields", name), text)


def _constants(source: Source) -> Iterator[Complaint]:
    types = field_types(source.kind)
    for name, value in source.constants.items():
        where: Location = ("sources", source.name, "constants", name)
        if name in _NEVER_CONSTANT or name not in types:
            text = f"{quoted(name)} is not a field of a {source.kind} that may be constant"
            yield Complaint(where, f"{text}{suggest(name, constant_fields(source.kind))}")
        elif name in source.fields:
            yield Complaint(where, f"'{name}' is mapped to a column as well; keep one of the two")
        elif types[name] in VOCABULARIES:
            known = [member.value for member in VOCABULARIES[types[name]]]
            if value not in known:
                yield Complaint(where, f"{quoted(value)} is not a value of '{name}'{suggest(value, known)}")
        elif types[name] is not FieldType.TEXT:
            yield Complaint(where, f"'{name}' is a {_spoken(types[name])}, which cannot be the same for a whole list")
        elif not value.strip():
            yield Complaint(where, f"'{name}' has no value")


def _groups(source: Source) -> Iterator[Complaint]:
    """A grouping's name is that of a scope of roll-ups, beside those that every portfolio has."""
    where: Location = ("sources", source.name, "groups")
    if source.groups and source.kind is not Kind.PROJECT:
        text = f"only projects are grouped, not a {source.kind}; what belongs to a project is counted with it"
        yield Complaint(where, text)
        return
    taken = {scope.value for scope in Scope}
    for name, columns in source.groups.items():
        if fold(name) in taken & set(field_types(source.kind)):
            yield Complaint((*where, name), f"'{fold(name)}' is a field; name its column under 'fields'")
        elif fold(name) in taken:
            text = f"{quoted(name)} has rows in every portfolio; give the grouping another name"
            yield Complaint((*where, name), text)
        elif not _SOURCE_NAME.fullmatch(name) or name != name.strip():
            text = f"{quoted(name)} is no name for a grouping: use at most 64 letters, digits and -"
            yield Complaint((*where, name), text)
        if not columns or not all(column.strip() for column in columns):
            yield Complaint((*where, name), f"{quoted(name)} names no column")


def _groups_spelt(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    """One grouping of several lists has one name; another spelling of it would be another grouping."""
    seen: dict[str, str] = {}
    for source in sources.values():
        for name in source.groups:
            if seen.setdefault(fold(name), name) != name:
                text = f"the grouping {quoted(name)} is written {quoted(seen[fold(name)])} before; write it alike"
                yield Complaint(("sources", source.name, "groups", name), text)


def constant_fields(kind: Kind) -> list[str]:
    """The fields of a kind that may be the same for a whole list."""
    types = field_types(kind)
    return [
        name
        for name, of in types.items()
        if name not in _NEVER_CONSTANT and (of is FieldType.TEXT or of in VOCABULARIES)
    ]


def _owned(source: Source) -> Iterator[Complaint]:
    where: Location = ("sources", source.name, "write", "columns")
    staff = {column.strip().casefold(): name for name, each in source.fields.items() for column in each.column}
    staff |= {column.strip().casefold(): "where" for column in source.where}
    staff |= {column.strip().casefold(): name for name, columns in source.groups.items() for column in columns}
    if source.key is not None:
        staff[source.key.strip().casefold()] = "key"
    allowed = OWNED_BY_KIND[source.kind]
    taken: dict[str, str] = {}
    for owned, column in source.write.columns.items():
        place = (*where, owned.value)
        folded = column.strip().casefold()
        if owned not in allowed:
            names = ", ".join(sorted(allowed))
            yield Complaint(place, f"'{owned}' is not written for a {source.kind}; it may be {names}")
        if not folded:
            yield Complaint(place, f"'{owned}' names no column")
        elif folded in staff:
            text = f"column {quoted(column)} is staff's (it is read as '{staff[folded]}'); only we may write this one"
            yield Complaint(place, text)
        elif taken.setdefault(folded, owned.value) != owned.value:
            yield Complaint(place, f"column {quoted(column)} is already named for '{taken[folded]}'")


def _drift(source: Source) -> Iterator[Complaint]:
    """A policy for a field that is not written would be a slip of the pen."""
    drift = source.write.drift
    for owned in () if isinstance(drift, DriftPolicy) else drift:
        place = ("sources", source.name, "write", "drift", owned.value)
        if owned is OwnedField.STAMP:
            yield Complaint(place, "the stamp has no drift policy: it says who wrote last, whoever that was")
        elif owned not in source.write.columns:
            named = sorted({each.value for each in source.write.columns} - {OwnedField.STAMP.value})
            yield Complaint(place, f"'{owned}' is not among the columns of this source{suggest(owned, named)}")


def _rows(source: Source) -> Iterator[Complaint]:
    where: Location = ("sources", source.name)
    if source.register is not None and source.kind not in REGISTERED:
        yield Complaint((*where, "register"), f"only risks and issues stand in a register, not a {source.kind}")
    elif source.register is not None and not source.register.strip():
        yield Complaint((*where, "register"), "'register' has no name")
    if source.matrix is not None and source.kind is not Kind.RISK:
        yield Complaint((*where, "matrix"), f"only risks are rated by a matrix, not a {source.kind}")
    for column, words in source.where.items():
        if not column.strip() or not words:
            yield Complaint((*where, "where", column), "'where' needs a column and at least one word that counts")


def _text_dates(source: Source) -> Iterator[Complaint]:
    """What text dates mean says nothing where no date is read."""
    types = field_types(source.kind)
    if source.dates != UNDECLARED and all(types.get(name) is not FieldType.DATE for name in source.fields):
        yield Complaint(("sources", source.name, "dates"), "'dates' says what text dates mean, but no date is mapped")


def _twice(sources: Mapping[str, Source]) -> Iterator[Complaint]:
    seen: dict[object, str] = {}
    for source in sources.values():
        address = tuple(
            (each or "").strip("{}").casefold() for each in (source.list.title, source.list.id, source.list.url)
        )
        rows = frozenset(
            (column.casefold(), frozenset(map(str.casefold, words))) for column, words in source.where.items()
        )
        place = (source.connection, source.site.casefold(), address, rows)
        if place in seen:
            text = f"'{source.name}' reads the same rows as '{seen[place]}'; tell them apart by 'where', or keep one"
            yield Complaint(("sources", source.name), text)
        seen.setdefault(place, source.name)
