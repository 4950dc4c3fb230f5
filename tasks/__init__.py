"""Nornir tasks: what is done on one conductor, step by step."""

from tasks.backup import backup_conductor
from tasks.check import check_conductor
from tasks.clean_up import clean_up
from tasks.flash import back_up_flash
from tasks.prove import prove
from tasks.publish import publish
from tasks.run import Run, open_run
from tasks.running_config import copy_running_config
from tasks.send import send
from tasks.transfer import transfer

__all__ = [
    "Run",
    "back_up_flash",
    "backup_conductor",
    "check_conductor",
    "clean_up",
    "copy_running_config",
    "open_run",
    "prove",
    "publish",
    "send",
    "transfer",
]
