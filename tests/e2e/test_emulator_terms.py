"""The terms `emulator` serves a world on, each over the command line with what it promises."""

import json
import re
import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from dotenv import dotenv_values

from tests.support.cli import PATIENCE, Result, portfolio_sync, serving

SITE = "/sites/demo"
SAMPLE = ("--sample", "digital-strategy", "--portfolio", "portfolio.yaml")
TODAY = ("--today", "2026-06-17")
ENTRA = ("--auth", "entra", "--tls", "--credentials", "for client")
AGENT = "NONISV|Council|Terms/1.0"


@dataclass(frozen=True)
class Served:
    """An emulator in a process of its own: where it is, where it is directed from, and what it said."""

    process: subprocess.Popen[str]
    base_url: str
    control_url: str
    said: str
    state: Path

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request with any token to a path of the site."""
        given = {"Authorization": "Bearer any", "Accept": "application/json;odata=nometadata", "User-Agent": AGENT}
        return _send(method, self.base_url + path, json=body, headers=given | headers)

    def direct(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        """One request to the control plane."""
        return _send(method, self.control_url + path, json=body, headers=headers)

    def titles(self) -> list[str]:
        """The titles of the items of the list Risks."""
        rows = self.send("GET", f"{SITE}/_api/web/lists/GetByTitle('Risks')/items?$select=Title")
        return [row["Title"] for row in rows.json()["value"]]

    def add(self, title: str) -> None:
        """An item in the list Risks, which is made where it is missing."""
        lists = f"{SITE}/_api/web/lists"
        if self.send("GET", f"{lists}/GetByTitle('Risks')").status_code == 404:
            assert self.send("POST", lists, {"Title": "Risks", "BaseTemplate": 100}).status_code == 201
        made = self.send("POST", f"{lists}/GetByTitle('Risks')/items", {"Title": title})
        assert made.status_code == 201, made.text

    def run(self, *words: str, **settings: str) -> Result:
        """A command on the portfolio file beside it."""
        return portfolio_sync(*words, state=self.state, **settings)


def _send(method: str, url: str, **options: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(method, url, timeout=30, **options)


@contextmanager
def emulator(state: Path, *words: str) -> Iterator[Served]:
    with serving("emulator", "--port", "0", *words, state=state) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        told = 2 * ("--credentials" in words) + 5 * ("--portfolio" in words) + ("--admin-port" in words)
        said += "".join(process.stderr.readline() for _ in range(told))
        found = re.findall(r"https?://127\.0\.0\.1:\d+", said)
        assert found, said
        yield Served(process, found[0], found[1] if "--admin-port" in words else "", said, state)


def settings_of(state: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(state / "for client" / "settings.env").items() if value}


# What is refused: one sentence of what, one of what to do, and nothing is left behind

FILES: Mapping[str, str] = {
    "empty.json": "{}",
    "no site.json": '{"sites": []}',
    "faults.json": '{"rules": [{"do": "refuse", "status": 429, "tims": 1}]}',
    "text.txt": "just text, and long enough that it cannot be taken for the head of a database" * 20,
    "portfolio.yaml": "name: somebody's own\n",
}
REFUSED: tuple[tuple[tuple[str, ...], int, str, str], ...] = (
    (("--role", "read"), 2, "there is no role to have", "--auth entra"),
    (("--auth", "entra", "--credentials", "new"), 2, "--auth entra needs --tls", "Add --tls"),
    (("--auth", "entra", "--tls"), 2, "a client needs files", "--credentials FOLDER"),
    (("--tls",), 2, "a client needs files", "--credentials FOLDER"),
    (("--credentials", "new"), 2, "Any token is let in", "--auth entra, or --tls"),
    (("--host", ""), 2, "--host names no address", "127.0.0.1"),
    (("--host", "no such.invalid"), 2, "cannot listen on no such.invalid:0", "another --host"),
    (("--host", "é" * 80), 2, "It is no address", "another --host"),
    (("--latency", "fast"), 2, "'fast' is not off, recorded, or milliseconds", "--latency milliseconds"),
    (("--latency", "60001"), 2, "'60001' is not off", "--latency milliseconds"),
    (("--faults", "none.json"), 3, "none.json cannot be read (No such file or directory)", "with --faults"),
    (("--faults", "faults.json"), 3, "rules[0] has the unknown key 'tims'; did you mean 'times'?", "emulator-control"),
    (("--faults", "text.txt"), 3, "text.txt cannot be read as JSON", "emulator-control.md"),
    (("--data", "empty.json"), 3, "In empty.json: The document has no 'sites'", "world.schema.json"),
    (("--data", "no site.json"), 3, "In no site.json: There is no site to serve", "world.schema.json"),
    (("--site", "/sites/a", "--site", "sites/A/"), 3, "There are two sites at /sites/A", "Leave out --site /sites/A"),
    (("--tls", "--credentials", "text.txt"), 3, "text.txt is not a folder", "with --credentials"),
    (("--tls", "--credentials", "text.txt/new"), 3, "new cannot be written (Not a directory)", "with --credentials"),
    (("--tls", "--credentials", "o'clock"), 3, "choose a plainer folder", "with --credentials"),
    (SAMPLE, 3, "portfolio.yaml was not written by the emulator and is left alone", "with --portfolio"),
    ((*SAMPLE[:3], "none/portfolio.yaml"), 3, "cannot be written (No such file or directory)", "with --portfolio"),
    (("--store", "text.txt"), 3, "text.txt does not hold a world", "with --store"),
    (("--store", "none/world.sqlite"), 3, "there is no folder", "with --store"),
    (("--store", "."), 3, "it is a folder", "with --store"),
)


@pytest.mark.parametrize(
    ("words", "code", "what", "advice"), REFUSED, ids=[f"{number}{each[0][0]}" for number, each in enumerate(REFUSED)]
)
def test_what_cannot_be_served_is_told_in_two_sentences_and_leaves_nothing(
    tmp_path: Path, words: tuple[str, ...], code: int, what: str, advice: str
) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    store = () if "--store" in words else ("--store", "new.sqlite")
    result = portfolio_sync("emulator", "--port", "0", *words, *store, state=tmp_path)
    assert (result.code, result.out) == (code, ""), result.err
    first, second = result.err.splitlines()
    assert first.startswith("portfolio-sync: ")
    assert what in first
    assert advice in second
    assert {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()} == FILES


@pytest.mark.parametrize("option", ["--port", "--admin-port"])
def test_the_port_that_is_taken_is_the_one_that_is_named(tmp_path: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = {"--port": "0", "--admin-port": "0"} | {option: str(port)}
        words = [word for each in ports.items() for word in each]
        result = portfolio_sync("emulator", *words, "--store", "new.sqlite", state=tmp_path)
    who = {"--port": "The emulator", "--admin-port": "The control plane"}[option]
    assert result.code == 2
    assert f"{who} cannot listen on 127.0.0.1:{port} (Address already in use)." in result.err
    assert f"Name another with {option}, or {option} 0" in result.err
    assert list(tmp_path.iterdir()) == []


# --store


def test_what_was_answered_survives_being_killed_and_needs_no_world_to_be_named_again(tmp_path: Path) -> None:
    with emulator(tmp_path, "--store", "world.sqlite", "--site", SITE, "--site", "/sites/other") as first:
        first.add("Supplier fails")
        gone = {"Title": "Gone", "BaseTemplate": 100}
        assert first.send("POST", "/sites/other/_api/web/lists", gone).status_code == 201
        first.send("POST", "/sites/other/_api/web/lists/GetByTitle('Gone')/recycle")
        first.process.kill()
        first.process.wait(timeout=PATIENCE)
    with emulator(tmp_path, "--store", "world.sqlite") as again:
        assert "/sites/demo, /sites/other from world.sqlite." in again.said
        assert again.titles() == ["Supplier fails"]
        assert again.send("GET", "/sites/other/_api/web/lists/GetByTitle('Gone')").status_code == 404
        again.add("Costs rise")
        assert again.titles() == ["Supplier fails", "Costs rise"]


def test_a_file_serves_one_emulator_at_a_time_and_the_second_harms_nothing(tmp_path: Path) -> None:
    with emulator(tmp_path, "--store", "world.sqlite") as first:
        first.add("Supplier fails")
        second = portfolio_sync("emulator", "--port", "0", "--store", "world.sqlite", state=tmp_path)
        assert second.code == 3
        assert "another emulator is using it" in second.err
        first.add("Costs rise")
        assert first.titles() == ["Supplier fails", "Costs rise"]
    with sqlite3.connect(tmp_path / "world.sqlite") as file:
        assert file.execute("SELECT count(*) FROM item").fetchone() == (2,)
    file.close()


def test_a_name_that_means_memory_to_a_database_is_a_file_here(tmp_path: Path) -> None:
    with emulator(tmp_path, "--store", ":memory:"):
        pass
    assert [each.name for each in tmp_path.iterdir()] == [":memory:"]


def test_a_kept_world_keeps_its_database_too(tmp_path: Path) -> None:
    with emulator(tmp_path, *SAMPLE, "--store", "world.sqlite") as first:
        assert first.run("reconcile", "--yes", *TODAY).code == 0
        port = first.base_url.rpartition(":")[2]
    with emulator(tmp_path, *SAMPLE, "--store", "world.sqlite", "--port", port) as again:
        run = again.run("reconcile", "--json", *TODAY)
    assert [run.document["plan"][what] for what in ("writes", "refusals")] == [[], []], "no first run again"


def test_a_world_of_its_own_gets_a_database_of_its_own(tmp_path: Path) -> None:
    names = set()
    for _ in range(2):
        with emulator(tmp_path, *SAMPLE) as served:
            names.update(re.findall(r"PORTFOLIO_SYNC_DATABASE_URL=(\S+)", served.said))
    assert len(names) == 2, "the second start writes over the first one's portfolio file, which is its own"


# --auth entra, --role, --tls, --credentials


@pytest.mark.parametrize(
    ("role", "code", "said"),
    [
        ("none", 10, "grant this application the role `write` on the site"),
        ("read", 10, "We may read items in the list 'Programmes', but not edit them. Ask the site's owner"),
        ("write", 0, "11 of 11 sources are ready."),
    ],
)
def test_a_client_with_the_credentials_gets_in_as_far_as_its_role_goes(
    tmp_path: Path, role: str, code: int, said: str
) -> None:
    with emulator(tmp_path, *SAMPLE, *ENTRA, "--role", role) as served:
        result = served.run("check", **settings_of(tmp_path))
        assert result.code == code, result.err
        assert said in " ".join(result.out.split())
        with pytest.raises(requests.exceptions.SSLError):
            served.send("GET", "/sites/ict/_api/web")
        ca = str(tmp_path / "for client" / "ca.pem")
        anybody = _send(
            "GET", f"{served.base_url}/sites/ict/_api/web", headers={"Authorization": "Bearer x"}, verify=ca
        )
        assert anybody.status_code == 401, "a token of nobody's is no token"


def test_the_settings_tell_how_a_machine_with_an_identity_signs_in(tmp_path: Path) -> None:
    with emulator(tmp_path, *SAMPLE, *ENTRA) as served:
        text = (tmp_path / "for client" / "settings.env").read_text(encoding="utf-8")
        (line,) = re.findall(r"^# Where the machine has an identity of its own: (.*)$", text, re.MULTILINE)
        machine = dict(re.findall(r"(\w+)='([^']*)'", line))
        portfolio = tmp_path / "portfolio.yaml"
        portfolio.write_text(portfolio.read_text().replace("auth: certificate", "auth: managed-identity"))
        result = served.run("check", **settings_of(tmp_path) | machine)
        assert result.code == 0, result.out


def test_https_alone_needs_only_the_authority_to_be_trusted(tmp_path: Path) -> None:
    with emulator(tmp_path, *SAMPLE, "--tls", "--credentials", "for client") as served:
        assert {each.name for each in (tmp_path / "for client").iterdir()} == {"ca.pem", "settings.env"}
        assert served.run("check", **settings_of(tmp_path)).code == 0
        untrusted = served.run("check")
        assert untrusted.code == 15
        assert "set the CA bundle" in " ".join(untrusted.out.split())


# --throttle, --ru-multiplier, --latency, --seed


@pytest.mark.parametrize(
    ("mode", "price", "statuses"),
    [("off", 1250, [200, 200]), ("default", 1250, [200, 429]), ("strict", 625, [200, 429])],
)
def test_budgets_are_as_the_throttle_says(tmp_path: Path, mode: str, price: int, statuses: list[int]) -> None:
    with emulator(tmp_path, "--throttle", mode, "--ru-multiplier", str(price)) as served:
        answers = [served.send("GET", f"{SITE}/_api/web") for _ in range(2)]
    assert [answer.status_code for answer in answers] == statuses
    assert ("Retry-After" in answers[1].headers) == (statuses[1] == 429)


def test_latency_is_told_with_every_answer_and_drawn_from_the_seed(tmp_path: Path) -> None:
    def told(*words: str) -> list[int]:
        with emulator(tmp_path, *words) as served:
            answers = [served.send("GET", f"{SITE}/_api/web/{what}") for what in ("lists", "Title", "siteusers")]
        return [int(answer.headers["SPClientServiceRequestDuration"]) for answer in answers]

    assert told("--latency", "41") == [41, 41, 41]
    drawn = told("--latency", "recorded", "--seed", "7")
    assert drawn == told("--latency", "recorded", "--seed", "7")
    assert drawn != told("--latency", "recorded", "--seed", "8")


# --faults


@pytest.mark.parametrize(
    ("rule", "code", "first", "second"),
    [
        ({"do": "drop", "when": "after"}, 0, {"applied": 135}, {}),
        ({"do": "drop", "when": "before"}, 5, {"unknown": 135}, {"applied": 135}),
        ({"do": "break-off", "after": 5}, 0, {"applied": 135}, {}),
        ({"do": "refuse", "status": 403}, 5, {"failed": 135}, {"applied": 135}),
        ({"do": "block", "retry_after": 5000}, 5, {"throttled": 55, "skipped": 80}, {"applied": 135}),
    ],
    ids=lambda each: each["do"] if isinstance(each, dict) and "do" in each else "",
)
def test_a_night_in_trouble_says_so_and_the_next_one_finishes_it(
    tmp_path: Path, rule: dict[str, Any], code: int, first: dict[str, int], second: dict[str, int]
) -> None:
    (tmp_path / "faults.json").write_text(json.dumps({"rules": [{"route": "ProcessQuery", **rule}]}))
    with emulator(tmp_path, *SAMPLE, "--faults", "faults.json", "--throttle", "off", "--admin-port", "0") as served:
        troubled = served.run("reconcile", "--yes", "--json", *TODAY)
        assert served.direct("GET", "/faults/report").json()["unused"] == []
        served.direct("DELETE", "/faults")
        runs = [troubled, *(served.run("reconcile", "--json", *TODAY) for _ in range(2))]
    assert [run.code for run in runs] == [code, 0, 0]
    done = [{what: count for what, count in run.document["writes"].items() if count} for run in runs]
    assert done == [first, second, {}]
    assert bool(runs[0].document["sources"][0]["problems"]) == (code != 0), "what failed is told"


# --admin-port


def test_the_control_plane_is_there_when_asked_for_and_for_this_machine_alone(tmp_path: Path) -> None:
    with emulator(tmp_path, "--admin-port", "0", "--seed", "3") as served:
        assert served.direct("GET", "/info").json()["sites"][0]["path"] == SITE
        assert served.send("GET", "/info").status_code == 501, "not on SharePoint's own port"
        for headers in ({"Origin": served.base_url}, {"Host": "council.example"}):
            refused = served.direct("POST", "/reset", **headers)
            assert (refused.status_code, list(refused.json())) == (403, ["error"])
    with emulator(tmp_path) as served:
        assert "control plane" not in served.said


def test_the_same_requests_have_the_same_digest_in_any_process_and_after_a_reset(tmp_path: Path) -> None:
    def digest(served: Served) -> Any:
        served.direct("POST", "/clock/freeze")
        served.add("Supplier fails")
        return served.direct("GET", "/history/digest").json()["digest"]

    digests = []
    for _ in range(2):
        with emulator(tmp_path, "--admin-port", "0") as served:
            digests.append(digest(served))
            served.direct("POST", "/reset")
            digests.append(digest(served))
            served.add("Costs rise")
            digests.append(served.direct("GET", "/history/digest").json()["digest"])
    assert digests[0] == digests[1] == digests[3] == digests[4]
    assert digests[2] == digests[5] != digests[0]


def test_what_the_control_plane_does_is_kept_in_the_file_too(tmp_path: Path) -> None:
    people = [{"login": "i:0#.f|membership|ann@example.org", "name": "Ann Field", "email": "ann@example.org"}]
    (tmp_path / "world.json").write_text(json.dumps({"sites": [{"path": SITE, "users": people}]}))
    with emulator(tmp_path, "--admin-port", "0", "--store", "world.sqlite", "--data", "world.json") as served:
        served.add("Supplier fails")
        served.direct("PUT", "/snapshots/before")
        served.add("Costs rise")
        assert served.direct("POST", "/snapshots/before/restore").status_code == 200
        by_ann = {"do": "add", "list": "Risks", "values": {"Title": "By a colleague"}}
        assert served.direct("POST", "/edits", by_ann).status_code == 200
        served.process.kill()
        served.process.wait(timeout=PATIENCE)
    with emulator(tmp_path, "--store", "world.sqlite") as again:
        assert again.titles() == ["Supplier fails", "By a colleague"]


# How it ends


@pytest.mark.parametrize("words", [(), ("--tls", "--credentials", "for client")], ids=["http", "https"])
def test_clients_in_the_middle_of_something_do_not_keep_it_from_ending(tmp_path: Path, words: tuple[str, ...]) -> None:
    with emulator(tmp_path, "--admin-port", "0", *words) as served:
        ports = [int(url.rpartition(":")[2]) for url in (served.base_url, served.control_url)]
        waiting = [socket.create_connection(("127.0.0.1", port), timeout=30) for port in ports]
        for each in waiting:
            each.sendall(b"POST /clock HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
        served.process.send_signal(signal.SIGTERM)
        out, rest = served.process.communicate(timeout=PATIENCE)
        for each in waiting:
            each.close()
    assert (served.process.returncode, out) == (0, "")
    assert "Traceback" not in rest
    assert rest.endswith("Stopped.\n")


def test_an_answer_that_takes_too_long_is_not_waited_for_at_the_end(tmp_path: Path) -> None:
    with emulator(tmp_path, "--admin-port", "0", "--latency", "60000") as served:
        port = int(served.base_url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as waiting:
            waiting.sendall(
                b"GET /sites/demo/_api/web HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer any\r\n\r\n"
            )
            while not served.direct("GET", "/history").text:
                pass  # until it is being answered
            served.process.send_signal(signal.SIGINT)
            out, rest = served.process.communicate(timeout=PATIENCE)
    assert (served.process.returncode, out) == (0, "")
    assert "Traceback" not in rest
    assert rest.endswith("Stopped.\n")
