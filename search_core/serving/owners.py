"""Whose a request is: the address it comes from, as far as it cannot be made up.

A session's name and a cookie are whatever the client says. The address of the connection is not;
behind proxies it is the proxy's, and what each of them saw stands in a header to which it added
at the right. What stands further left than the trusted ones added is the client's own word.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

_FOR = re.compile(r'(?:^|;)\s*for\s*=\s*("(?:[^"\\]|\\.)*"|[^;,\s]+)', re.IGNORECASE)
_MOST_HOPS = 64
_NETWORK_BITS = 64
"""Of an IPv6 address: what one subscriber has of it (RFC 6177 gives a site at least that)."""


def owner_of(peer: str, headers: Mapping[str, str], trusted_proxies: int = 0) -> str:
    """The visitor's network address: IPv4 whole, IPv6 by its /64, anything else as it is.

    Args:
        peer: Address of the other end of the connection; "" if unknown.
        headers: Of the request, names in lower case. Of the `Forwarded` (RFC 7239) and
            `X-Forwarded-For` that are there the former counts.
        trusted_proxies: How many proxies stand before the server, each of which adds to that
            header the address that it saw. 0: the header is not looked at.
    """
    hops = [*_forwarded(headers), peer] if trusted_proxies > 0 else [peer]
    # With fewer hops than proxies one of them said nothing: the left-most is the best there is.
    return _network(hops[max(0, len(hops) - 1 - trusted_proxies)])


def _forwarded(headers: Mapping[str, str]) -> list[str]:
    """Addresses as the proxies saw them, the nearest last."""
    standard = headers.get("forwarded", "")
    if standard:
        found = []
        for element in _elements(standard)[-_MOST_HOPS:]:
            match = _FOR.search(element)
            found.append(match.group(1).strip('"').replace("\\", "") if match else "unknown")
        return found
    usual = headers.get("x-forwarded-for", "")
    return [part.strip() for part in usual.split(",")[-_MOST_HOPS:]] if usual else []


def _elements(header: str) -> list[str]:
    """The header between its commas, of which those in quotation marks are none."""
    return re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^,"]|")+', header)


def _network(text: str) -> str:
    address = _address(text)
    if address is None:
        return text[:100]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(address), _NETWORK_BITS), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address, with a port or without."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        return ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
