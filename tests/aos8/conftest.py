"""One certificate, one scripted device and one client for each test that asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from aos8 import Aos8Client, Timeouts, Tls
from tests.support.certificates import ServerCertificate, make_certificate
from tests.support.scripted_device import ScriptedDevice

PASSWORD = "s3cret&100%+#ü pass"

MakeClient = Callable[..., Aos8Client]


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1", "::1")


@pytest.fixture
def device(certificate: ServerCertificate) -> Iterator[ScriptedDevice]:
    with ScriptedDevice(certificate.chain) as server:
        yield server


@pytest.fixture
def make_client(device: ScriptedDevice, certificate: ServerCertificate) -> Iterator[MakeClient]:
    made: list[Aos8Client] = []

    def make(**changes: object) -> Aos8Client:
        options: dict[str, object] = {
            "host": device.host,
            "port": device.port,
            "username": "backup",
            "password": PASSWORD,
            "tls": Tls(ca=certificate.ca),
            "timeouts": Timeouts(connect=5, read=20, backup=20, copy=20, logout=5),
        }
        made.append(Aos8Client(**(options | changes)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for client in made:
        client._transport.close()


@pytest.fixture
def client(make_client: MakeClient) -> Aos8Client:
    opened = make_client()
    opened.login()
    return opened
