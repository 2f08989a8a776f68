"""Plain HTTP to a SharePoint, real or embedded, with a token and nothing of the connector."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

NO_METADATA = "application/json;odata=nometadata"


@dataclass
class Remote:
    """`origin` is scheme, host and port. Paths are server-relative, or absolute addresses.

    A request that the host holds back is repeated once after `sleep`; where that is None, the answer stands.
    """

    origin: str
    token: Callable[[], str]
    session: requests.Session = field(default_factory=requests.Session)
    sleep: Callable[[float], None] | None = time.sleep

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: str = NO_METADATA,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request; a body that is not bytes or text is sent as JSON."""
        sent = {"Accept": accept, "Authorization": f"Bearer {self.token()}"} | dict(headers or {})
        url = path if "://" in path else self.origin + path
        content = {"data": body} if isinstance(body, bytes | str) else {} if body is None else {"json": body}
        if "json" in content:
            sent.setdefault("Content-Type", NO_METADATA)
        answer = self.session.request(method, url, headers=sent, timeout=60, **content)
        if self.sleep is None or answer.status_code not in {429, 503} or "Retry-After" not in answer.headers:
            return answer
        self.sleep(float(answer.headers["Retry-After"]))
        return self.session.request(method, url, headers=sent, timeout=60, **content)

    def get(self, path: str, **options: Any) -> requests.Response:
        """GET."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> requests.Response:
        """POST."""
        return self.send("POST", path, body, **options)

    def merge(self, path: str, body: Any, *, etag: str | None = "*", **options: Any) -> requests.Response:
        """POST with X-HTTP-Method MERGE; no If-Match where `etag` is None."""
        headers = {"X-HTTP-Method": "MERGE"} | ({"If-Match": etag} if etag is not None else {})
        return self.send("POST", path, body, headers=headers | options.pop("headers", {}), **options)

    def delete(self, path: str) -> requests.Response:
        """POST with X-HTTP-Method DELETE."""
        return self.post(path, headers={"X-HTTP-Method": "DELETE", "If-Match": "*"})
