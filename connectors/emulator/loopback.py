"""Which names and addresses can only mean this machine."""

from ipaddress import IPv6Address, ip_address

HOSTS = ("127.0.0.1", "::1", "localhost")
"""The names that a server here goes by."""


def is_loopback(name: str) -> bool:
    """Whether a host is loopback: a name, or an address without brackets, even an IPv4 address written as IPv6."""
    if name.lower() == "localhost":
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
