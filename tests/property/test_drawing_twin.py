"""Drawing has a naive twin: what is looked up without branches is what one would write down row by row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dossier.fields import MISSING, NOT_APPLICABLE, fields
from synthetic.draw import _gated, _within
from synthetic.entities import ALONE, LINKS, ActorPool
from synthetic.observe import Observer
from synthetic.streams import FULL, below, scattered_words, words
from synthetic.tables import AliasTable, chosen
from synthetic.world import Recording
from tests.unit.synthetic.worlds import drawn

SEEDS = st.integers(0, 2**32)
BYTES = st.lists(st.integers(-128, 127), min_size=1, max_size=50)


@given(st.data())
def test_choosing_without_branches_is_choosing(data: st.DataObject) -> None:
    one = np.array(data.draw(BYTES), dtype=np.int8)
    size = len(one)
    other = np.array(data.draw(st.lists(st.integers(-128, 127), min_size=size, max_size=size)), dtype=np.int8)
    condition = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    assert (chosen(condition, one, other) == np.where(condition, one, other)).all()
    assert (chosen(condition, one[0], other) == np.where(condition, one[0], other)).all()


@given(SEEDS, st.integers(1, 40), st.integers(1, 6))
def test_an_alias_table_draws_as_its_definition_says(seed: int, codes: int, groups: int) -> None:
    rng = np.random.default_rng(seed)
    table = AliasTable.build(rng.dirichlet(np.ones(codes), groups))
    group, raw = rng.integers(0, groups, 200), words(seed, "twin", rows=range(200))
    for row, code in enumerate(table.draw(raw, group).tolist()):
        word, cell = int(raw[row]), int(group[row]) * codes
        slot = ((word >> 32) * codes) >> 32
        stays = word % FULL < int(table.threshold[cell + slot])
        assert code == (slot if stays else table.alias[cell + slot])


@given(SEEDS, st.sampled_from([0.0, 0.02, 0.7, 1.0]), st.sampled_from([0.0, 0.03, 0.5]))
def test_an_answer_is_lost_misread_or_kept(seed: int, most_lost: float, noise: float) -> None:
    rng, codes, offices, rows = np.random.default_rng(seed), 5, 3, range(400)
    misread = np.full((codes, codes), 1 / (codes - 1))
    np.fill_diagonal(misread, 0)
    recording = Recording(rng.random((offices, codes)) * most_lost, noise, misread)
    office = rng.integers(0, offices, len(rows)).astype(np.int8)
    declared = rng.integers(0, codes, len(rows)).astype(np.int8)
    observed = Observer("debt", recording).observe(seed, rows, office, declared)
    raw, alias = words(seed, "row", "debt", "observe", rows=rows), AliasTable.build(misread)
    for row, found in enumerate(observed.tolist()):
        word, said = int(raw[row]), int(declared[row])
        lost = round(float(recording.missing[office[row], said]) * FULL)
        wrong = lost + round((FULL - lost) * noise)
        low = word % FULL
        if word >> 32 < lost:
            expected = MISSING
        elif word >> 32 < wrong:
            again = np.array([(low << 32) | (low * 2654435761 % FULL)], dtype=np.uint64)
            expected = int(alias.draw(again, np.array([said]))[0])
        else:
            expected = said
        assert found == expected


def test_a_closed_gate_shows_as_not_applicable() -> None:
    observed = drawn().observed
    open_or_not = {name: np.where(codes == NOT_APPLICABLE, 0, codes) for name, codes in observed.items()}
    gated = _gated(open_or_not)
    for name, field in fields().items():
        expected = open_or_not[name].copy()
        if field.gate is not None:
            ((gate, labels),) = field.gate.items()
            opening = [code for code, label in enumerate(fields()[gate].codes) if label in labels]
            expected[~np.isin(open_or_not[gate], opening)] = NOT_APPLICABLE
        assert (gated[name] == expected).all(), name


@given(SEEDS, st.sampled_from([name for name, field in fields().items() if field.is_number]))
def test_a_number_lies_within_its_bin_on_a_step(seed: int, name: str) -> None:
    field, rows = fields()[name], range(300)
    codes = np.random.default_rng(seed).integers(-2, field.size, len(rows)).astype(np.int8)
    edges = [*field.edges, field.upper + 1]
    raw = words(seed, "row", name, "within", rows=rows)
    for row, found in enumerate(_within(seed, name, rows, codes).tolist()):
        code = int(codes[row])
        if code < 0:
            assert found == code
            continue
        first = -(-edges[code] // field.step) * field.step
        first = first if first < edges[code + 1] else edges[code]
        steps = max(1, -(-(edges[code + 1] - first) // field.step))
        assert found == first + ((int(raw[row]) >> 32) * steps >> 32) * field.step


@given(SEEDS, st.sampled_from(sorted(LINKS)))
def test_actors_and_their_counts_are_found_by_linear_hashing(seed: int, name: str) -> None:
    rng, field = np.random.default_rng(seed), fields()[name]
    pool = ActorPool.of(name, rng.random(field.size) * 10_000)
    band = rng.integers(-2, field.size, 300).astype(np.int8)
    raw = words(seed, "twin", rows=range(300))
    actors = pool.actors_of(raw, band)
    counts = pool.counts(seed, actors, band)
    edges = [*field.edges, field.upper + 1]
    for row, at in enumerate(band.tolist()):
        if at <= 0:
            assert (actors[row], counts[row]) == (ALONE, edges[0])
            continue
        there = int(pool.actors[at])
        slots = 1 << (there - 1).bit_length()
        place = (int(raw[row]) >> 32) % slots
        place = place if place < there else place % (slots // 2)
        assert actors[row] == at * 2**40 + place
        word = scattered_words(seed, "actor", name, "count", ids=actors[row : row + 1])
        assert counts[row] == edges[at] + int(below(word, edges[at + 1] - edges[at])[0])
