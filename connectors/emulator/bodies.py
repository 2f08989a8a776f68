"""Reading the body of a request, and no more of it than anybody needs."""

from starlette.requests import Request

from connectors.emulator.state.whole_numbers import whole_number


async def body_within(http: Request, most: int) -> bytes | None:
    """The body; None where it has more bytes than `most`, and then the rest is not waited for.

    Raises ClientDisconnect where the client goes before it has sent all of it.
    """
    announced = http.headers.get("content-length", "")
    if (whole_number(announced) or 0) > most:
        return None
    body = bytearray()
    async for piece in http.stream():
        body += piece
        if len(body) > most:
            return None
    return bytes(body)
