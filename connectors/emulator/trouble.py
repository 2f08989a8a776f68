"""The answers of a service in trouble, as values."""

from connectors.emulator.answers import Response

THROTTLE_PATH = "/_layouts/15/throttle.htm"
_PAGE = (
    "<!DOCTYPE html><html lang=en><head><title>Something's not right</title></head><body><h1>Something's not right</h1>"
    "<p>The page you requested is temporarily unavailable. We apologise for the inconvenience, please check back in a "
    "few minutes.</p></body></html>"
)


def throttle_page() -> Response:
    """The page that requests are redirected to which should have been 429."""
    return Response(200, {"Content-Type": "text/html; charset=utf-8"}, _PAGE.encode())
