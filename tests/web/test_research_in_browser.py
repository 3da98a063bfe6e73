"""The researcher's pages in a real browser: nothing fetched, nothing too wide, one slider for every chart."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from dossier.texts import Language
from screening.evaluation.pages.html_sides import side_of
from screening.evaluation.texts import number, percent, percents
from tests.web.research_page import PAGES, source
from tests.web.research_sample import tuned
from tests.web.watched import OPEN_ALL, TOO_WIDE, watched

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the samples."""
    path: Path = tmp_path_factory.mktemp("research")
    for kind in PAGES:
        (path / f"{kind}.html").write_text(source(kind), encoding="utf-8")
    return path


@pytest.fixture
def opened(page: Page, folder: Path) -> Iterator[Callable[[str], Page]]:
    """Opens a page from its file; fails if one complains or asks anybody for anything."""

    def go(kind: str) -> Page:
        page.goto((folder / f"{kind}.html").as_uri())
        return page

    with watched(page, lambda url: url.startswith(folder.as_uri())):
        yield go


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", PAGES)
def test_nothing_overflows_sideways(
    opened: Callable[[str], Page], kind: str, width: int, language: str
) -> None:
    page = opened(kind)
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(f"label[for='in-{language}']").click()
    page.evaluate(OPEN_ALL)
    assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("kind", PAGES)
def test_one_press_of_a_key_moves_a_mark_on_every_chart(opened: Callable[[str], Page], kind: str) -> None:
    """From the middle of the slider, where no chart is at its edge, twenty steps change every picture."""
    page = opened(kind)
    before = _places(page)
    page.locator("#slider-input").focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    after = _places(page)
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] == after[name]] == []
    page.keyboard.press("Home")
    page.locator("#slider-reset").click()
    assert _places(page) == before


