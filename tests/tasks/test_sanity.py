"""A backup compared with those before."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settings import HostPolicy
from settings.policy import ArtefactKind
from tasks.sanity import Measured, SizeChanged, compare_with_history, measure

FLASH, CONFIG = ArtefactKind.FLASH, ArtefactKind.RUNNING_CONFIG
POLICY = HostPolicy()


def flash(size: int) -> Measured:
    return Measured(FLASH, size)


def config(lines: int, *stanzas: str, size: int = 1000) -> Measured:
    return Measured(CONFIG, size, lines, frozenset(stanzas))


def warnings(found: Measured, *before: Measured, policy: HostPolicy = POLICY) -> list[str]:
    history = [[each] for each in before]
    return [why.text for why in compare_with_history([found], history, policy)]


def test_compare_without_history_has_nothing_to_say() -> None:
    assert warnings(flash(1)) == []


@pytest.mark.parametrize("size", [60, 100, 290])
def test_compare_usual_drift_is_no_warning(size: int) -> None:
    assert warnings(flash(size), flash(100), flash(100)) == []


@pytest.mark.parametrize(("size", "word"), [(50, "50 % smaller"), (21, "79 %"), (300, "200 %")])
def test_compare_large_change_is_a_warning_with_the_numbers(size: int, word: str) -> None:
    (text,) = warnings(flash(size * 1000), flash(100_000), flash(90_000), flash(110_000))
    assert word in text
    assert "(100.0 kB, the median of the last 3)" in text


def test_compare_shrunk_too_far_is_refused() -> None:
    with pytest.raises(SizeChanged, match=r"flash archive: 2\.0 MB, 80 % smaller than last time"):
        warnings(flash(2_000_000), flash(10_000_000))
    assert SizeChanged.code == "size-changed"


def test_compare_median_is_not_moved_by_one_odd_backup() -> None:
    assert warnings(flash(100), flash(10_000), flash(100), flash(100)) == []


def test_compare_limits_are_those_of_the_conductor() -> None:
    strict = HostPolicy(size_warn_percent=5, size_fail_percent=10, growth_warn_percent=5)
    assert warnings(flash(94), flash(100), policy=strict)
    assert warnings(flash(105), flash(100), policy=strict)
    with pytest.raises(SizeChanged):
        warnings(flash(90), flash(100), policy=strict)
    loose = HostPolicy(size_warn_percent=100, size_fail_percent=100)
    assert warnings(flash(1), flash(100), policy=loose) == []


def test_compare_lines_count_even_where_bytes_do_not_show_it() -> None:
    with pytest.raises(SizeChanged, match="running configuration: 20 lines, 98 % smaller"):
        warnings(config(20), config(1000))


def test_compare_bytes_count_even_where_lines_do_not_show_it() -> None:
    with pytest.raises(SizeChanged, match=r"running configuration: 0\.1 kB"):
        warnings(config(100, size=100), config(100, size=9000))


def test_compare_lost_stanzas_are_named_those_kept_are_not() -> None:
    (text,) = warnings(config(100, "vlan"), config(100, "vlan", "aaa profile", "ap-group"))
    assert text == "none left of these stanzas: aaa profile, ap-group"


def test_compare_stanzas_with_the_newest_only() -> None:
    before = (config(100, "vlan"), config(100, "vlan", "gone long ago"))
    assert warnings(config(100, "vlan"), *before) == []


def test_compare_very_many_lost_stanzas_are_counted() -> None:
    (text,) = warnings(config(100), config(100, *(f"kind-{n:02d}" for n in range(20))))
    assert text.endswith("kind-11 and 8 more")


def test_measure_takes_what_the_manifest_says() -> None:
    details = {"lines": 7, "stanzas": {"vlan": 3}}
    assert measure("running-config", 10, details) == config(7, "vlan", size=10)
    assert measure("flash", 10, {}) == flash(10)


@given(st.integers(1, 10**12), st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
def test_compare_nothing_below_a_fifth_of_the_smallest_is_ever_let_through(
    size: int, before: list[int]
) -> None:
    if size > min(before) / 5:
        return
    with pytest.raises(SizeChanged):
        warnings(flash(size), *map(flash, before))
