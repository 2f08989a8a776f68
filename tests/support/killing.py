"""Real processes that are killed: `portfolio-sync reconcile` against an emulator in a process of its own.

Nothing of a killed process survives but what it had written down and what it had sent.
"""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import requests

from connectors.emulator.rules.edits import Edit
from connectors.emulator.rules.history import Entry
from sync.store.sql import open_store
from tests.support import judge, rest, town
from tests.support.cli import PATIENCE, SCRIPT, environment, serving
from tests.support.colleagues import Colleagues, Items, numbered
from tests.support.town import Terms
from tests.support.town_runs import US, chain_offences, foreign_columns, journal_of

DAY = town.FIRST_DAY.isoformat()
FINISHES_WITHIN = 60.0


@dataclass
class Director:
    """The control plane of an emulator in another process."""

    base_url: str
    session: requests.Session

    def ask(self, method: str, path: str, document: Any = None) -> Any:
        """The answer of a request that has to succeed, as JSON values."""
        answer = self.session.request(method, self.base_url + path, json=document, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def requests(self) -> int:
        """How many requests there have been since the history was forgotten."""
        return int(self.ask("GET", "/history/digest")["total"])

    def history(self) -> list[Entry]:
        """Everything since the history was forgotten."""
        text = self.session.get(f"{self.base_url}/history", timeout=30).text
        entries = judge.read_lines(text)
        assert self.ask("GET", "/history/digest")["dropped"] == 0
        return entries


@dataclass
class KillingGround:
    """A town served by a process of its own. `folder` is where the portfolio file and the state folder are."""

    base_url: str
    control: Director
    folder: Path
    terms: Terms
    titles: Mapping[str, str]

    @property
    def file(self) -> Path:
        return self.folder / "portfolio.yaml"

    def start(self, database: str, *words: str) -> subprocess.Popen[bytes]:
        """A reconciliation by the console script, as people start it."""
        return subprocess.Popen(
            [str(SCRIPT), "reconcile", "-c", str(self.file), "--yes", "--json", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            cwd=self.folder,
            env=environment(self.folder, PORTFOLIO_SYNC_DATABASE_URL=database),
        )

    def finish(self, database: str, today: str) -> Any:
        """A reconciliation that nobody disturbs, to its end; its report."""
        done = subprocess.run(
            [str(SCRIPT), "reconcile", "-c", str(self.file), "--yes", "--json", "--today", today],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            cwd=self.folder,
            env=environment(self.folder, PORTFOLIO_SYNC_DATABASE_URL=database),
            stdin=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, f"{done.returncode}: {done.stderr} {done.stdout[-2000:]}"
        return json.loads(done.stdout)

    def items(self) -> Items:
        """The lists as people see them."""
        site = self.base_url + town.SITE
        return {
            (title, number): {name: town.shown(value) for name, value in item.items() if not name.startswith("odata.")}
            for title in town.TITLES
            for number, item in rest.items(site, title).items()
        }


@contextmanager
def killing_ground(terms: Terms, folder: Path, latency: str = "20ms") -> Iterator[KillingGround]:
    """Serves a town, slowly enough to be hit anywhere, until the block ends."""
    world = folder / "world.json"
    world.write_text(json.dumps(town.world(terms)), encoding="utf-8")
    words = ("--port", "0", "--admin-port", "0", "--data", str(world), "--latency", latency, "--throttle", "off")
    with serving("emulator", *words, state=folder) as process, requests.Session() as session:
        session.trust_env = False
        assert process.stderr is not None
        base_url, control_url = _addresses(process.stderr)
        town.portfolio(folder, base_url, terms)
        control = Director(control_url, session)
        (site,) = control.ask("GET", "/info")["sites"]
        titles = {each["id"]: each["title"] for each in site["lists"]}
        yield KillingGround(base_url, control, folder, terms, titles)


def _addresses(said: Iterator[str]) -> tuple[str, str]:
    found: list[str] = []
    for line in said:
        found += re.findall(r"http://127\.0\.0\.1:\d+", line)
        if len(found) == 2:
            return found[0], found[1]
    raise AssertionError(f"the emulator did not start: {found}")


@dataclass(frozen=True, slots=True)
class Scene:
    """Where histories begin: a world kept under a name, what is remembered of it, and the day on which it goes on.

    `prepare` makes a database in the state in which histories begin, and answers its address; `edits` are what
    colleagues do in each history, at moments of its own. `end` is how the lists are after them and an undisturbed run.
    """

    name: str
    today: str
    edits: tuple[Edit, ...]
    prepare: Callable[[], str]
    end: Items
    requests: int
    seconds: float


def copied(database: Path, folder: Path, names: Iterator[int]) -> Callable[[], str]:
    """Prepares copies of a SQLite database; of one that does not exist, nothing: then it is made by the first run."""

    def prepare() -> str:
        made = folder / f"state-{next(names)}.sqlite"
        if database.exists():
            shutil.copy(database, made)
        return f"sqlite:///{made}"

    return prepare


def set_up(ground: KillingGround, name: str, today: str, edits: tuple[Edit, ...], prepare: Callable[[], str]) -> Scene:
    """Keeps the world as it is now, and finds out how an undisturbed history ends."""
    control = ground.control
    control.ask("PUT", f"/snapshots/{name}")
    for edit in edits:
        control.ask("POST", "/edits", edit.document())
    control.ask("DELETE", "/history")
    database, since = prepare(), time.monotonic()
    ground.finish(database, today)
    seconds, total = time.monotonic() - since, control.requests()
    return Scene(name, today, edits, prepare, without_stamps(ground.items()), total, seconds)


def without_stamps(items: Items) -> Items:
    """What two histories have to agree on: not what tells runs, times and ETags apart."""
    told_apart = {town.STAMP, "Modified", "Created", "GUID", "OData__UIVersionString", "EditorId"}
    return {
        place: {name: value for name, value in item.items() if name not in told_apart} for place, item in items.items()
    }


@dataclass
class KilledHistory:
    """One history: colleagues edit, our process is killed so many times, and is then run to its end. `kills` that hit;
    `names` where each did, by what the server had been asked for last."""

    ground: KillingGround
    scene: Scene
    random: Random
    kills: int = 0
    names: list[str] = field(default_factory=list)

    def live(self, blows: int) -> None:
        """The whole history, and everything that has to hold at its end."""
        ground, control, scene = self.ground, self.ground.control, self.scene
        control.ask("POST", f"/snapshots/{scene.name}/restore")
        control.ask("DELETE", "/history")
        colleagues = Colleagues(town.world(ground.terms))
        database, begun = scene.prepare(), datetime.now(UTC).replace(microsecond=0)
        waiting = list(scene.edits)
        for _ in range(blows):
            waiting = self._edit_some(waiting, colleagues)
            rules, later = self._some_in_the_middle(waiting, colleagues)
            control.ask("PUT", "/faults", {"seed": 0, "rules": rules})
            self._strike(database)
            made = {each["name"] for each in control.ask("GET", "/faults/report")["rules"] if each["hits"]}
            control.ask("DELETE", "/faults")
            waiting = later + [colleagues.named[rule["name"]] for rule in rules if rule["name"] not in made]
        for edit in waiting:
            self._edit(edit, colleagues)
        report = ground.finish(database, scene.today)
        self._judge(database, begun, colleagues, report)

    def _edit_some(self, edits: list[Edit], colleagues: Colleagues) -> list[Edit]:
        now = [edit for edit in edits if self.random.random() < 0.3]
        for edit in now:
            self._edit(edit, colleagues)
        return [edit for edit in edits if edit not in now]

    def _edit(self, edit: Edit, colleagues: Colleagues) -> None:
        entry = self.ground.control.ask("POST", "/edits", edit.document())
        colleagues.named[numbered(entry["number"])] = edit

    def _some_in_the_middle(self, edits: list[Edit], colleagues: Colleagues) -> tuple[list[dict[str, Any]], list[Edit]]:
        chosen = [edit for edit in edits if self.random.random() < 0.5]
        rules = [
            colleagues.rule(edit, first=self.random.randint(1, self.scene.requests), when="before") for edit in chosen
        ]
        return rules, [edit for edit in edits if edit not in chosen]

    def _strike(self, database: str) -> None:
        """Starts a run and kills it: after so many requests and a moment, or after a time."""
        control, before = self.ground.control, self.ground.control.requests()
        process = self.ground.start(database, "--today", self.scene.today)
        try:
            if self.random.random() < 0.75:
                wanted, limit = before + self.random.randint(1, self.scene.requests), FINISHES_WITHIN
                pause = self.random.uniform(0, 0.04)
            else:
                wanted, limit = before + 1_000_000, self.random.uniform(0.2, 1.0) * self.scene.seconds
                pause = 0.0
            end = time.monotonic() + limit
            while process.poll() is None and time.monotonic() < end and control.requests() < wanted:
                time.sleep(0.002)
            time.sleep(pause)
        finally:
            process.kill()
            hit = process.wait(PATIENCE) == -9
        self.kills += hit
        if hit:
            entries = control.history()
            self.names.append(entries[-1].operation if entries else "nothing yet")

    def _judge(self, database: str, begun: datetime, colleagues: Colleagues, report: Any) -> None:
        ground, entries = self.ground, self.ground.control.history()
        assert report["run"]["outcome"] == "done"
        items = ground.items()
        shadow = colleagues.shadow(entries)
        assert shadow.edits == len(self.scene.edits)
        assert shadow.losses(items) == [], "0 lost staff edits"
        assert without_stamps(items) == self.scene.end, "the end state is that of an undisturbed run"
        with closing(open_store(database, new_id=lambda: "never")) as runs:
            journal = journal_of(runs, ground.titles, begun)
            assert not runs.journal.open_intents()
            assert chain_offences(runs) == []
        assert judge.written_twice(entries, US, journal) == [], "0 duplicate writes"
        assert judge.journal_both_ways(entries, US, journal) == [], "0 unexplained writes"
        assert foreign_columns(entries) == []
        if ground.terms.mode == "versioned":
            assert judge.lost_updates(entries, blindly=True) == []
