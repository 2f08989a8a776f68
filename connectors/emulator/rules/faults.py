"""What goes wrong on purpose: a plan of rules, seeded, so that the same requests meet the same trouble."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from random import Random

from connectors.emulator.rules.edits import Edit
from connectors.emulator.rules.exchange import Exchange
from connectors.emulator.rules.history import caller_name
from connectors.emulator.rules.trouble import (
    Block,
    BreakOff,
    Delay,
    Drop,
    Fault,
    Redirect,
    Refuse,
    RepeatPage,
    StaffEdit,
    Truncate,
    When,
    gateway_page,
    no_answer,
    refusal,
    to_the_throttle_page,
)
from connectors.emulator.wire.answers import Response
from connectors.emulator.wire.odata import split_query

PAGES = "web/list/items"
_REMEMBERED_PAGES = 16

Run = Callable[[], Response]
Editor = Callable[[Edit, str], object]


class FaultError(ValueError):
    """A rule that cannot be followed: one sentence saying what is wrong with it, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Which requests are meant, and what goes wrong with them. What is left open fits every request.

    `route` is the canonical operation (`web/list/items`, `$batch`, `ProcessQuery`) and `query` the decoded query
    string, each as a glob, or as a regular expression where it begins with ^; `method` is the one meant, where a POST
    carries another. `list` is a title, an address or an identifier. `part` is about being part of a batch.
    `first` and `times` count the requests that fit: from the first-th on, so many. `probability` lets chance decide
    for each of them.
    """

    name: str
    fault: Fault
    route: str = "*"
    method: str | None = None
    site: str | None = None
    list: str | None = None
    item: int | None = None
    query: str | None = None
    part: bool | None = None
    first: int = 1
    times: int | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class RuleReport:
    """How often a rule's requests came, and how often it acted on one."""

    name: str
    fitted: int
    hits: int


@dataclass(slots=True)
class _Counted:
    rule: Rule
    chance: Random
    fitted: int = 0
    hits: int = 0

    def is_due(self) -> bool:
        """Count a request that fits, and decide whether it is one the rule acts on."""
        rule = self.rule
        self.fitted += 1
        if self.fitted < rule.first or (rule.times is not None and self.hits >= rule.times):
            return False
        return rule.probability is None or self.chance.random() < rule.probability


@dataclass(frozen=True, slots=True)
class _Page:
    """A page that was answered, and the items on it."""

    response: Response
    items: tuple[int, ...]


