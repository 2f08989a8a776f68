"""Time zones as SharePoint numbers them.

A site names its zone by a small integer; the wire carries that number, a description and the bias in minutes.
The IANA name is ours: it is what turns a date into the instant of midnight at that site.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

DEFAULT_ZONE = 2


@dataclass(frozen=True, slots=True)
class SiteZone:
    """One row of SharePoint's table: `bias` is minutes west of UTC in winter, `daylight_bias` is added in summer."""

    id: int
    description: str
    iana: str
    bias: int
    daylight_bias: int = -60

    @property
    def zone(self) -> ZoneInfo:
        """The zone's rules."""
        return ZoneInfo(self.iana)


_ROWS = (
    SiteZone(2, "(UTC) Dublin, Edinburgh, Lisbon, London", "Europe/London", 0),
    SiteZone(3, "(UTC+01:00) Brussels, Copenhagen, Madrid, Paris", "Europe/Paris", -60),
    SiteZone(4, "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin", -60),
    SiteZone(10, "(UTC-05:00) Eastern Time (US and Canada)", "America/New_York", 300),
    SiteZone(11, "(UTC-06:00) Central Time (US and Canada)", "America/Chicago", 360),
    SiteZone(12, "(UTC-07:00) Mountain Time (US and Canada)", "America/Denver", 420),
    SiteZone(13, "(UTC-08:00) Pacific Time (US and Canada)", "America/Los_Angeles", 480),
    SiteZone(17, "(UTC+12:00) Auckland, Wellington", "Pacific/Auckland", -720),
    SiteZone(20, "(UTC+09:00) Osaka, Sapporo, Tokyo", "Asia/Tokyo", -540, 0),
    SiteZone(23, "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata", -330, 0),
    SiteZone(76, "(UTC+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney", -600),
    SiteZone(93, "(UTC) Coordinated Universal Time", "UTC", 0, 0),
)

ZONES: dict[int, SiteZone] = {row.id: row for row in _ROWS}
