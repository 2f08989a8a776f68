"""A person at a browser without the browser: reads pages, fills in forms by their labels, sends them as browsers do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

import requests


@dataclass
class Control:
    """One input, select or textarea of a form."""

    name: str
    kind: str
    id: str = ""
    value: str = ""
    checked: bool = False
    options: list[tuple[str, str]] = field(default_factory=list)
    label: str = ""
    legend: str = ""


@dataclass
class Form:
    """A form as a page shows it; what is filled in is sent with the rest."""

    action: str
    controls: list[Control] = field(default_factory=list)

    def control(self, label: str) -> Control:
        """The control with this label; for a hidden one, its name."""
        found = [each for each in self.controls if label in (each.label, each.name)]
        assert len(found) == 1, f"{len(found)} controls are called {label!r}: {[each.label for each in self.controls]}"
        return found[0]

    def fill(self, label: str, text: str) -> "Form":
        """Type into a control, or choose one of its options by what it shows."""
        control = self.control(label)
        if control.kind == "select":
            (control.value,) = [value for value, shown in control.options if shown == text]
        else:
            control.value = text
        return self

    def choose(self, legend: str, *labels: str) -> "Form":
        """Leave exactly these boxes or buttons of a group ticked."""
        group = [each for each in self.controls if each.legend == legend and each.kind in {"checkbox", "radio"}]
        assert {each.label for each in group} >= set(labels), [each.label for each in group]
        for each in group:
            each.checked = each.label in labels
        return self

    def ticked(self, legend: str) -> list[str]:
        """What is ticked in a group."""
        return [each.label for each in self.controls if each.legend == legend and each.checked]

    def body(self) -> bytes:
        """What a browser would send."""
        sent = [
            (each.name, each.value.replace("\n", "\r\n"))
            for each in self.controls
            if each.name and (each.kind not in {"checkbox", "radio"} or each.checked)
        ]
        return urlencode(sent).encode()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.rows: list[list[str]] = []
        self.links: dict[str, str] = {}
        self.tags: list[str] = []
        self.text: list[str] = []
        self._into: list[list[str]] = []
        self._labels: dict[str, str] = {}
        self._label_for = self._href = self._legend = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        had = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(had["action"]))
        elif tag == "tr":
            self.rows.append([])
        elif tag == "fieldset":
            self._legend = ""
        elif tag == "input":
            kind = had.get("type", "text")
            self._add(Control(had["name"], kind, had.get("id", ""), had.get("value", ""), "checked" in had))
        elif tag in {"select", "textarea"}:
            self._add(Control(had["name"], tag, had.get("id", "")))
        elif tag == "option":
            self._control.options.append((had["value"], ""))
            if "selected" in had or len(self._control.options) == 1:
                self._control.value = had["value"]
        if tag in {"label", "legend", "a", "th", "td", "option", "textarea"}:
            self._into.append([])
        self._label_for, self._href = had.get("for", self._label_for), had.get("href", self._href)

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        for texts in self._into:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset":
            self._legend = ""
        if tag not in {"label", "legend", "a", "th", "td", "option", "textarea"}:
            return
        raw = "".join(self._into.pop())
        text = " ".join(raw.split()).removesuffix(" (required)")
        if tag == "label":
            self._labels[self._label_for] = text
        elif tag == "legend":
            self._legend = text
        elif tag == "a":
            self.links.setdefault(text, self._href)
        elif tag == "option":
            self._control.options[-1] = (self._control.options[-1][0], text)
        elif tag == "textarea":
            self._control.value = raw.removeprefix("\n")
        else:
            self.rows[-1].append(text)

    @property
    def _control(self) -> Control:
        return self.forms[-1].controls[-1]

    def _add(self, control: Control) -> None:
        control.legend = self._legend
        self.forms[-1].controls.append(control)

    def close(self) -> None:
        super().close()
        for form in self.forms:
            for control in form.controls:
                control.label = self._labels.get(control.id, "")


@dataclass
class Page:
    """What came back, and where from."""

    status: int
    address: str
    headers: Mapping[str, str]
    text: str

    def __post_init__(self) -> None:
        self._read = _Reader()
        self._read.feed(self.text)
        self._read.close()

    @property
    def words(self) -> str:
        """All text of the page, with single spaces."""
        return " ".join(" ".join(self._read.text).split())

    @property
    def form(self) -> Form:
        """The form of the page itself: the last, after the choice of a person."""
        return self._read.forms[-1]

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def rows(self) -> list[list[str]]:
        """The texts of every row of every table."""
        return self._read.rows

    @property
    def links(self) -> Mapping[str, str]:
        """Addresses by the text of their links."""
        return self._read.links

    @property
    def tags(self) -> list[str]:
        return self._read.tags

    def column(self, heading: str) -> list[str]:
        """The cells below a heading of the page's first table."""
        head, *rows = self.rows
        (at,) = [place for place, text in enumerate(head) if text.partition(",")[0].rstrip(" ▲▼") == heading]
        return [row[at] for row in rows]


Answer = tuple[int, Mapping[str, str], bytes]
Send = Callable[[str, str, Mapping[str, str], bytes], Answer]


@dataclass
class Visitor:
    """A browser with one cookie jar. `send` takes method, address, headers and body; redirects are followed."""

    send: Send
    origin: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, address: str) -> Page:
        """Open an address."""
        return self._page("GET", address, {"Accept": "text/html"}, b"")

    def submit(self, page: Page, form: Form | None = None, **headers: str) -> Page:
        """Send a form as the page it is on would, and follow where that leads."""
        chosen = form or page.form
        said = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.post(urljoin(page.address, chosen.action), chosen.body(), said)

    def post(self, address: str, body: bytes, headers: Mapping[str, str]) -> Page:
        """Send a body with these headers; those that are empty are left out."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        said = {name: value for name, value in {**kind, **headers}.items() if value}
        return self._page("POST", address, said, body)

    def _page(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Page:
        if self.cookies:
            headers = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        status, answered, content = self.send(method, address, headers, body)
        lowered = {name.lower(): value for name, value in answered.items()}
        if "set-cookie" in lowered:
            name, _, value = lowered["set-cookie"].partition(";")[0].partition("=")
            self.cookies[name] = value
        if status == 303:
            target = urlsplit(lowered["location"])
            assert not target.netloc, "a redirect leads elsewhere"
            return self.get(lowered["location"])
        return Page(status, address, lowered, content.decode())


def over_http(session: requests.Session, base_url: str) -> Visitor:
    """A visitor to a server that is running."""

    def send(method: str, address: str, headers: Mapping[str, str], body: bytes) -> Answer:
        url = base_url + address
        answer = session.request(method, url, headers=dict(headers), data=body, timeout=30, allow_redirects=False)
        return answer.status_code, answer.headers, answer.content

    return Visitor(send, base_url)
