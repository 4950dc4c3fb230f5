"""Codes about the conductor: reaching it, the session, its answers, its state."""

from __future__ import annotations

from typing import Final

from reasons.meaning import AGAIN, Group, Meaning

REACHING: Final = Group(
    "Reaching the conductor",
    {
        "name-unresolved": Meaning(
            "The conductor's name in the inventory has no address.",
            "The resolver of the backup host knows no such name; nothing was sent.",
            "Check hostname in inventory/hosts.yaml, or use the address.",
        ),
        "unreachable": Meaning(
            "No connection to the conductor came about, or it broke.",
            "Connecting failed for as long as `retry_seconds` says, or an answer was cut short.",
            "Check address, port and firewall; HTTPS on port 4343 must be reachable.",
        ),
        "tls-failed": Meaning(
            "The conductor's certificate or the TLS handshake was refused; no password was sent.",
            "The chain, the name or the pinned fingerprint is not the one expected, the "
            "certificate has expired, or the two sides share no TLS version.",
            "Point tls_ca at the issuing CA, or pin the certificate with tls_fingerprint; if it is "
            "pinned, find out who changed it before you pin the one that it shows now.",
        ),
        "tls-unverified": Meaning(
            "Nobody checks whose certificate the conductor shows.",
            "`tls_verify` is off for it, and no fingerprint is pinned.",
            "Set tls_ca or tls_fingerprint and turn tls_verify on again.",
        ),
        "certificate-expiring": Meaning(
            "The conductor's certificate is valid for a few more days only, or no longer valid "
            "but pinned.",
            "The verb `check` reads the dates of the certificate that the conductor shows.",
            "Renew the conductor's certificate; with tls_fingerprint set, pin the new one.",
        ),
        "timeout": Meaning(
            "The conductor did not answer in full in time.",
            "One of the named timeouts of its settings ended a call; whether the conductor did "
            "what it was asked is looked up on its flash.",
            "Look at the conductor's load; raise the named timeout if it is slow.",
        ),
    },
)

SESSION: Final = Group(
    "The session",
    {
        "secret-missing": Meaning(
            "No user name or no password is known; nothing was contacted with it.",
            "Neither the environment nor the secrets file has one.",
            "Set the environment variable or the secrets file entry named.",
        ),
        "login-refused": Meaning(
            "The conductor refuses user name and password, or the account was not tried any more "
            "because other conductors refused it.",
            "The answer to the one login says so; a refused login is never repeated. Until one "
            "conductor has accepted an account, three refusals end its use; answers that were lost "
            "count beside a refusal.",
            "Check user name and password; do not retry before you know, accounts lock.",
        ),
        "session-limit": Meaning(
            "The conductor has no session left to give.",
            "The answer to the login says so.",
            "Log out idle sessions on the conductor or raise its session limit.",
        ),
        "session-expired": Meaning(
            "The session ended in the middle, and a second one as well.",
            "A call was answered with 401 or a login page, after one more login too.",
            "Raise the web-server session timeout on the conductor.",
        ),
        "not-permitted": Meaning(
            "The account may log in but not do what a backup needs.",
            "A call was answered with 403.",
            "Give the backup account a management role that may back up and copy (root).",
        ),
    },
)

ANSWERS: Final = Group(
    "The conductor's answers",
    {
        "device-error": Meaning(
            "The conductor says that it could not do what it was asked.",
            "A status in its answer is not 0, an error stands in it, or the words of success "
            "are missing.",
            "Read the device's words; run the same command on its CLI.",
        ),
        "bad-reply": Meaning(
            "The answer is none of this API's, so nothing is known.",
            "A web page, an empty body, a redirect or an unknown shape came.",
            "Check that the address is a conductor's API, not a portal, proxy or other box.",
        ),
        "unsupported": Meaning(
            "The release lacks something, or it is one that this program was not made for.",
            "The conductor calls the object invalid, or its release is not 8.2 or newer.",
            "This ArubaOS release lacks that API object; see docs/operating.md.",
        ),
    },
)

