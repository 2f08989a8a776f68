"""People and principals as a site knows them."""

from dataclasses import dataclass

APP_LOGIN = "i:0i.t|00000003-0000-0ff1-ce00-000000000000|app@sharepoint"
APP_ID = 1073741822
FIRST_USER_ID = 7


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the directory: known to the tenant, whether or not a site has met them."""

    login: str
    name: str
    email: str = ""
    department: str = ""
    job_title: str = ""

    @property
    def principal_name(self) -> str | None:
        """The sign-in name, where the login carries one."""
        last = self.login.rsplit("|", 1)[-1]
        return last if "@" in last and self.login.startswith("i:0#") else None

    def answers_to(self, text: str) -> bool:
        """Whether this login, address or sign-in name means the person."""
        wanted = text.strip().lower()
        return wanted in {self.login.lower(), self.email.lower(), (self.principal_name or "").lower()} - {""}


@dataclass(frozen=True, slots=True)
class User:
    """A person as one site numbers them."""

    id: int
    person: Person
    guid: str

    @property
    def title(self) -> str:
        """The display name."""
        return self.person.name


APP_PERSON = Person(login=APP_LOGIN, name="SharePoint App")
