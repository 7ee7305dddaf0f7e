"""Whose a request is: what the client says of itself changes nothing."""

from __future__ import annotations

import pytest

from search_core.serving import owner_of

PROXY, CLIENT, LIE = "10.0.0.1", "203.0.113.7", "8.8.8.8"


def test_without_trusted_proxies_headers_count_for_nothing() -> None:
    headers = {"x-forwarded-for": LIE, "forwarded": f"for={LIE}"}
    assert owner_of(CLIENT, headers) == CLIENT


@pytest.mark.parametrize(
    ("header", "trusted", "owner"),
    [
        (CLIENT, 1, CLIENT),
        (f"{LIE}, {CLIENT}", 1, CLIENT),
        (f"{LIE}, {LIE},{CLIENT}", 1, CLIENT),
        (f"{LIE}, {CLIENT}, 10.0.0.2", 2, CLIENT),
        (f"{CLIENT}:51234", 1, CLIENT),
        # One of the proxies says nothing: the nearest there is, never what stands beyond.
        (CLIENT, 3, CLIENT),
        ("", 1, PROXY),
        ("not an address", 1, "not an address"),
    ],
)
def test_the_right_most_that_no_trusted_proxy_has_is_the_visitor(
    header: str, trusted: int, owner: str
) -> None:
    assert owner_of(PROXY, {"x-forwarded-for": header}, trusted) == owner


def test_a_client_cannot_choose_its_owner_behind_a_proxy() -> None:
    lies = ["", "1.1.1.1, ", "1.1.1.1, 2.2.2.2, ", "x" * 5000 + ", ", ", " * 500]
    owners = {owner_of(PROXY, {"x-forwarded-for": f"{lie}{CLIENT}"}, 1) for lie in lies}
    assert owners == {CLIENT}
    standard = ["", 'for="a,b", ', "for=1.1.1.1;by=2.2.2.2, ", '"', 'for="x, ']
    for lie in standard[:3]:
        assert owner_of(PROXY, {"forwarded": f"{lie}for={CLIENT}"}, 1) == CLIENT


@pytest.mark.parametrize(
    ("header", "owner"),
    [
        (f"for={CLIENT}", CLIENT),
        (f'for="{CLIENT}:80";proto=https;by=10.0.0.3', CLIENT),
        (f"by=10.0.0.3; For={CLIENT}", CLIENT),
        (f"for={LIE}, for={CLIENT}", CLIENT),
        ('for="[2001:db8:cafe:1::17]:4711"', "2001:db8:cafe:1::/64"),
        ("for=_hidden", "_hidden"),
        ("proto=https", "unknown"),
    ],
)
def test_the_standard_header_is_read_and_goes_before_the_usual_one(header: str, owner: str) -> None:
    headers = {"forwarded": header, "x-forwarded-for": LIE}
    assert owner_of(PROXY, headers, 1) == owner


@pytest.mark.parametrize(
    ("peer", "owner"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", CLIENT),
        ("::1", "::/64"),
        ("", ""),
        ("y" * 1000, "y" * 100),
    ],
)
def test_ipv6_counts_by_its_network(peer: str, owner: str) -> None:
    assert owner_of(peer, {}) == owner
