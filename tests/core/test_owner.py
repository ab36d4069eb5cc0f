"""The owner's token: made once, private, and asked for wherever somebody else could be at the other end."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NearfieldError
from core.owner import (
    PROXIES_VARIABLE,
    TOKEN_FILE,
    address_of,
    is_local,
    is_token,
    owner_token,
    sender_of,
    was_passed_on,
)


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_only_the_own_machine_reaches_a_loopback_address(address: str) -> None:
    assert is_local(address)


@pytest.mark.parametrize("address", [None, "", "0.0.0.0", "::", "192.168.0.2", "example.org", "unix:///tmp/socket"])
def test_others_reach_every_other_address(address: str | None) -> None:
    assert not is_local(address)


def test_a_request_through_a_proxy_may_come_from_anywhere() -> None:
    assert was_passed_on({"X-Forwarded-For": "10.0.0.1"})
    assert not was_passed_on({"Host": "localhost:8501"})


def test_a_token_is_made_once_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    token = owner_token(tmp_path / "data")
    file = tmp_path / "data" / TOKEN_FILE
    assert owner_token(tmp_path / "data") == token
    assert owner_token(tmp_path / "other") != token
    assert [each.name for each in file.parent.iterdir()] == [TOKEN_FILE]
    file.chmod(0o644)
    assert owner_token(tmp_path / "data") == token
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("given", ["", "0" * 32, "é" * 32, "0" * 31])
def test_only_the_token_is_right(tmp_path: Path, given: str) -> None:
    assert is_token(tmp_path, f" {owner_token(tmp_path)}\n")
    assert not is_token(tmp_path, given)


def test_a_file_that_holds_no_token_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).write_text("\n")
    with pytest.raises(NearfieldError, match="holds no token"):
        is_token(tmp_path, "")


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        (None, "", "", None),
        (None, "6.6.6.6, 1.2.3.4", "", "1.2.3.4"),
        ("5.5.5.5", "6.6.6.6", "", "5.5.5.5"),
        ("172.17.0.1", "6.6.6.6, 1.2.3.4", "1", "1.2.3.4"),
        ("172.17.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.1", "2", "1.2.3.4"),
        ("172.17.0.1", "1.2.3.4", "2", "172.17.0.1"),
        (None, "1.2.3.4", "0", None),
    ],
)
def test_only_what_trusted_proxies_add_counts_as_an_address(
    monkeypatch: pytest.MonkeyPatch, peer: str | None, forwarded: str, proxies: str, address: str | None
) -> None:
    monkeypatch.setenv(PROXIES_VARIABLE, proxies)
    assert address_of(peer, forwarded) == address


def test_a_sender_tells_no_address_and_is_a_whole_network_of_ipv6(tmp_path: Path) -> None:
    one = sender_of(tmp_path, "1.2.3.4")
    assert one == sender_of(tmp_path, "::ffff:1.2.3.4")
    assert one not in ("", sender_of(tmp_path, "1.2.3.5"), sender_of(tmp_path / "other", "1.2.3.4"))
    assert sender_of(tmp_path, "2001:db8::1") == sender_of(tmp_path, "2001:db8::ffff:2")
    assert sender_of(tmp_path, "2001:db8::1") != sender_of(tmp_path, "2001:db8:0:1::1")
    assert {sender_of(tmp_path, text) for text in (None, "", "unknown", "1.2.3.4:80")} == {""}
