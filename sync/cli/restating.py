"""Corrects a frozen report: what was frozen, with what a record should have said, or by other rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sync.errors import NotFoundError, UsageError

if TYPE_CHECKING:
    from sync.core.restated import Restated
    from sync.engine.ports import RunStore
    from sync.engine.state import Frozen
    from sync.engine.targets import Portfolio

_FORM = "Write it as SOURCE/KEY.FIELD=VALUE, such as digital-projects/DS-04.end=2026-06-30."


@dataclass(frozen=True, slots=True)
class Restatement:
    """A corrected report before it is kept. `differing`: the figures of its roll-ups that are others now."""

    frozen: "Frozen"
    header: Mapping[str, Any]
    parts: Mapping[str, Any]
    differing: "tuple[Restated, ...]"

    def keep(self, store: "RunStore", made: datetime) -> None:
        store.freeze(replace(self.frozen, made=made), self.header, self.parts)


def restatement(
    store: "RunStore", name: str, rules: "Portfolio | None", corrections: Sequence[str], why: str
) -> Restatement:
    """What the report would tell with the corrections, by its own rules, or by those of `rules`."""
    from config.rules import rules_to_json
    from sync.cli.kept import Library, read_again
    from sync.core.restated import restated
    from sync.core.safe_rows import safe_rollup
    from sync.engine.state import LATEST

    archive = None if name == LATEST else store.archive(name)
    if archive is None:
        raise NotFoundError(f"There is no frozen report '{name}'.", "`frozen list` shows their names.")
    newer = next((each.id for each in store.frozen() if each.restates == name), None)
    if newer is not None:
        raise UsageError(f"'{name}' was restated already.", f"Restate {newer}, which took its place.")
    if rules is not None:
        _check_rules(archive.parts, rules)
    parts = corrected(archive.parts, corrections)
    header = dict(archive.header) | ({"values": {"rules": rules_to_json(rules)}} if rules else {})
    frozen = replace(
        archive.of,
        id=f"{_first(archive.of.id, archive.of.revision)}-r{archive.of.revision + 1}",
        revision=archive.of.revision + 1,
        restates=name,
        why=why,
    )
    library = Library(store)
    again = read_again(replace(archive, of=frozen, header=header, parts=parts), library.person)
    figures = [row.to_json() for row in again.view.rollup]
    told = [row.to_json() for row in safe_rollup(again.view)]
    changed = {**header, "figures": figures, "told": told}
    return Restatement(frozen, changed, parts, restated(archive.header["figures"], figures))


def corrected(parts: Mapping[str, Any], corrections: Sequence[str]) -> dict[str, Any]:
    """The parts of an archive with what records should have said; UsageError for what fits none of them."""
    from sync.core.corrections import corrected as with_value

    changed = dict(parts)
    for each in corrections:
        place, equals, value = each.partition("=")
        source, slash, rest = place.partition("/")
        key, dot, field = rest.rpartition(".")
        if not (equals and slash and dot and key and field):
            raise UsageError(f"'{each}' is no correction.", _FORM)
        if source not in changed:
            raise UsageError(f"The report holds no source '{source}'.", f"It holds: {', '.join(sorted(changed))}.")
        try:
            changed[source] = {**changed[source], "records": with_value(changed[source]["records"], key, field, value)}
        except (LookupError, ValueError) as error:
            raise UsageError(f"'{each}' cannot be applied: {error.args[0]}.", _FORM) from None
    return changed


def _check_rules(parts: Mapping[str, Any], rules: "Portfolio") -> None:
    """UsageError where the rules cannot read what was frozen: a source has another name now, or is of another kind."""
    for name, part in parts.items():
        source = rules.sources.get(name)
        if source is None or any(record["kind"] != source.kind.value for record in part["records"]):
            raise UsageError(
                f"The portfolio file has no source '{name}' any more that holds what the report froze.",
                "Restate it by its own rules, with --set.",
            )


def _first(name: str, revision: int) -> str:
    """The name without what marks a revision."""
    return name.removesuffix(f"-r{revision}") if revision else name
