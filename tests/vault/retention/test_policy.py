from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vault.retention import Candidate, Plan, Policy, parse_duration, plan
from vault.retention.policy import BUILD_EPOCH, LONGEST_GAP

START = datetime(2026, 1, 5, 2, tzinfo=UTC)
MADE = Policy(keep_last=1, floor=1)


def candidate(when: datetime, *, proven: bool = True, held: bool = False) -> Candidate:
    return Candidate(f"{when:%Y-%m-%dT%H%M%SZ}", when, proven, held)


def weekly(count: int, **flags: bool) -> list[Candidate]:
    return [candidate(START + timedelta(weeks=number), **flags) for number in range(count)]


def kept(history: list[Candidate], policy: Policy) -> set[str]:
    return set(plan(history, policy, max(found.time for found in history)).keep)


# the rules, one by one


def test_plan_keep_last_keeps_the_newest() -> None:
    history = weekly(6)
    made = plan(history, Policy(keep_last=4), history[-1].time)
    assert list(made.keep) == [found.id for found in reversed(history[2:])]
    assert made.remove == tuple(found.id for found in history[:2])
    assert made.keep[history[-1].id] == ("floor", "last")


def test_plan_keep_daily_keeps_the_newest_of_each_day() -> None:
    history = [candidate(START + timedelta(hours=8 * number)) for number in range(9)]
    assert kept(history, Policy(keep_daily=2, floor=1)) == {history[8].id, history[5].id}


def test_plan_keep_daily_skips_days_without_a_generation() -> None:
    history = [candidate(START), candidate(START + timedelta(days=30))]
    assert kept(history, Policy(keep_daily=2, floor=1)) == {found.id for found in history}


def test_plan_keep_weekly_uses_iso_weeks_over_the_new_year() -> None:
    monday = candidate(datetime(2029, 12, 31, tzinfo=UTC))
    tuesday = candidate(datetime(2030, 1, 1, tzinfo=UTC))
    history = [candidate(datetime(2029, 12, 30, tzinfo=UTC)), monday, tuesday]
    assert monday.id not in kept(history, Policy(keep_weekly=5, floor=1))
    assert monday.id in kept(history, Policy(keep_yearly=5, floor=1))


def test_plan_keep_monthly_and_yearly_keep_the_newest_of_each() -> None:
    history = [candidate(datetime(2026, month, 28, tzinfo=UTC)) for month in range(1, 13)]
    history += [candidate(datetime(2027, 1, day, tzinfo=UTC)) for day in (1, 20)]
    months = kept(history, Policy(keep_monthly=3, floor=1))
    assert months == {history[-1].id, history[11].id, history[10].id}
    assert kept(history, Policy(keep_yearly=9, floor=1)) == {history[-1].id, history[11].id}


def test_plan_periods_are_utc_whatever_the_zone_of_the_time() -> None:
    late = candidate(datetime.fromisoformat("2026-02-01T00:30:00+02:00"))
    later = candidate(datetime(2026, 2, 1, 3, tzinfo=UTC))
    assert kept([late, later], Policy(keep_monthly=2, floor=1)) == {late.id, later.id}


def test_plan_keep_within_counts_back_from_the_newest_proven() -> None:
    history = weekly(6)
    now = history[-1].time + timedelta(days=300)
    made = plan(history, Policy(keep_within=timedelta(days=14), floor=1), now)
    assert set(made.keep) == {found.id for found in history[3:]}


def test_plan_floor_keeps_proven_ones_below_every_other_rule() -> None:
    history = weekly(5)
    assert kept(history, Policy(keep_yearly=1, floor=3)) == {found.id for found in history[2:]}


def test_plan_held_one_stays_and_counts() -> None:
    history = weekly(4)
    history[0] = candidate(history[0].time, held=True)
    made = plan(history, Policy(keep_last=1, floor=1), history[-1].time)
    assert made.keep[history[0].id] == ("held",)
    assert made.remove == (history[1].id, history[2].id)


# unproven ones


