"""Arguments that are true or false, as clients send them: in the path, by place or by name, or in the body."""

from collections.abc import Sequence

from connectors.emulator import errors
from connectors.emulator.state.json_kinds import checked_kind
from connectors.emulator.wire.calls import Call

_WRITTEN = {"true": True, "false": False, "1": True, "0": False}


def flags(call: Call, method: str, names: Sequence[str]) -> dict[str, bool]:
    """The arguments of a method by name; the first has to be given. Raises SharePointError (400).

    `m(false,true)`, `m(first=false, second=true)` and `{"first": false, "second": true}` say the same, names in any
    case.
    """
    chosen = call.resource.selectors.get(method)
    given = _of_body(call, names) if chosen is None else _of_path(chosen.value, names)
    if names[0] not in given:
        raise errors.bad_query(f"The parameter {names[0]} is missing.")
    return given


def _of_body(call: Call, names: Sequence[str]) -> dict[str, bool]:
    known = {name.lower(): name for name in names}
    sent = {known[name.lower()]: value for name, value in call.json().items() if name.lower() in known}
    return {name: checked_kind(value, bool) for name, value in sent.items()}


def _of_path(text: str, names: Sequence[str]) -> dict[str, bool]:
    known = {name.lower(): name for name in names}
    given: dict[str, bool] = {}
    for place, part in enumerate(text.split(",")):
        said, named, value = part.strip().rpartition("=")
        name = known.get(said.strip().lower()) if named else dict(enumerate(names)).get(place)
        flag = _WRITTEN.get(value.strip().lower())
        if name is None or flag is None:
            raise errors.bad_expression(text)
        given[name] = flag
    return given
