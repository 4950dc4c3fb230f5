"""Settings and inventory: every mistake is named, all at once, with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigurationError, load_configuration
from tests.support.certificates import make_certificate
from tests.support.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def problems_of(project: Project) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(project.config)
    return [str(problem).removeprefix(f"{project.folder}/") for problem in caught.value.problems]


def test_load_given_files_gives_absolute_paths(project: Project) -> None:
    configuration = load_configuration(project.config)
    assert configuration.settings.vault.path == project.folder / "backups"
    assert configuration.settings.receiver.host_key == (
        project.folder / "backups" / "receiver" / "ssh_host_rsa_key"
    )
    assert configuration.nornir["inventory"]["options"]["host_file"] == str(project.hosts)


def test_load_shipped_files_has_no_problem() -> None:
    shipped = Path(__file__).parents[2] / "nornir_config.yaml"
    assert load_configuration(shipped).settings.receiver.port == 22


def test_load_missing_file_names_it(project: Project) -> None:
    project.config.unlink()
    assert problems_of(project) == ["nornir_config.yaml: no such file"]


def test_load_broken_yaml_names_line(project: Project) -> None:
    project.config.write_text("user_defined:\n  vault: [\n")
    [problem] = problems_of(project)
    assert problem.startswith("nornir_config.yaml:")


def test_load_many_mistakes_names_all_with_line_and_key(project: Project) -> None:
    project.config.write_text(
        "user_defined:\n"
        "  vault:\n"
        "    pth: here\n"
        "  receiver:\n"
        "    port: 99999\n"
        "    address: backup.example.org\n"
        "  mail:\n"
        "    host: mail.example.org\n"
        "    sender: nobody\n"
        "    recipients: []\n"
    )
    found = problems_of(project)
    assert [problem.split(" ")[0] + " " + problem.split(" ")[1] for problem in found] == [
        "nornir_config.yaml:3: user_defined.vault.pth:",
        "nornir_config.yaml:5: user_defined.receiver.port:",
        "nornir_config.yaml:6: user_defined.receiver.address:",
        "nornir_config.yaml:9: user_defined.mail.sender:",
        "nornir_config.yaml:10: user_defined.mail.recipients:",
    ]
    assert 'did you mean "path"?' in found[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("runner:\n  plugin: serial\n", "runner.plugin"),
        ("logging:\n  enabled: true\n", "logging.enabled"),
        ("inventory:\n  options:\n    hosts: x\n", "inventory.options.hosts: unknown key"),
        ("user_defined:\n  mail:\n    host: h\n", "user_defined.mail.sender: this key is needed"),
        (
            "user_defined:\n  mail:\n    host: h\n    sender: a@b\n    recipients: [a@b]\n"
            "    security: none\n    login: true\n",
            "a password is never sent bare",
        ),
        (
            "user_defined:\n  mail:\n    host: h\n    sender: a@b\n    recipients: [a@b]\n"
            "    ca_file: nowhere.pem\n",
            "user_defined.mail.ca_file: no such file",
        ),
        ("user_defined:\n  secrets:\n    file: nowhere.yaml\n", "nowhere.yaml: no such file"),
    ],
)
def test_load_bad_settings_is_refused(project: Project, text: str, words: str) -> None:
    project.config.write_text(text)
    assert any(words in problem for problem in problems_of(project))


@pytest.mark.parametrize(
    ("hosts", "place", "words"),
    [
        ("", "hosts.yaml", "holds no conductor"),
        ("a:\n", "hosts.yaml:1: a.hostname", "this key is needed"),
        ("a: {hostname: 192.0.2.1}\na: {hostname: 192.0.2.2}\n", "hosts.yaml:2", "duplicate"),
        ("a: {hostname: 192.0.2.1}\nA: {hostname: 192.0.2.2}\n", "hosts.yaml:2: A", "only in case"),
        (
            "a: {hostname: 192.0.2.1}\nb: {hostname: 192.0.2.1}\n",
            "hosts.yaml:2: b.hostname",
            'the same address as "a"',
        ),
        (
            "a: {hostname: '2001:db8::1'}\nb: {hostname: '2001:DB8:0::1', port: 4343}\n",
            "hosts.yaml:2: b.hostname",
            'the same address as "a"',
        ),
        ("a: {hostname: 999.0.2.1}\n", "hosts.yaml:1: a.hostname", "neither an address nor"),
        ("a: {hostname: 'mm 1'}\n", "hosts.yaml:1: a.hostname", "neither an address nor"),
        ("../a: {hostname: 192.0.2.1}\n", "hosts.yaml:1: ../a", "cannot name a folder"),
        ("latest: {hostname: 192.0.2.1}\n", "hosts.yaml:1: latest", "cannot name a folder"),
        ("a: {hostname: 192.0.2.1, hostnam: x}\n", "hosts.yaml:1: a.hostnam", "did you mean"),
        ("a: {hostname: 192.0.2.1, groups: [hqq]}\n", "a.groups[0]", 'no group "hqq"; did you'),
        ("a: {hostname: 192.0.2.1, password: x}\n", "a.password", "do not belong"),
        (
            "a: {hostname: 192.0.2.1, connection_options: {aos8: {}}}\n",
            "a.connection_options",
            "keys of data",
        ),
        (
            "a:\n  hostname: 192.0.2.1\n  data:\n    sitee: x\n",
            "hosts.yaml:4: a.data.sitee",
            "site",
        ),
        ("a: {hostname: 192.0.2.1, data: {tls_ca: no.pem}}\n", "a.data.tls_ca", "no such file"),
        ("a: {hostname: 192.0.2.1, data: {tls_fingerprint: ab}}\n", "tls_fingerprint", "64 hex"),
        ("a: {hostname: 192.0.2.1, data: {artefacts: []}}\n", "a.data.artefacts", "at least 1"),
        (
            "a: {hostname: 192.0.2.1, data: {artefacts: [flash, flash]}}\n",
            "a.data.artefacts",
            "twice",
        ),
        ("- a\n", "hosts.yaml:1", "must be a mapping"),
        ("a: 192.0.2.1\n", "hosts.yaml:1: a", "must be a mapping"),
    ],
)
def test_load_bad_hosts_is_refused(project: Project, hosts: str, place: str, words: str) -> None:
    project.hosts.write_text(hosts)
    found = problems_of(project)
    assert any(place in problem and words in problem for problem in found), found


@pytest.mark.parametrize("content", ["", "not a certificate\n", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_load_authority_without_a_certificate_is_refused(project: Project, content: str) -> None:
    (project.folder / "ca.pem").write_text(content)
    project.hosts.write_text("a:\n  hostname: 192.0.2.1\n  data:\n    tls_ca: ca.pem\n")
    [problem] = problems_of(project)
    assert problem.startswith("inventory/hosts.yaml:4: a.data.tls_ca: ca.pem: holds no certificate")


def test_load_authority_with_a_certificate_is_taken(project: Project) -> None:
    make_certificate(project.folder, "a.example.org")
    project.hosts.write_text("a: {hostname: 192.0.2.1, data: {tls_ca: ca.pem}}\n")
    assert load_configuration(project.config).file == project.config


@pytest.mark.parametrize(
    ("key", "named", "not_named"),
    [
        ("retantion", "did you mean one of keep_daily, keep_floor, keep_last, ", "known:"),
        ("free_space", "did you mean one of min_free_flash_mb?", "keep_last"),
        ("xyzzy", "unknown key; known: allow_links_out, ", "did you mean"),
    ],
)
def test_load_unknown_key_names_those_that_share_a_word(
    project: Project, key: str, named: str, not_named: str
) -> None:
    project.defaults.write_text(f"data: {{{key}: 3}}\n")
    [problem] = problems_of(project)
    assert named in problem
    assert not_named not in problem


def test_load_group_in_circle_is_refused(project: Project) -> None:
    project.groups.write_text("hq: {groups: [all]}\nlab: {}\nall: {groups: [hq]}\n")
    assert any("its own parent" in problem for problem in problems_of(project))


def test_load_bad_group_and_defaults_are_named_together(project: Project) -> None:
    project.groups.write_text("hq: {data: {clean_up: never}}\nlab: {}\n")
    project.defaults.write_text("data:\n  read_timeout: soon\n")
    found = problems_of(project)
    assert any("groups.yaml:1: hq.data.clean_up" in problem for problem in found)
    assert any("defaults.yaml:2: data.read_timeout" in problem for problem in found)


def test_load_without_groups_and_defaults_works(project: Project) -> None:
    project.groups.unlink()
    project.defaults.unlink()
    project.hosts.write_text("a: {hostname: mm.example.org}\n")
    assert load_configuration(project.config).file == project.config


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_load_secrets_open_to_others_is_refused(project: Project, mode: int) -> None:
    project.secrets("defaults: {username: backup, password: s3cret}\n", mode=mode)
    [problem] = problems_of(project)
    assert "chmod 600 secrets.yaml" in problem


@pytest.mark.parametrize(
    "text",
    [
        "defaults: {username: backup, pasword: s3cret}\n",
        "hosts: {a: s3cret}\n",
        "defaults: {password: [s3cret]}\n",
        "defaults: {password: 's3cret}\n",
        "mail: {password: s3cret\n",
    ],
)
def test_load_bad_secrets_is_refused_without_quoting_any(project: Project, text: str) -> None:
    project.secrets(text)
    found = problems_of(project)
    assert found
    assert all("secrets.yaml" in problem and "s3cret" not in problem for problem in found)


def test_load_settings_and_inventory_mistakes_are_named_together(project: Project) -> None:
    project.config.write_text("user_defined: {volt: 1}\n")
    project.hosts.write_text("a: {hostname: 999.0.2.1}\n")
    found = problems_of(project)
    assert any("user_defined.volt" in problem for problem in found)
    assert any("a.hostname" in problem for problem in found)


def test_load_duplicate_key_never_quotes_what_it_holds(project: Project) -> None:
    project.hosts.write_text(
        "a: {hostname: 192.0.2.1, password: s3cret}\na: {hostname: 192.0.2.2}\n"
    )
    [problem] = problems_of(project)
    assert problem == 'inventory/hosts.yaml:2: duplicate key "a": it is there twice'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("defaults: {password: %s3cret}\n", "put a password with special characters into quotes"),
        ("defaults: {password: *s3cret}\n", "put a password with special characters into quotes"),
        ("hosts: {a: {}}\nhosts: {b: {password: s3cret}}\n", 'duplicate key "hosts"'),
    ],
)
def test_load_broken_secrets_says_what_helps(project: Project, text: str, words: str) -> None:
    project.secrets(text)
    found = problems_of(project)
    assert any(words in problem for problem in found)
    assert not any("s3cret" in problem for problem in found)
