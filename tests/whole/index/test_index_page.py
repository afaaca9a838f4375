"""The page of the index in a real browser: searched, narrowed, sorted, without script, printed.

Skipped where there is no Chromium; axe-core is asked where `AXE_CORE` names its axe.min.js.
"""

import os
from pathlib import Path

import pytest
from browser import CHROMIUM, browser
from standing import YEAR, results, stand
from test_index import outcome, record

from pipeline.whole.index.index_files import write_index

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，总览页未在浏览器中核对")
AXE = os.environ.get("AXE_CORE", "")
COUNTIES = (  # name, province, prefecture, verdict, items not met, largest coefficient of primary
    ("云县", "乙省", "丁市", "not_met", ("R2",), "0.10"),
    ("安县", "甲省", "丙市", "met", (), "0.0999"),
    ("南安县", "甲省", "戊市", "not_met", ("R2", "R7"), None),
    ("白县", "乙省", "丁市", "undetermined", (), "0.512"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Return a browser, and the index of five counties."""
    folder = tmp_path_factory.mktemp("reports") / str(YEAR)
    for number, (name, province, prefecture, verdict, failed, cv) in enumerate(COUNTIES, 1):
        stand(folder, results(f"91000{number}", name, verdict, failed, [("primary", "R1", cv)]),
              province, prefecture, "虚构的县" if number == 1 else "")
    record(folder, outcome("910005", "refused", "不是数" * 40))
    write_index(folder)
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        opened.file = folder / "index.html"
        yield opened


@pytest.fixture
def fresh(page):
    page.open(page.file)
    return page


def shown(page):
    """Return the last digit of the codes that are seen, in their order."""
    return page.ask("[...document.querySelectorAll('tbody tr')].filter(row => "
                    "row.getBoundingClientRect().height).map(row => row.cells[0].textContent[5])"
                    ".join('')")


def put(page, name, value):
    page.ask(f"document.forms[0].{name}.value = '{value}'; "
             f"document.forms[0].{name}.dispatchEvent(new Event('input', {{bubbles: true}}))")


def click(page, what):
    page.ask(f"document.querySelector(`{what}`).click()")


NARROWED = [  # what is chosen → whom one sees
    ({}, "12345"), ({"words": "安县"}, "23"), ({"words": "910001"}, "1"),
    ({"words": "不是数"}, "5"),
    ({"words": "甲省  南安"}, "3"), ({"words": "没有的"}, ""), ({"conclusion": "未达标"}, "13"),
    ({"conclusion": "达标"}, "2"), ({"conclusion": "拒收"}, "5"), ({"province": "乙省"}, "145"),
    ({"prefecture": "乙省/丁市"}, "14"), ({"prefecture": "乙省/丙市"}, "5"),
    ({"failed": "R2"}, "13"),
    ({"failed": "R7"}, "3"), ({"failed": "R2", "province": "乙省"}, "1"),
    ({"prefecture": "甲省/戊市", "province": "乙省"}, "145")]  # a city of another province goes


@pytest.mark.parametrize(("chosen", "seen"), NARROWED, ids=lambda value: str(value))
def test_search_and_filters_narrow_the_rows_and_count_them(chosen, seen, fresh):
    for name, value in chosen.items():
        put(fresh, name, value)
    assert shown(fresh) == seen
    assert fresh.ask("document.querySelector('[role=status]').textContent") == (
        f"符合 {len(seen)} 个县，共 5 个县")
    click(fresh, "button[type=reset]")
    fresh.ask("new Promise(done => setTimeout(done, 20))")
    assert shown(fresh) == "12345"


SORTED = [("code", "12345", "54321"), ("name", "24531", "13542"), ("primary", "21435", "41235"),
          ("not_met", "24135", "31245")]


@pytest.mark.parametrize(("column", "up", "down"), SORTED, ids=[name for name, _, _ in SORTED])
def test_headings_are_buttons_that_sort_and_say_so_and_what_is_missing_comes_last(
        column, up, down, fresh):
    for order, seen in (("ascending", up), ("descending", down)):
        click(fresh, f"th[data-name={column}] button")
        assert shown(fresh) == seen
        assert fresh.ask("[...document.querySelectorAll('[aria-sort]')].map(head => "
                         "[head.dataset.name, head.ariaSort])") == [[column, order]]


def test_a_tile_narrows_to_its_province_and_back(fresh):
    for pressed, seen in (("true", "23"), ("false", "12345")):
        click(fresh, "li[data-province=甲省] button")
        assert shown(fresh) == seen
        assert fresh.ask("document.querySelector('li[data-province=甲省] button').ariaPressed"
                         ) == pressed


def test_without_script_every_row_is_there_and_nothing_that_does_nothing(page):
    page.open(page.file, script=False)
    page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert shown(page) == "12345"
    assert page.ask("[...document.querySelectorAll('button, input, select')].filter(one => "
                    "one.getBoundingClientRect().height).length") == 0


@pytest.mark.parametrize("width", [1366, 320])
def test_the_page_is_no_wider_than_the_screen_and_the_table_scrolls_in_its_region(width, page):
    page.open(page.file, width)
    assert page.ask("document.documentElement.scrollWidth <= innerWidth")
    assert page.ask("(region => region.tabIndex === 0 && getComputedStyle(region).overflowX)"
                    "(document.querySelector('[role=region]'))") == "auto"


def test_the_page_asks_for_nothing_and_nothing_in_it_is_refused(fresh):
    assert set(fresh.requests) == {fresh.file.as_uri()}
    assert fresh.faults == []


def test_what_is_printed_has_no_controls(fresh):
    fresh.send("Emulation.setEmulatedMedia", media="print")
    put(fresh, "conclusion", "未达标")
    assert shown(fresh) == "13"
    assert fresh.ask("document.forms[0].getBoundingClientRect().height") == 0
    fresh.send("Emulation.setEmulatedMedia", media="")


@pytest.mark.skipif(not AXE, reason="没有设 AXE_CORE（axe-core 的 axe.min.js），无障碍未核对")
@pytest.mark.parametrize("width", [1366, 320])
def test_axe_core_finds_nothing(width, page):
    page.open(page.file, width)
    page.send("Page.setBypassCSP", enabled=True)
    page.ask(Path(AXE).read_text("utf-8") + "; 1")
    click(page, "th[data-name=name] button")
    found = page.ask("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', "
                     "'best-practice']}).then(told => told.violations.map(one => one.id + ': ' + "
                     "one.nodes.map(node => node.target)))")
    assert found == []
