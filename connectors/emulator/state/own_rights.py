"""Rights that a list has of its own, when it no longer inherits the site's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OwnRights:
    """Who may open a list that was cut off from its site's rights.

    `copied`: everybody the site lets in, as at the site. Otherwise those who may manage the site, and `holder`: the
    login of the person, or the client id of the application, that cut it off.
    """

    copied: bool
    holder: str

    def admits(self, who: str) -> bool:
        """Whether somebody who does not manage the site may do there what the site lets them do."""
        return self.copied or who == self.holder
