"""Codes about the backup host: the vault, the run, the mail."""

from __future__ import annotations

from typing import Final

from reasons.meaning import AGAIN, Group, Meaning

VAULT: Final = Group(
    "The vault",
    {
        "vault-full": Meaning(
            "The vault's file system has, or would have, too little room.",
            "Free space is compared with `vault.min_free_mb` before and during a run, or the "
            "file system said so.",
            "Free space on the vault's file system; pruning generations is not the remedy.",
        ),
        "vault-unwritable": Meaning(
            "The vault is missing, not mounted, read-only, somebody else's, or no vault at all.",
            "Its mark is looked for and a file is written before any conductor is asked.",
            "Check owner, mount and permissions of the vault folder.",
        ),
        "vault-failed": Meaning(
            "The vault's file system refused something, or a file in it is broken.",
            "An operation failed in a way that is neither lack of room nor of permission.",
            "Read the message; the vault's file system refused an operation.",
        ),
        "vault-locked": Meaning(
            "Another run holds the vault.",
            "The kernel's lock on it is taken; the holder's words say who and since when.",
            "Wait until the other run ends, or end it; then run again.",
        ),
    },
)

MAIL: Final = Group(
    "The mail",
    {
        "mail-not-sent": Meaning(
            "The mail relay does not take the report.",
            "Connecting, STARTTLS, the login or the hand-over failed; the words say which.",
            "Check the mail settings; a mail that was not sent is kept and sent by the next run.",
        ),
    },
)

RUN: Final = Group(
    "The run",
    {
        "cancelled": Meaning(
            "The run was stopped before this conductor was done.",
            "A signal asked the run to stop.",
            "Nothing was lost; run again for this host.",
            AGAIN,
        ),
        "deadline": Meaning(
            "The time that a conductor, or the whole run, may take is over.",
            "`host_deadline` and `run.deadline_minutes` are watched before and within each step.",
            "Raise the deadline in the settings, or see why the conductor is slow.",
        ),
        "prover-died": Meaning(
            "A process that proves archives ended before it had read this one to its end, twice.",
            "It is seen to end; the message names the signal or its last words.",
            "SIGKILL is most often the kernel short of memory (`journalctl -k`): run again. An "
            "exit status is a defect of the program: report it with the log.",
            AGAIN,
        ),
        "internal-error": Meaning(
            "The program failed where it should not.",
            "An error came up that is none of the known ones.",
            "This is a defect of the program: report it with the log.",
        ),
    },
)