def test_plan_many_unproven_runs_never_push_out_the_proven() -> None:
    history = weekly(2)
    late = history[-1].time
    history += [candidate(late + timedelta(weeks=n), proven=False) for n in range(1, 50)]
    made = plan(history, Policy(keep_last=1), history[-1].time)
    assert made.remove == ()


def test_plan_unproven_older_than_the_newest_proven_goes() -> None:
    history = [candidate(START, proven=False), *weekly(3)[1:]]
    assert plan(history, MADE, history[-1].time).remove == (history[0].id, history[1].id)


def test_plan_unproven_within_the_duration_stays() -> None:
    history = [candidate(START, proven=False), *weekly(3)[1:]]
    policy = Policy(keep_within=timedelta(weeks=2), floor=1)
    assert history[0].id in plan(history, policy, history[-1].time).keep


def test_plan_unproven_and_held_stays() -> None:
    history = [candidate(START, proven=False, held=True), *weekly(3)[1:]]
    assert history[0].id in plan(history, MADE, history[-1].time).keep


def test_plan_without_a_proven_one_removes_nothing() -> None:
    history = weekly(9, proven=False)
    assert plan(history, MADE, history[-1].time).remove == ()


def test_plan_without_generations_is_empty() -> None:
    assert plan([], MADE, START) == Plan({}, ())


# the clock


def refusal(history: list[Candidate], now: datetime) -> str:
    made = plan(history, MADE, now)
    if made.refused:
        assert made.remove == ()
        assert set(made.keep) == {found.id for found in history}
    return made.refused


def test_plan_clock_before_the_newest_generation_is_refused() -> None:
    history = weekly(4)
    assert "the newest generation" in refusal(history, history[-1].time - timedelta(seconds=1))
    assert refusal(history, history[-1].time) == ""


def test_plan_clock_before_an_unproven_newest_generation_is_refused() -> None:
    history = [*weekly(3), candidate(START + timedelta(weeks=9), proven=False)]
    assert refusal(history, START + timedelta(weeks=4))


def test_plan_clock_before_the_program_was_made_is_refused() -> None:
    assert "before this program was made" in refusal(weekly(4), BUILD_EPOCH - timedelta(seconds=1))


def test_plan_clock_far_ahead_of_the_newest_generation_is_refused() -> None:
    history = weekly(4)
    assert refusal(history, history[-1].time + LONGEST_GAP) == ""
    assert "did the clock jump" in refusal(history, history[-1].time + LONGEST_GAP * 1.01)


def test_plan_backup_made_by_a_clock_far_ahead_is_refused() -> None:
    jumped = candidate(START + timedelta(days=3650))
    assert "did the clock jump" in refusal([*weekly(4), jumped], jumped.time)


def test_plan_long_gap_that_somebody_looked_at_is_accepted() -> None:
    history = weekly(4)
    now = history[-1].time + LONGEST_GAP * 2
    assert plan(history, MADE, now, trust_clock=True).remove


def test_plan_trusted_clock_before_the_newest_is_still_refused() -> None:
    assert plan(weekly(4), MADE, START, trust_clock=True).refused


# values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), ("8w", timedelta(weeks=8))],
)
def test_parse_duration_known_unit_is_read(text: str, wanted: timedelta) -> None:
    assert parse_duration(text) == wanted


@pytest.mark.parametrize("text", ["", "30", "d", "-3d", "3m", "1.5d", "3d ", "3d\n", "٣d"])
def test_parse_duration_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Policy(keep_last=-1),
        lambda: Policy(keep_last=1, keep_yearly=-1),
        lambda: Policy(keep_last=1, floor=0),
        lambda: Policy(),
        lambda: Policy(keep_last=1, keep_within=timedelta(days=-1)),
    ],
)
def test_policy_that_makes_no_sense_is_refused(make: Callable[[], Policy]) -> None:
    with pytest.raises(ValueError, match="retention:"):
        make()


# properties over random histories, policies and clocks

PATIENT = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
HOURS = st.integers(0, 24 * 365 * 3)
COUNTS = st.integers(0, 6)