STATE: Final = Group(
    "The conductor's state",
    {
        "flash-full": Meaning(
            "The conductor's flash has too little room for the files of a run.",
            "`show storage` is read before anything is written, and compared with "
            "`min_free_flash_mb` and twice the last archive.",
            "Delete old files from the conductor's flash, then run again for this host.",
            AGAIN,
        ),
        "wrong-conductor": Meaning(
            "Another kind of box answers, another one after the transfers than before, or one that "
            "calls itself by another name of the inventory (a warning).",
            "Role, serial number, hardware address and host name are asked before and after.",
            "Compare hostname and serial with the inventory; a VIP may have moved.",
        ),
        "identity-changed": Meaning(
            "Another box answers under the name of one that was backed up before, or it was "
            "renamed (a warning).",
            "Serial number and hardware address differ from those that the vault recorded.",
            "If the box was replaced, accept the new one.",
            "runbook.py accept HOST --reason TEXT",
        ),
        "same-conductor": Meaning(
            "The box that answers belongs to another name of the inventory, or several names reach "
            "one box that was accepted under none of them.",
            "Serial number and hardware address are compared with those that the vault recorded "
            "for every other name, and with those of all conductors that answer in this run.",
            "Give each name the address of its own box, never the one that a pair shares, or "
            "remove one of the names. If the box is right here and moved from the other name: "
            "runbook.py accept HOST --reason TEXT.",
        ),
        "former-name": Meaning(
            "The box was backed up before under a name that is no longer in the inventory.",
            "The vault recorded its serial number or hardware address under that name.",
            "Nothing, if it was renamed: new backups go under the new name, and the older ones "
            "stay under the old one: runbook.py list.",
        ),
        "role-changed": Meaning(
            "The conductor's role before the backup is not its role after it.",
            "The role is asked before the first and after the last transfer.",
            "A fail-over happened during the run; back up both members of the pair again.",
        ),
        "standby-refused": Meaning(
            "The standby member of a pair does not write the files of a backup.",
            "Its role is standby, and it answers the call that makes a file with an error.",
            "Back the standby up on its CLI, or leave it out of the inventory; ask the vendor "
            "whether its release lets a standby write.",
        ),
        "device-busy": Meaning(
            "The conductor is busy with an upgrade, a reload, a commit or another backup.",
            "Its words say so for longer than `busy_seconds`.",
            "Wait until the upgrade, reload or commit is over, then run again for this host.",
            AGAIN,
        ),
        "pair-roles": Meaning(
            "Both members of a redundant pair say that they are active, or neither does.",
            "The roles of all members that answered in this run are compared.",
            "Look at show database synchronize and the redundancy state of both members.",
        ),
        "failed-over": Meaning(
            "A member of a pair has another role than at its last backup.",
            "Its role is compared with the one in its newest proven generation.",
            "Find out why the pair failed over; nothing is wrong with the backups.",
        ),
        "clock-skew": Meaning(
            "The conductor's clock differs from the backup host's.",
            "`show clock` is compared with the own clock; the limit is `max_clock_skew`.",
            "Configure NTP on the conductor.",
        ),
        "name-not-honoured": Meaning(
            "The release wrote the archive under its default name instead of the run's.",
            "The answer, or the flash's listing before and after, shows the default name.",
            "Nothing: this release ignores the file name; the default name was used.",
        ),
        "archive-missing": Meaning(
            "The conductor says that it made an archive that is not there.",
            "The listing of its flash shows neither the asked-for nor a new default name.",
            "Run the backup on the conductor's CLI and look at its flash with dir.",
        ),
        "left-over": Meaning(
            "Files of a run are still on the conductor's flash.",
            "They are in its listing after the clean-up, or on record for a run that did not "
            "remove them, or has not yet.",
            "The next run removes them; where it cannot, delete the named files from the "
            "conductor's flash while no run is under way.",
        ),
    },
)
