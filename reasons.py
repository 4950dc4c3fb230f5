"""The stable codes behind every verdict other than PASS, and the remedy for each.

An error class of any package carries one of these codes as `code`; the workflow turns the error
into a `Reason`. Codes are part of the public interface: they are never renamed.
"""

from __future__ import annotations

from typing import Final

REMEDIES: Final[dict[str, str]] = {
    # reaching the conductor
    "name-unresolved": "Check hostname in inventory/hosts.yaml, or use the address.",
    "unreachable": "Check address, port and firewall; HTTPS on port 4343 must be reachable.",
    "tls-failed": "Point tls_ca at the issuing CA, or pin the certificate with tls_fingerprint.",
    "timeout": "Look at the conductor's load; raise the named timeout if it is slow.",
    # the session
    "secret-missing": "Set the environment variable or the secrets file entry named.",
    "login-refused": "Check user name and password; do not retry before you know, accounts lock.",
    "session-limit": "Log out idle sessions on the conductor or raise its session limit.",
    "session-expired": "Raise the web-server session timeout on the conductor.",
    "not-permitted": "Give the backup account a management role that may back up and copy (root).",
    # the device's answers
    "device-error": "Read the device's words; run the same command on its CLI.",
    "bad-reply": "Check that the address is a conductor's API, not a portal, proxy or other box.",
    "unsupported": "This ArubaOS release lacks that API object; see docs/operating.md.",
    # the conductor's state
    "flash-full": "Delete old files from the conductor's flash, then run again for this host.",
    "wrong-conductor": "Compare hostname and serial with the inventory; a VIP may have moved.",
    "role-changed": "A fail-over happened during the run; back up both members of the pair again.",
    "device-busy": "Wait until the upgrade, reload or commit is over, then run again.",
    "pair-roles": "Look at show database synchronize and the redundancy state of both members.",
    "failed-over": "Find out why the pair failed over; nothing is wrong with the backups.",
    "clock-skew": "Configure NTP on the conductor.",
    "name-not-honoured": "Nothing: this release ignores the file name; the default name was used.",
    "archive-missing": "Run the backup on the conductor's CLI and look at its flash with dir.",
    "left-over": "Delete the named files from the conductor's flash; the next run tries again.",
    # the transfer
    "receiver-down": "Free the receiver's address and port, or change them in the settings.",
    "server-down": "Check server.address, account and folder; see docs/external-server.md.",
    "server-key": "Compare the host key with the server's own; change the settings if it is right.",
    "left-on-server": "Let the account delete what it read, or set server.remove: false.",
    "not-received": "Check that the conductor can reach the receiver's address on port 22.",
    "transfer-refused": "Read the receiver's words; the conductor offered something unexpected.",
    "transfer-cut": "Check the path between conductor and backup server, then run again.",
    "algorithm-mismatch": "Set receiver.legacy_algorithms: true if this device has nothing newer.",
    "too-large": "Raise receiver.max_file_mb if the archive is meant to be this large.",
    "unverified": "Configure a landing folder or SFTP read-back so that the copy can be proven.",
    # the proof
    "archive-damaged": "Run again for this host; if it repeats, check the conductor's flash.",
    "archive-unsafe": "Look at the quarantined file with care; a flash archive never holds this.",
    "config-incomplete": "Run again for this host; compare with show running-config.",
    "wrong-content": "The file is not what was asked for; look at it in the quarantine.",
    "identity-changed": "If the box was replaced or renamed: runbook.py accept HOST --reason TEXT.",
    "size-changed": "If it is meant to be so from now on: runbook.py accept HOST --reason TEXT.",
    "stanzas-missing": "If this was not meant, see what is gone: runbook.py diff HOST.",
    # the vault
    "vault-full": "Free space on the vault's file system; pruning generations is not the remedy.",
    "vault-unwritable": "Check owner, mount and permissions of the vault folder.",
    "vault-failed": "Read the message; the vault's file system refused an operation.",
    "vault-locked": "Wait until the other run ends, or end it; then run again.",
    # the run
    "cancelled": "Nothing was lost; run again for this host.",
    "deadline": "Raise the deadline in the settings, or see why the conductor is slow.",
    "internal-error": "This is a defect of the program: report it with the log.",
}
