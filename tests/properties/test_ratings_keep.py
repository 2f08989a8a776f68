"""Whatever a council's matrices say: a rating is read alike in every notation, and no revision rewrites it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.core.history import History
from sync.core.model import Band, Kind, Rating, Scores
from sync.core.policy import Policies
from sync.core.ratings import matrix_in, rate
from sync.core.risk import Matrix, Step, band
from sync.core.scales import read_rating, read_step
from sync.core.snapshot import RecordId
from sync.core.vocabulary import scale
from tests.support.lists import HOST, record, source

BANDS = st.sampled_from([Band.LOW, Band.MEDIUM, Band.HIGH, Band.VERY_HIGH])
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))
RISKS = source("risks", Kind.RISK, matrix="ours", fields={"likelihood": "L", "impact": "I"})


def steps(prefix: str, count: int) -> tuple[Step, ...]:
    return tuple(Step(words=(f"{prefix}{'q' * number}",)) for number in range(1, count + 1))


@st.composite
def matrices(draw: st.DrawFn, versions: int = 3) -> tuple[Matrix, ...]:
    size = draw(st.integers(2, 6)), draw(st.integers(2, 6))
    row = st.tuples(*[BANDS] * size[1])
    since = sorted(draw(st.sets(DAYS, min_size=versions - 1, max_size=versions - 1)))
    return tuple(
        Matrix(
            name="ours",
            version=f"v{number}",
            likelihood=steps("likely", size[0]),
            impact=steps("grave", size[1]),
            rows=draw(st.tuples(*[row] * size[0])),
            since=since[number - 1] if number else None,
        )
        for number in range(versions)
    )


def kept(version: str, scores: Scores) -> History:
    day = date(2024, 1, 1)
    return History(
        number=1,
        id=RecordId(HOST, "projects", 1),
        source="risks",
        kind=Kind.RISK,
        first_seen=day,
        last_seen=day,
        since=day,
        rating=scores,
        matrix="ours",
        matrix_version=version,
    )


@given(made=matrices(), data=st.data(), start=DAYS, nights=st.integers(1, 400))
def test_a_rating_that_nobody_touches_keeps_its_band_for_ever(
    made: tuple[Matrix, ...], data: st.DataObject, start: date, nights: int
) -> None:
    scores = Scores(data.draw(st.integers(1, len(made[0].likelihood))), data.draw(st.integers(1, len(made[0].impact))))
    reviewed = data.draw(st.none() | DAYS.filter(lambda day: day <= start))
    risk = record(kind=Kind.RISK, likelihood=scores.likelihood, impact=scores.impact, last_reviewed=reviewed)
    first = rate(risk, RISKS, Policies(matrices={"ours": made}), None, start)
    assert first.version is not None
    later = rate(
        risk, RISKS, Policies(matrices={"ours": made}), kept(first.version, scores), start + timedelta(days=nights)
    )
    assert later == first
    revised = tuple(each for each in made if each.since is None or each.since <= start)
    assert rate(risk, RISKS, Policies(matrices={"ours": revised}), None, start) == first


@given(made=matrices(), data=st.data(), start=DAYS)
def test_a_rating_that_is_changed_or_reviewed_today_has_the_version_of_today(
    made: tuple[Matrix, ...], data: st.DataObject, start: date
) -> None:
    held = [each for each in made if each.since is None or each.since <= start][-1]
    then = data.draw(st.sampled_from(made[: made.index(held) + 1]))
    changed = record(kind=Kind.RISK, likelihood=1, impact=2)
    reviewed = record(kind=Kind.RISK, likelihood=1, impact=1, last_reviewed=start)
    policies = Policies(matrices={"ours": made})
    for risk in (changed, reviewed):
        rated = rate(risk, RISKS, policies, kept(then.version, Scores(1, 1)), start)
        assert matrix_in(rated.matrix, rated.version, policies) == held
        assert rated.band is band(1, 2 if risk is changed else 1, held)


@given(made=matrices(versions=1), data=st.data())
def test_every_cell_reads_alike_in_every_notation(made: tuple[Matrix, ...], data: st.DataObject) -> None:
    (matrix,) = made
    likelihood = data.draw(st.integers(1, len(matrix.likelihood)))
    impact = data.draw(st.integers(1, len(matrix.impact)))
    word, other = matrix.likelihood[likelihood - 1].words[0], matrix.impact[impact - 1].words[0]
    words = scale(matrix.likelihood)
    said = (str(likelihood), word, f"{likelihood} - {word}", f"({likelihood}) {word}", f"{word} ({likelihood})", "0")
    assert [read_step(each, words) for each in said] == [*[(likelihood,)] * 5, (None,)]
    current = Rating(current=Scores(likelihood, impact))
    for pair in (
        f"{likelihood}x{impact}",
        f"{likelihood}-{impact}",
        f"{word} / {other}",
        f"net {likelihood} x {other}",
    ):
        assert read_rating(pair, matrix) == current


@given(said=st.text(max_size=40))
def test_no_text_is_read_as_more_than_the_matrix_has(said: str) -> None:
    matrix = Matrix(name="m", version="1", likelihood=steps("a", 3), impact=steps("b", 4), rows=((Band.LOW,) * 4,) * 3)
    found = read_step(said, scale(matrix.likelihood))
    assert found is None or found[0] in (None, 1, 2, 3)
    rating = read_rating(said, matrix)
    for scores in (rating.inherent, rating.current, rating.target) if rating else ():
        assert scores.likelihood in (None, 1, 2, 3)
        assert scores.impact in (None, 1, 2, 3, 4)
