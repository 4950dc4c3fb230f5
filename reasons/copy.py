"""Codes about a copy: the way into the vault, and the proof."""

from __future__ import annotations

from typing import Final

from reasons.meaning import AGAIN, Group, Meaning

DIFF: Final = "runbook.py diff HOST"

TRANSFER: Final = Group(
    "The transfer",
    {
        "receiver-down": Meaning(
            "The receiver cannot listen, or does not answer where conductors are told to push.",
            "Binding its port or reading its host keys failed before any conductor was asked, or "
            "another server answers there; or its process was killed more often than it is started "
            "again.",
            "Free the receiver's address and port, or change them in the settings. Where its "
            "process was killed, give this host more memory, or run fewer conductors at once "
            "(--workers).",
        ),
        "server-down": Meaning(
            "The SCP server, or the way to look at it, cannot be used.",
            "The landing folder cannot be opened, the read-back account cannot log in, or the "
            "server stopped answering.",
            "Check server.address, account and folder; see docs/external-server.md.",
        ),
        "server-key": Meaning(
            "The SCP server shows another host key than the one configured; nothing was sent.",
            "The key is compared before the read-back account logs in.",
            "Compare the host key with the server's own; change the settings if it is right.",
        ),
        "left-on-server": Meaning(
            "The copy is in the vault, and one more is still on the SCP server.",
            "Deleting it there was refused.",
            "Let the account delete what it read, or set server.remove: false.",
        ),
        "receiver-unreached": Meaning(
            "The conductor got no connection to where it pushes.",
            "Its SCP client says that the connection was refused or timed out or that there is no "
            "way; nothing came, and nobody was seen to connect.",
            "Conductors push to port 22 of the receiver's address and to no other: forward that "
            "port to the one on which the receiver listens "
            "(docs/operating.md#receiving-on-port-22), and look at the firewalls between.",
        ),
        "not-received": Meaning(
            "The conductor did not bring the file, whatever it says.",
            "No transfer was begun for it within `transfer_timeout`.",
            "Check that the conductor can reach the receiver's address on port 22.",
        ),
        "host-key-changed": Meaning(
            "The conductor remembers another SSH host key for the address that it pushes to.",
            "Its SCP client says so, in the words of OpenSSH; nothing was sent.",
            "Put the old key back, or type on the conductor: delete ssh-host-addr ADDRESS, with "
            "the address that it pushes to (delete ssh-known-hosts forgets all servers).",
        ),
        "transfer-refused": Meaning(
            "What came is not what was expected: an empty file, another name, a second file, "
            "another address.",
            "The receiver compares each transfer with the ticket that was issued for it.",
            "The words say what was refused. An empty file: see with dir what is on the "
            "conductor's flash and whether it is full, then run again. Another address: set "
            "pushes_from. A wrong password, name or command: see what else pushes to this address.",
        ),
        "transfer-cut": Meaning(
            "The upload ended before the file was whole.",
            "Fewer bytes came than were announced, in two attempts.",
            "Check the path between conductor and backup server, then run again for this host.",
            AGAIN,
        ),
        "algorithm-mismatch": Meaning(
            "Conductor and receiver share no SSH algorithm of some kind.",
            "The receiver reads what the conductor offers; the message names the kind.",
            "Set receiver.legacy_algorithms: true if this device has nothing newer.",
        ),
        "too-large": Meaning(
            "The file is larger than any is allowed to be.",
            "The conductor announces its size before the first byte.",
            "Raise receiver.max_file_mb if the archive is meant to be this large.",
        ),
        "unverified": Meaning(
            "The conductor says that it sent the files; nobody looked, so it is no proven copy.",
            "The SCP server has neither a landing folder nor an account to read back.",
            "Configure a landing folder or SFTP read-back so that the copy can be proven.",
        ),
    },
)

PROOF: Final = Group(
    "The proof",
    {
        "archive-damaged": Meaning(
            "The archive is not whole, or not what was proven when it was stored.",
            "It is read to its last byte: every checksum, every header, the end of the tar.",
            "Run again for this host; if it repeats, check the conductor's flash.",
            AGAIN,
        ),
        "archive-unsafe": Meaning(
            "The archive holds what would be dangerous to unpack.",
            "Names that lead out of it, devices, or far more data than its size allows.",
            "Look at the quarantined file with care; a flash archive never holds this.",
        ),
        "config-incomplete": Meaning(
            "The running configuration is cut short, or is none.",
            "It has too few lines, no closing `end`, or does not name the conductor.",
            "Run again for this host; compare with show running-config.",
            AGAIN,
        ),
        "wrong-content": Meaning(
            "The file is of another kind than the one asked for.",
            "Its first bytes are not those of such a file.",
            "The file is not what was asked for; look at it in the quarantine.",
        ),
        "size-changed": Meaning(
            "A file is much smaller or larger than usual.",
            "Size and lines are compared with the median of the last five proven generations.",
            "Compare with the last generation.",
            DIFF,
        ),
        "stanzas-missing": Meaning(
            "The running configuration has lost all of some kind of stanza.",
            "The kinds are compared with those of the newest proven generation.",
            "If this was not meant, see what is gone.",
            DIFF,
        ),
    },
)