def _places(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[data-chart]')].map((figure) =>
          [figure.dataset.chart, figure.querySelector('.overlay').innerHTML]))"""
    )
    return found


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("steps", [0, -9, 30])
def test_the_slider_tells_exactly_what_was_counted(
    opened: Callable[[str], Page], steps: int, language: Language
) -> None:
    page = opened("tune")
    page.locator(f"label[for='in-{language}']").click()
    page.locator("#slider-input").focus()
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
    content = tuned()
    side = side_of(content["sweep"], content)
    of = {"en": "of", "id": "dari"}[language]
    for series in (side.victims, side.lawful, *side.groups):
        rate = series.at(side.here + steps)
        cell = page.locator(f"[data-rate='{series.key}']").first
        assert " ".join(cell.inner_text().split()) == " ".join(
            f"{percent(rate.estimate).in_language(language)} "
            f"({percents(rate.low, rate.high).in_language(language)}) "
            f"{number(rate.count).in_language(language)} {of} {number(rate.n).in_language(language)}".split()
        )
    spoken = page.locator("#slider-input").get_attribute("aria-valuetext") or ""
    assert percent(side.victims.at(side.here + steps).estimate).in_language(language) in spoken


def test_open_marks_lie_on_the_filled_ones_at_first(opened: Callable[[str], Page]) -> None:
    page = opened("tune")
    distance = page.evaluate(
        """() => {
          const middle = (node) => { const box = node.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; };
          return Math.max(...['tradeoff', 'roc', 'det', 'groups'].map((name) => {
            const picture = document.querySelector(`[data-chart="${name}"] [lang="en"] svg`);
            const open = picture.querySelector('.overlay-mark');
            const colour = open.getAttribute('stroke');
            const drawn = [...picture.querySelectorAll('path')].map((one) => [one, one.getAttribute('fill')])
              .filter(([one, fill]) => fill === colour && !one.closest('.overlay')).map(([one]) => middle(one));
            const [x, y] = middle(open);
            return Math.min(...drawn.map((at) => Math.hypot(at[0] - x, at[1] - y)));
          }));
        }"""
    )
    assert distance < 1.5


def test_the_heat_map_follows_the_slider(opened: Callable[[str], Page]) -> None:
    page = opened("tune")
    cell = page.locator("[data-cue='0/missed']")
    before = cell.inner_text()
    page.locator("#slider-input").focus()
    page.keyboard.press("Home")
    assert cell.inner_text() == "–" != before


def test_no_cell_of_the_heat_map_says_more_than_everybody(opened: Callable[[str], Page]) -> None:
    """The people whose cues are counted are three times as many as those of the sweep."""
    page = opened("tune")
    largest = page.evaluate(
        """() => {
          const input = document.getElementById('slider-input');
          const shown = [];
          for (let step = 0; step <= Number(input.max); step += 20) {
            input.value = step;
            input.dispatchEvent(new Event('input'));
            shown.push(...[...document.querySelectorAll('[data-cue] [lang="en"], [data-cue]')]
              .map((cell) => parseFloat(cell.textContent)).filter(Number.isFinite));
          }
          return [shown.length, Math.max(...shown)];
        }"""
    )
    assert largest[0] > 100
    assert 0 < largest[1] <= 100
    page.locator("#slider-reset").click()
    content = tuned()
    here = content["sweep"]["here"]
    missed = sum(one["missed"][here] for one in content["cues"]["groups"] if "missed" in one)
    head = page.locator("#cues .heat").first.locator("[data-people='missed']")
    assert head.inner_text() == number(missed).en


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.slow)])
@pytest.mark.parametrize("chart", ["recommendations", "groups"])
def test_names_beside_rows_touch_no_other_words(
    opened: Callable[[str], Page], chart: str, width: int, language: str
) -> None:
    page = opened("tune")
    page.set_viewport_size({"width": width, "height": 900})
    page.locator(f"label[for='in-{language}']").click()
    overlaps = page.evaluate(
        """([chart, language]) => {
          const words = [...document.querySelectorAll(`[data-chart="${chart}"] [lang="${language}"] svg text`)]
            .filter((one) => one.textContent.trim()).map((one) => [one.textContent, one.getBoundingClientRect()]);
          const apart = (a, b) => a.right <= b.left + 0.5 || b.right <= a.left + 0.5
            || a.bottom <= b.top + 2 || b.bottom <= a.top + 2;
          return words.flatMap(([first, a], place) => words.slice(place + 1)
            .filter(([, b]) => !apart(a, b)).map(([second]) => [first, second]));
        }""",
        [chart, language],
    )
    assert overlaps == []


def test_on_a_telephone_the_columns_of_the_heat_map_keep_their_letters(opened: Callable[[str], Page]) -> None:
    page = opened("tune")
    page.set_viewport_size({"width": 360, "height": 900})
    heads = page.locator("#cues .heat").first.locator("thead th .letter-only").all()
    lefts = [(one.bounding_box() or {"x": 0.0})["x"] for one in heads]
    assert lefts == sorted(set(lefts))
    assert max(lefts) < 360


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext], folder: Path) -> Page:
    """The page of a tuned threshold in a browser that runs no script."""
    page = new_context(java_script_enabled=False, viewport={"width": 360, "height": 900}).new_page()
    page.goto((folder / "tune.html").as_uri())
    return page


def test_without_script_the_page_is_complete(plain: Page) -> None:
    assert plain.locator("#slider").is_hidden()
    assert plain.locator("#live-table td.yours").first.is_hidden()
    assert "190" in plain.locator("#live-table").inner_text()
    plain.locator("#tradeoff details summary").click()
    assert plain.locator("#tradeoff details tbody tr").count() > 10
    plain.locator("label[for='in-id']").click()
    assert plain.locator("#verdict-title").inner_text() == "Hasil"


def test_in_print_every_table_is_open_and_the_slider_is_gone(plain: Page) -> None:
    plain.emulate_media(media="print")
    assert plain.locator("#slider").is_hidden()
    box = plain.locator("#workload details table").bounding_box()
    assert box is not None
    assert box["height"] > 0
