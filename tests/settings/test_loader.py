"""Settings and inventory: every mistake is named, all at once, with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import load_configuration
from tests.settings.conftest import problems_of
from tests.support.certificates import make_certificate
from tests.support.projects import Project


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
        (
            "inventory:\n  options:\n    host_file: ''\n",
            "inventory.options.host_file: must be a path; found empty text",
        ),
        ("user_defined:\n  vault: {path: ''}\n", "user_defined.vault.path: is empty"),
        ("user_defined:\n  log: {file: ' '}\n", "user_defined.log.file: is empty"),
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
        ("a: {hostname: 192.0.2.1, data: {tls_ca: ''}}\n", "a.data.tls_ca", "is empty"),
        ("a: {hostname: 192.0.2.1, groups: [[hq]]}\n", "a.groups[0]", "must be text; found a list"),
        ("7: {hostname: 192.0.2.1}\n", "hosts.yaml:1", "a name must be text: put it into quotes"),
        ("a: {hostname: 127.1}\n", "a.hostname", "put it into quotes"),
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


def test_load_key_taken_over_by_an_anchor_names_the_entry_that_takes_it(project: Project) -> None:
    project.hosts.write_text("a: &a\n  hostname: 999.0.2.1\nb:\n  <<: *a\n  port: 4344\n")
    found = problems_of(project)
    assert [problem.rpartition(": ")[0] for problem in found] == [
        "inventory/hosts.yaml:2: a.hostname",
        "inventory/hosts.yaml:4: b.hostname",
    ]


def test_load_group_that_names_no_list_is_refused(project: Project) -> None:
    project.groups.write_text("hq: {groups: 3}\nlab: {}\n")
    assert any("hq.groups: must be a list; found a number" in each for each in problems_of(project))


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
    kept_out, twice = problems_of(project)
    assert kept_out.startswith("inventory/hosts.yaml:1: a.password: passwords do not belong")
    assert twice == 'inventory/hosts.yaml:2: duplicate key "a": it is there twice'


@pytest.mark.parametrize("broken", ["user_defined: {vault: [}\n", "user_defined: {}\nx: *y\n"])
def test_load_settings_that_are_no_yaml_hide_no_mistake_of_the_inventory(
    project: Project, broken: str
) -> None:
    project.config.write_text(broken)
    project.hosts.write_text("a: {hostname: 999.0.2.1}\n")
    first, second = problems_of(project)
    assert first.startswith("inventory/hosts.yaml:1: a.hostname: ")
    assert second.startswith("nornir_config.yaml:")


def test_load_settings_that_are_no_yaml_and_name_an_inventory_are_all_that_is_looked_at(
    project: Project,
) -> None:
    project.config.write_text("inventory: {options: {host_file: other.yaml}}\nx: [\n")
    project.hosts.write_text("a: {hostname: 999.0.2.1}\n")
    [problem] = problems_of(project)
    assert problem.startswith("nornir_config.yaml:")


def test_load_key_twice_hides_no_other_mistake(project: Project) -> None:
    project.config.write_text(
        "user_defined:\n  vault: {}\n  vault: {}\n  volt: 1\n"
        "  run: {deadline_minutes: 0, deadline_minutes: 1}\n"
    )
    project.hosts.write_text("a:\n  hostname: 192.0.2.1\n  port: 1\n  port: 2\n  prt: 3\na: {}\n")
    assert [problem.partition("; ")[0] for problem in problems_of(project)] == [
        'inventory/hosts.yaml:4: duplicate key "port": it is there twice',
        "inventory/hosts.yaml:5: a.prt: unknown key",
        'inventory/hosts.yaml:6: duplicate key "a": it is there twice',
        'nornir_config.yaml:3: duplicate key "vault": it is there twice',
        "nornir_config.yaml:4: user_defined.volt: unknown key",
        'nornir_config.yaml:5: duplicate key "deadline_minutes": it is there twice',
        "nornir_config.yaml:5: user_defined.run.deadline_minutes: must be more than 0",
    ]


def test_load_groups_that_are_no_yaml_make_no_group_unknown(project: Project) -> None:
    project.groups.write_text("hq: [\n")
    [problem] = problems_of(project)
    assert problem.startswith("inventory/groups.yaml:")


def test_load_mistakes_of_settings_and_secrets_are_named_together(project: Project) -> None:
    project.secrets("defaults: {pasword: x}\n")
    project.config.write_text("user_defined: {volt: 1, secrets: {file: secrets.yaml}}\n")
    found = problems_of(project)
    assert any("user_defined.volt" in problem for problem in found)
    assert any("secrets.yaml:1: defaults.pasword" in problem for problem in found)
