"""Where browsers find a console: on this computer, and from others."""

import socket

import pytest

from console.web.serving import addresses


def test_addresses_for_others_are_said_where_others_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "own_addresses", lambda: ["192.168.1.5"])
    assert addresses.addresses_of("0.0.0.0", 80) == ("http://localhost:80/", "http://192.168.1.5:80/")
    assert addresses.addresses_of("::1", 8000) == ("http://localhost:8000/",)
    assert addresses.addresses_of("10.0.0.7", 8000) == ("http://10.0.0.7:8000/",)


def test_its_own_loop_is_no_address_for_others() -> None:
    assert not [address for address in addresses.own_addresses() if address.startswith("127.")]
    assert socket.gethostname().lower() in addresses.own_hosts()
