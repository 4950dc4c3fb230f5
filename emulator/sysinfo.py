"""The objects that are read: sys_info and node_hierarchy."""

from __future__ import annotations

from emulator.conductor import Conductor
from emulator.messages import Json


def role_word(conductor: Conductor) -> str:
    """Return the role in this release's words: conductor or master, standby, MD."""
    if conductor.role == "md":
        return "MD"
    if conductor.role == "standby":
        return "standby"
    return conductor.knobs.redundancy_command


def sys_info(conductor: Conductor) -> Json:
    """Return role, version and MAC in one answer, without a `_data` wrapper."""
    identity = conductor.identity
    return {
        "_global": {
            "_switch_role": role_word(conductor),
            "_version": {"_image_version": identity.version},
        },
        "_local": {
            "_type": "device",
            "_hostname": identity.hostname,
            "_hardware": {"_mac": identity.mac, "_model": identity.model},
            "_pending": {"write_mem_reqd": False, "last_save_user": "admin"},
        },
    }


def node_hierarchy(conductor: Conductor) -> Json:
    """Return the configuration nodes with this device below /mm."""
    device = {"name": conductor.identity.hostname, "mac": conductor.identity.mac}
    return {
        "name": "/",
        "childnodes": [
            {"name": "md", "childnodes": [], "devices": []},
            {"name": "mm", "childnodes": [{"name": "mynode"}], "devices": [device]},
        ],
    }
