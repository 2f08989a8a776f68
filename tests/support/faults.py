"""Trouble on the way to a server: one ASGI wrapper with a short list of rules.

    app = Faults(create_app(world))
    app.add(path=r"/items", answer=429, headers={"Retry-After": "7"}, times=1)
    app.add(method="GET", path=r"p_ID", cut=True)                                  # the body stops in the middle
    app.add(path=r"ProcessQuery", drop=True, after=True)                            # done, but the answer is lost
    app.add(path=r"p_ID", before=lambda: world.delete_list())                       # something happens just before

The first rule that fits a request is the only one that acts on it. Every request is kept in `seen`.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import unquote

ASGIApp = Callable[[Any, Any, Any], Any]


@dataclass
class Rule:
    """`path` is searched in the decoded path and query. `first` and `times` say which of the matching requests are
    meant: from the first-th on, that many (None: all)."""

    method: str | None = None
    path: str = ""
    first: int = 1
    times: int | None = None
    answer: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False
    drop: bool = False
    after: bool = False
    before: Callable[[], object] | None = None
    hits: int = 0

    def fits(self, method: str, target: str) -> bool:
        if (self.method is not None and self.method != method) or not re.search(self.path, target, re.IGNORECASE):
            return False
        self.hits += 1
        return self.hits >= self.first and (self.times is None or self.hits < self.first + self.times)


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: Mapping[str, str]
    at: datetime | None


class Faults:
    """`now` tells the time that `seen` notes with every request."""

    def __init__(self, app: ASGIApp, now: Callable[[], datetime] | None = None) -> None:
        self.app = app
        self.now = now
        self.rules: list[Rule] = []
        self.seen: list[Seen] = []

    def add(self, **what: Any) -> Rule:
        rule = Rule(**what)
        self.rules.append(rule)
        return rule

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        query = scope.get("query_string", b"").decode()
        target = unquote(scope["path"] + (f"?{query}" if query else ""))
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        self.seen.append(Seen(scope["method"], target, headers, self.now() if self.now else None))
        rule = next((rule for rule in self.rules if rule.fits(scope["method"], target)), None)
        await self._pass_on(rule, scope, receive, send)

    async def _pass_on(self, rule: Rule | None, scope: Any, receive: Any, send: Any) -> None:
        if rule is None:
            await self.app(scope, receive, send)
            return
        if rule.before is not None:
            # In a thread, so that it may ask this very server for something.
            await asyncio.to_thread(rule.before)
        if rule.drop:
            await self._drop(rule, scope, receive, send)
        elif rule.cut:
            await self._cut(scope, receive, send)
        elif rule.answer is not None:
            await self._answer(rule, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _answer(self, rule: Rule, receive: Any, send: Any) -> None:
        await _read(receive)
        length = str(len(rule.body))
        headers = [(k.lower().encode(), v.encode()) for k, v in {"Content-Length": length, **rule.headers}.items()]
        await send({"type": "http.response.start", "status": rule.answer, "headers": headers})
        await send({"type": "http.response.body", "body": rule.body})

    async def _cut(self, scope: Any, receive: Any, send: Any) -> None:
        """The right answer's head, half of its body, and then nothing."""
        messages = await self._collected(scope, receive)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        await send(messages[0])
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        await self._hang_up(receive, send)

    async def _drop(self, rule: Rule, scope: Any, receive: Any, send: Any) -> None:
        if rule.after:
            await self._collected(scope, receive)
        else:
            await _read(receive)
        await self._hang_up(receive, send)

    async def _collected(self, scope: Any, receive: Any) -> list[Any]:
        messages: list[Any] = []

        async def keep(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        return messages

    async def _hang_up(self, receive: Any, send: Any) -> None:
        # uvicorn hands an application the `send` of its own cycle; the connection underneath is what must close.
        send.__self__.transport.close()
        while (await receive())["type"] != "http.disconnect":
            pass


async def _read(receive: Any) -> None:
    while (await receive()).get("more_body"):
        pass