@dataclass(slots=True)
class FaultPlan:
    """Decides for each request whether something goes wrong with it.

    Every rule that is due delays or edits; of those that decide about the answer only the first acts.
    """

    seed: int = 0
    _counted: list[_Counted] = field(default_factory=list)
    _blocked: dict[str, Block] = field(default_factory=dict)
    _pages: "OrderedDict[tuple[str, ...], _Page]" = field(default_factory=OrderedDict)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, in their order."""
        return tuple(counted.rule for counted in self._counted)

    def put(self, rules: Iterable[Rule]) -> None:
        """Follow these rules and no others, counting from the beginning. Raises FaultError for a name given twice."""
        wanted = list(rules)
        names = [rule.name for rule in wanted]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise FaultError(f"Two rules have the name {twice!r}; give each a name of its own.")
        self._counted = [self._new(rule) for rule in wanted]
        self._blocked.clear()
        self._pages.clear()

    def add(self, rule: Rule) -> None:
        """Follow one more rule, after the others, whose counts go on."""
        if any(known.name == rule.name for known in self.rules):
            raise FaultError(f"Two rules have the name {rule.name!r}; give each a name of its own.")
        self._counted.append(self._new(rule))

    def reset(self, seed: int | None = None) -> None:
        """Begin again with the same rules: counts at nothing, chance from the seed, nobody blocked."""
        self.seed = self.seed if seed is None else seed
        self.put(self.rules)

    def report(self) -> tuple[RuleReport, ...]:
        """How often each rule hit."""
        return tuple(RuleReport(each.rule.name, each.fitted, each.hits) for each in self._counted)

    def unused(self) -> tuple[str, ...]:
        """The names of the rules that never hit."""
        return tuple(report.name for report in self.report() if not report.hits)

    def perform(self, exchange: Exchange, run: Run, edit: Editor) -> Response:
        """Answer a request by `run`, or as the plan says. `edit` makes a colleague's edit, told with its cause."""
        if exchange.outermost.stopped:
            exchange.note_fault("the connection was dropped")
            return no_answer()
        block = self._blocked.get(caller_name(exchange.caller))
        if block is not None:
            exchange.note_fault("blocked")
            return self._refused(Refuse(503, block.retry_after), exchange)
        due = self._due(exchange)
        for rule in due:
            exchange.note_fault(f"{rule.name}: {described(rule.fault)}")
        self._edit(due, When.BEFORE, exchange, edit)
        try:
            return self._answered(due, exchange, run)
        finally:
            self._edit(due, When.AFTER, exchange, edit)

    def _new(self, rule: Rule) -> _Counted:
        return _Counted(rule, Random(f"{self.seed}/{rule.name}"))  # noqa: S311 - chance that can be repeated

    def _due(self, exchange: Exchange) -> list[Rule]:
        due: list[Rule] = []
        is_decided = False
        for counted in self._counted:
            rule = counted.rule
            if not self._fits(rule, exchange) or not counted.is_due():
                continue
            if not isinstance(rule.fault, Delay | StaffEdit):
                if is_decided:
                    continue
                is_decided = True
            counted.hits += 1
            due.append(rule)
        return due

    def _fits(self, rule: Rule, exchange: Exchange) -> bool:
        if isinstance(rule.fault, BreakOff) and exchange.operation != "ProcessQuery":
            return False
        if isinstance(rule.fault, RepeatPage) and not self._has_page_before(exchange):
            return False
        return fits(rule, exchange)

    def _edit(self, due: list[Rule], when: When, exchange: Exchange, edit: Editor) -> None:
        for rule in due:
            if isinstance(rule.fault, StaffEdit) and rule.fault.when is when:
                edit(rule.fault.edit.about(exchange), rule.name)

    def _answered(self, due: list[Rule], exchange: Exchange, run: Run) -> Response:
        fault: Fault | None = None
        whole = exchange.outermost
        for rule in due:
            if isinstance(rule.fault, Delay):
                whole.delivery = replace(whole.delivery, delay=whole.delivery.delay + rule.fault.seconds)
            elif not isinstance(rule.fault, StaffEdit):
                fault = rule.fault
        instead = self._instead(fault, exchange)
        if instead is not None:
            return instead
        if isinstance(fault, Drop):
            whole.delivery = replace(whole.delivery, lost=True)
        elif isinstance(fault, Truncate):
            whole.kept = fault.keep
        elif isinstance(fault, BreakOff):
            exchange.saves_allowed = fault.after
        response = run()
        self._remember(exchange, response)
        return response

    def _instead(self, fault: Fault | None, exchange: Exchange) -> Response | None:
        """The answer to a request that is not done at all; None where it is."""
        if isinstance(fault, Refuse):
            return self._refused(fault, exchange)
        if isinstance(fault, Block):
            self._blocked[caller_name(exchange.caller)] = fault
            return self._refused(Refuse(503, fault.retry_after), exchange)
        if isinstance(fault, Redirect):
            return to_the_throttle_page(exchange)
        if isinstance(fault, RepeatPage):
            page = self._pages[_page_key(exchange)]
            exchange.items = page.items
            return page.response
        if isinstance(fault, Drop) and fault.when is When.BEFORE:
            whole = exchange.outermost
            whole.delivery, whole.stopped = replace(whole.delivery, lost=True), True
            return no_answer()
        return None

    def _refused(self, fault: Refuse, exchange: Exchange) -> Response:
        asked = exchange.request.headers.get("if-match", "")
        error = refusal(fault.status, fault.retry_after, fault.headers, asked)
        if error is None:
            return gateway_page(fault.status, fault.headers)
        raise error

    def _has_page_before(self, exchange: Exchange) -> bool:
        return "$skiptoken" in _query(exchange) and _page_key(exchange) in self._pages

    def _remember(self, exchange: Exchange, response: Response) -> None:
        if not any(isinstance(rule.fault, RepeatPage) for rule in self.rules):
            return
        if exchange.operation == PAGES and exchange.request.verb == "GET" and response.status == 200:
            self._pages[_page_key(exchange)] = _Page(response, exchange.items)
            self._pages.move_to_end(_page_key(exchange))
            while len(self._pages) > _REMEMBERED_PAGES:
                self._pages.popitem(last=False)


def fits(rule: Rule, exchange: Exchange) -> bool:
    """Whether a request is one that a rule is about."""
    return (
        matches(rule.route, exchange.operation)
        and (rule.method is None or rule.method.upper() == exchange.request.verb)
        and (rule.site is None or rule.site.strip("/").lower() == exchange.site.strip("/").lower())
        and (rule.list is None or rule.list.strip("{}/").lower() in exchange.list_names)
        and (rule.item is None or rule.item in exchange.items)
        and (rule.part is None or rule.part == (exchange.batch is not None))
        and (rule.query is None or matches(rule.query, _query(exchange)))
    )


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a glob, or the regular expression that begins with ^, in any case."""
    if pattern.startswith("^"):
        return re.search(pattern, text, re.IGNORECASE) is not None
    return fnmatchcase(text.lower(), pattern.lower())


def described(fault: Fault) -> str:
    """What goes wrong, in a few words."""
    if isinstance(fault, Refuse):
        return str(fault.status)
    if isinstance(fault, Drop):
        return f"drop {fault.when}"
    if isinstance(fault, StaffEdit):
        return f"edit {fault.when}"
    if isinstance(fault, BreakOff):
        return f"break off after {fault.after}"
    return {Delay: "delay", Truncate: "truncate", RepeatPage: "repeat page", Block: "block", Redirect: "redirect"}[
        type(fault)
    ]


def _pairs(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield from split_query(exchange.request.query)


def _query(exchange: Exchange) -> str:
    return "&".join(f"{name}={value}" for name, value in _pairs(exchange))


def _page_key(exchange: Exchange) -> tuple[str, ...]:
    """What the pages of one query have in common."""
    same = sorted(
        f"{name}={value}"
        for name, value in _pairs(exchange)
        if name.lower() != "$skiptoken" and not name.startswith("p_")
    )
    return (caller_name(exchange.caller), exchange.request.path, *same)
