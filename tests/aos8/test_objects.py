"""Every object call sends exactly its members and reads exactly its answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aos8 import Aos8Client, BadReply, DeviceError, Unsupported
from tests.aos8.test_transport import assert_silent
from tests.support.scripted_device import Answer, Asked, ScriptedDevice, success

SCP_PASSWORD = "sc&p p%ss/ü"


@pytest.mark.parametrize(
    ("call", "name", "members"),
    [
        (lambda c: c.flash_backup("flash", "bk-1"), "flash_backup",
         {"backup_flash": "flash", "filename": "bk-1"}),
        (lambda c: c.flash_backup("config"), "flash_backup", {"backup_flash": "config"}),
        (lambda c: c.flash_backup("flash", "bk-1.tar.gz"), "flash_backup",
         {"backup_flash": "flash", "filename": "bk-1"}),
        (lambda c: c.copy_running_flash("r.cfg"), "copy_running_flash", {"filename": "r.cfg"}),
        (lambda c: c.delete_file("r.cfg"), "delete_file_ssh_hosts", {"file-name": "r.cfg"}),
        (lambda c: c.forget_host_key("192.0.2.9"), "delete_file_ssh_hosts",
         {"ssh-host-addr": "192.0.2.9"}),
        (lambda c: c.tar_flash_clean(), "tar_flash_clean", {}),
        (lambda c: c.flash_restore("flash", "bk-1.tar.gz"), "flash_restore",
         {"restore_flash": "flash", "filename": "bk-1"}),
        (lambda c: c.write_memory(), "write_memory", {}),
        (lambda c: c.reload(), "reload", {}),
    ],
)  # fmt: skip
def test_call_posts_its_members(
    client: Aos8Client,
    device: ScriptedDevice,
    call: Callable[[Aos8Client], object],
    name: str,
    members: dict[str, str],
) -> None:
    device[name] = success(name)
    call(client)
    asked = device.asked[-1]
    assert (asked.method, asked.path) == ("POST", f"/v1/configuration/object/{name}")
    assert asked.json() == members
    assert asked.headers["content-type"] == "application/json"
    assert asked.query == {"config_path": ["/md"]}


def test_post_object_takes_another_node(client: Aos8Client, device: ScriptedDevice) -> None:
    device["write_memory"] = success("write_memory")
    client.post_object("write_memory", {}, config_path="/mm/mynode")
    assert device.asked[-1].query == {"config_path": ["/mm/mynode"]}


@pytest.mark.parametrize("name", ["", "../login", "a/b", "a?b", "A b"])
def test_post_object_odd_name_is_never_sent(client: Aos8Client, name: str) -> None:
    with pytest.raises(ValueError, match="not the name of an object"):
        client.post_object(name, {})


@pytest.mark.parametrize("name", ["", "../x", "a b", "-rf", ".x", "a;b", "*", "a" * 300, "a\n"])
def test_delete_file_odd_name_is_never_sent(
    client: Aos8Client, device: ScriptedDevice, name: str
) -> None:
    with pytest.raises(ValueError, match="not a file name"):
        client.delete_file(name)
    assert not device.of("delete_file_ssh_hosts")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (success("flash_backup", filename="bk-1"), "bk-1.tar.gz"),
        (success("flash_backup", filename="bk-1.tar.gz"), "bk-1.tar.gz"),
        (success("flash_backup"), "bk-1.tar.gz"),
        (success("flash_backup", filename=""), "bk-1.tar.gz"),
        (success("flash_backup", filename=7), "bk-1.tar.gz"),
        (success("flash_backup", filename="flashbackup"), "flashbackup.tar.gz"),
        (
            success(
                "flash_backup",
                "Please wait.....\nFile flashbackup.tar.gz created successfully on flash.",
                filename="bk-1",
            ),
            "flashbackup.tar.gz",
        ),
    ],
)
def test_flash_backup_returns_the_name_that_the_device_gives(
    client: Aos8Client, device: ScriptedDevice, answer: Answer, expected: str
) -> None:
    device["flash_backup"] = answer
    assert client.flash_backup("flash", "bk-1") == expected


@pytest.mark.parametrize(
    ("kind", "expected"), [("flash", "flashbackup.tar.gz"), ("config", "configbackup.tar.gz")]
)
def test_flash_backup_without_any_name_is_the_default(
    client: Aos8Client, device: ScriptedDevice, kind: str, expected: str
) -> None:
    device["flash_backup"] = success("flash_backup")
    assert client.flash_backup(kind) == expected  # type: ignore[arg-type]


def test_flash_backup_unsafe_name_of_the_device_is_refused(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["flash_backup"] = success("flash_backup", filename="../../etc/x")
    with pytest.raises(BadReply, match="no usable file"):
        client.flash_backup("flash")


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_copy_sends_the_password_in_the_body_only_and_masks_the_echo(
    client: Aos8Client, device: ScriptedDevice, direction: str
) -> None:
    def echo(asked: Asked) -> Answer:
        return success(asked.name, f"File uploaded successfully {SCP_PASSWORD}", **asked.json())

    device["copy_flash_scp"] = device["copy_scp_flash"] = echo
    if direction == "push":
        reply = client.copy_flash_scp("a.cfg", "192.0.2.9", "tick", SCP_PASSWORD, "dir/a.cfg")
        sent = {"srcfilename": "a.cfg", "destfilename": "dir/a.cfg"}
    else:
        reply = client.copy_scp_flash("192.0.2.9", "tick", SCP_PASSWORD, "dir/a.cfg", "a.cfg")
        sent = {"filename": "dir/a.cfg", "destfilename": "a.cfg"}
    shared = {"scphost": "192.0.2.9", "username": "tick"}
    asked = device.asked[-1]
    assert asked.json() == sent | shared | {"passwd": SCP_PASSWORD}
    assert SCP_PASSWORD not in str(asked.query)
    assert reply.members == sent | shared | {"passwd": "***"}
    assert SCP_PASSWORD not in repr(reply)


@pytest.mark.parametrize(
    "answer",
    [
        success("copy_flash_scp", "Success"),
        success("copy_flash_scp", f"Permission denied for {SCP_PASSWORD}"),
        Answer({"_global_result": {"status": 1, "status_str": f"bad {SCP_PASSWORD}"}}),
        Answer({"Error": f"passwd={SCP_PASSWORD}"}),
        Answer({"Error": SCP_PASSWORD}, status=400),
    ],
)
def test_copy_failure_keeps_the_words_without_the_password(
    client: Aos8Client, device: ScriptedDevice, answer: Answer
) -> None:
    device["copy_flash_scp"] = answer
    with pytest.raises(DeviceError) as caught:
        client.copy_flash_scp("a.cfg", "192.0.2.9", "tick", SCP_PASSWORD, "a.cfg")
    assert SCP_PASSWORD not in str(caught.value) + caught.value.words
    assert_silent(caught.value)


def test_get_object_returns_json_and_rejects_unknown_objects(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["role"] = Answer({"_data": {"role": []}})
    assert client.get_object("role") == {"_data": {"role": []}}
    with pytest.raises(Unsupported):
        client.get_object("no_such")
    device["role"] = Answer("")
    with pytest.raises(BadReply, match="an empty answer"):
        client.get_object("role")
