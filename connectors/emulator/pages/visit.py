"""One request of a browser, and whether it comes from somebody at this machine and from a page of ours."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from connectors.emulator.loopback import is_loopback
from connectors.emulator.wire.calls import Request

LARGEST_FORM: Final = 1024 * 1024
MOST_FIELDS: Final = 5000
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request, and the address of whoever sent it."""

    request: Request
    client: str

    @property
    def verb(self) -> str:
        """The method; a page is shown alike for GET and HEAD."""
        method = self.request.method.upper()
        return "GET" if method == "HEAD" else method

    @property
    def local(self) -> bool:
        """Whether it was sent from this machine over loopback."""
        return is_loopback(self.client)

    @property
    def addressed_to_us(self) -> bool:
        """Whether the Host is one of this machine's own names.

        A page elsewhere may let its own name lead to this machine; the browser then takes us for that page.
        """
        try:
            host = urlsplit(self.request.origin).hostname or ""
        except ValueError:
            return False
        return is_loopback(host)

    @property
    def wants_page(self) -> bool:
        """Whether a browser asks for something to show."""
        return self.verb == "GET" and "text/html" in self.request.headers.get("accept", "")

    def asked(self, name: str) -> str:
        """A value of the query; "" where there is none."""
        return parse_qs(self.request.query, max_num_fields=MOST_FIELDS).get(name, [""])[0]

    @property
    def countable(self) -> bool:
        """Whether the query names no more values than any page of ours asks for."""
        return self.request.query.count("&") < MOST_FIELDS

    @property
    def readable(self) -> bool:
        """Whether the body is a form that can be read, and no larger than any form of ours."""
        kind = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _FORM or len(self.request.body) > LARGEST_FORM:
            return False
        return self.request.body.count(b"&") < MOST_FIELDS

    def form(self) -> dict[str, list[str]]:
        """The fields of a posted form, line ends as one letter."""
        text = self.request.body.decode("utf-8", "replace")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        return {name: [value.replace("\r\n", "\n") for value in values] for name, values in fields.items()}

    def cookie(self, name: str) -> str:
        """A cookie's value, decoded; "" where there is none."""
        for part in self.request.headers.get("cookie", "").split(";"):
            key, equals, value = part.strip().partition("=")
            if equals and key == name:
                return unquote(value)
        return ""
