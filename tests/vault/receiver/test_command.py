"""Which commands are uploads of the one file."""

from __future__ import annotations

import pytest

from vault.receiver import TransferRefused
from vault.receiver.command import check_command

NAME = "bk-20261123T020000Z-3f9c-running.cfg"


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        (f"scp -t {NAME}", False),
        (f"scp -p -t ./{NAME}", False),
        (f"scp -vpt -- {NAME}", False),
        (f'scp -t "{NAME}"', False),
        ("scp -t .", True),
        ("scp -d -t ./", True),
    ],
)
def test_upload_is_accepted(command: str, folder: bool) -> None:
    """The result says whether the client takes the target for a folder."""
    assert check_command(command, NAME) is folder


@pytest.mark.parametrize(
    "command",
    [
        "",
        "scp",
        "scp -t",
        "scp -t --",
        f"scp {NAME}",
        f"scp -f {NAME}",
        f"scp -tf {NAME}",
        f"scp -rt {NAME}",
        f"scp -t -S sh {NAME}",
        f"scp -t {NAME} {NAME}",
        f"scp -t {NAME};id",
        f"scp -t {NAME} && id",
        f"scp -t $(id){NAME}",
        f"scp -t ../{NAME}",
        f"scp -t /{NAME}",
        f"scp -t .//{NAME}",
        f"scp -t {NAME}/",
        f"scp -t {NAME}/.",
        f"scp -t ~/{NAME}",
        f"scp -t x{NAME}",
        f"scp -t {NAME.upper()}",
        f"scp -t {NAME}\x00",
        f"scp -d -t {NAME}",
        "scp -t ..",
        "scp -t /",
        "scp -t ''",
        f"scp -t '{NAME}",
        f"sh -c 'scp -t {NAME}'",
        f"/bin/scp -t {NAME}",
        f"sftp {NAME}",
        "rsync --server .",
        "\u0000\u202e",
    ],
)
def test_everything_else_is_refused(command: str) -> None:
    """The message is one line of printable ASCII, fit for any client."""
    with pytest.raises(TransferRefused) as caught:
        check_command(command, NAME)

    text = str(caught.value)
    assert text.isascii()
    assert text.isprintable()