@st.composite
def histories(draw: st.DrawFn) -> list[Candidate]:
    hours = draw(st.lists(HOURS | st.integers(0, 600), unique=True, max_size=40))
    flags = st.tuples(st.booleans(), st.booleans(), st.booleans(), st.booleans())
    found = []
    for hour in hours:
        one, two, three, four = draw(flags)
        when = START + timedelta(hours=hour)
        found.append(candidate(when, proven=one or two, held=three and four))
    return found


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    return Policy(
        keep_last=draw(st.integers(1, 6)),
        keep_daily=draw(COUNTS),
        keep_weekly=draw(COUNTS),
        keep_monthly=draw(COUNTS),
        keep_yearly=draw(COUNTS),
        keep_within=timedelta(days=draw(st.integers(0, 90))),
        floor=draw(st.integers(1, 4)),
    )


def now_for(history: list[Candidate]) -> datetime:
    return max((found.time for found in history), default=START) + timedelta(hours=1)


def should_stay(one: Candidate, history: list[Candidate], policy: Policy) -> bool:
    """Read the policy sentence by sentence for one generation alone."""
    proven = [found for found in history if found.proven]
    if one.held or not proven:
        return True
    newest = max(found.time for found in proven)
    if newest - one.time <= policy.keep_within and (policy.keep_within or not one.proven):
        return True
    if not one.proven:
        return one.time > newest
    newer = [found for found in proven if found.time > one.time]
    if len(newer) < max(policy.keep_last, policy.floor):
        return True
    periods = {
        "%Y-%m-%d": policy.keep_daily,
        "%G-%V": policy.keep_weekly,
        "%Y-%m": policy.keep_monthly,
        "%Y": policy.keep_yearly,
    }
    for label, count in periods.items():
        labels = {found.time.strftime(label) for found in newer}
        if one.time.strftime(label) not in labels and len(labels) < count:
            return True
    return False


@PATIENT
@given(history=histories(), policy=policies())
def test_plan_equals_a_plain_reading_of_the_policy(
    history: list[Candidate], policy: Policy
) -> None:
    made = plan(history, policy, now_for(history), trust_clock=True)
    wanted = {found.id for found in history if should_stay(found, history, policy)}
    assert made.refused == ""
    assert set(made.keep) == wanted
    assert set(made.remove) == {found.id for found in history} - wanted
    assert list(made.remove) == sorted(made.remove)


@PATIENT
@given(
    history=histories(),
    policy=policies(),
    clock=st.integers(-50_000, 50_000),
    trust=st.booleans(),
)
def test_plan_never_removes_what_must_stay(
    history: list[Candidate], policy: Policy, clock: int, trust: bool
) -> None:
    now = START + timedelta(hours=clock)
    made = plan(history, policy, now, trust_clock=trust)
    gone = set(made.remove)
    proven = sorted((found.time, found.id) for found in history if found.proven)
    assert not gone & {name for _, name in proven[-policy.floor :]}
    assert not gone & {found.id for found in history if found.held}
    assert gone | set(made.keep) == {found.id for found in history}
    assert not gone & set(made.keep)
    assert all(made.keep.values())
    if any(found.time > now for found in history):
        assert made.refused
        assert not gone


@PATIENT
@given(history=histories(), policy=policies())
def test_plan_again_after_applying_removes_nothing_more(
    history: list[Candidate], policy: Policy
) -> None:
    now = now_for(history)
    made = plan(history, policy, now, trust_clock=True)
    left = [found for found in history if found.id in made.keep]
    assert plan(left, policy, now, trust_clock=True).remove == ()


@PATIENT
@given(history=histories(), policy=policies(), order=st.randoms())
def test_plan_does_not_depend_on_the_order_given(
    history: list[Candidate], policy: Policy, order: Random
) -> None:
    shuffled = list(history)
    order.shuffle(shuffled)
    now = now_for(history)
    assert plan(history, policy, now) == plan(shuffled, policy, now)
