"""What the emulator's own fault plan does not do: answers no SharePoint gives, and tests that act in the middle.

    app = Faults(create_app(service))
    app.add(path=r"/items", answer=200, headers={"Content-Type": "text/html"}, body=b"<html>")
    app.add(path=r"p_ID", before=lambda: world.delete_list())                   # something happens just before

The first rule that fits a request is the only one that acts on it.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

ASGIApp = Callable[[Any, Any, Any], Any]


@dataclass
class Rule:
    """`path` is searched in the decoded path and query; of the requests that fit, the first `times` are meant (None:
    all). `hits` counts those that fit."""

    path: str = ""
    times: int | None = None
    answer: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    before: Callable[[], object] | None = None
    hits: int = 0

    def fits(self, target: str) -> bool:
        if not re.search(self.path, target, re.IGNORECASE):
            return False
        self.hits += 1
        return self.times is None or self.hits <= self.times


class Faults:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.rules: list[Rule] = []

    def add(self, **what: Any) -> Rule:
        rule = Rule(**what)
        self.rules.append(rule)
        return rule

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"").decode()
        target = unquote(scope["path"] + (f"?{query}" if query else ""))
        rule = next((rule for rule in self.rules if rule.fits(target)), None)
        if rule is not None and rule.before is not None:
            # In a thread, so that it may ask this very server for something.
            await asyncio.to_thread(rule.before)
        if rule is None or rule.answer is None:
            await self.app(scope, receive, send)
        else:
            await self._answer(rule, receive, send)

    async def _answer(self, rule: Rule, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        length = str(len(rule.body))
        headers = [(k.lower().encode(), v.encode()) for k, v in {"Content-Length": length, **rule.headers}.items()]
        await send({"type": "http.response.start", "status": rule.answer, "headers": headers})
        await send({"type": "http.response.body", "body": rule.body})
