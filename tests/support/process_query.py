"""ProcessQuery as a client sends it: values set on items of one list, and one of three ways to save them."""

from typing import Any
from xml.sax.saxutils import escape

from connectors.emulator.state.lists import SpList
from connectors.emulator.state.versions import Item
from tests.support.emulator import Direct, DirectAnswer

NAMESPACE = "http://schemas.microsoft.com/sharepoint/clientquery/2009"


class QueryClient:
    """Builds requests for the items of one list."""

    def __init__(self, emulator: Direct, title: str = "Projects") -> None:
        self.emulator = emulator
        found = emulator.site.list_titled(title)
        assert found is not None
        self.list: SpList = found

    def item(self, number: int = 1) -> Item:
        return self.list.item(number)

    def identity(self, number: int, **other: str) -> str:
        parts = {"site": self.emulator.site.id, "web": self.emulator.site.web_id, "list": self.list.id} | other
        path = ":".join(f"{name}:{value}" for name, value in parts.items())
        return f"121a659f-e03e-2000-4281-1212829d67dd|740c6a0b-85e2-48a0-a494-e0f1759d4aa7:{path}:item:{number},1"

    def body(self, actions: str, paths: dict[int, str]) -> str:
        """The request itself."""
        identities = "".join(f'<Identity Id="{key}" Name="{escape(name)}" />' for key, name in paths.items())
        return (
            f'<Request AddExpandoFieldTypeSuffix="true" SchemaVersion="15.0.0.0" xmlns="{NAMESPACE}">'
            f"<Actions>{actions}</Actions><ObjectPaths>{identities}</ObjectPaths></Request>"
        )

    def send(self, actions: str, paths: dict[int, str]) -> DirectAnswer:
        return self.post(self.body(actions, paths))

    def post(self, body: str) -> DirectAnswer:
        service = f"{self.emulator.site.path}/_vti_bin/client.svc/ProcessQuery"
        return self.emulator.post(service, body, headers={"Content-Type": "text/xml"})

    def save(self, mode: str, parameter: str, *, field: str = "Status", number: int = 1) -> DirectAnswer:
        return self.send(set_value(field, parameter) + save(mode), {1: self.identity(number)})


def set_value(field: str, parameter: str, path: int = 1, method: str = "SetFieldValue") -> str:
    name = f'<Parameter Type="String">{field}</Parameter>'
    return f'<Method Name="{method}" Id="9" ObjectPathId="{path}"><Parameters>{name}{parameter}</Parameters></Method>'


def save(mode: str, path: int = 1) -> str:
    return f'<Method Name="{mode}" Id="10" ObjectPathId="{path}" />'


def text(value: str) -> str:
    return f'<Parameter Type="String">{escape(value)}</Parameter>'


def error(answer: DirectAnswer) -> dict[str, Any] | None:
    """What went wrong; None where everything was done."""
    assert answer.status_code == 200
    info = answer.json()[0]["ErrorInfo"]
    assert info is None or isinstance(info, dict)
    return info
