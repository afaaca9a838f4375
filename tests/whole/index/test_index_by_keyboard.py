"""The page of the index for who has no mouse or does not see: every control is reached and works by
keys alone, and a screen reader is told a name of its own for each.

Names are those that Chromium computes for its accessibility tree.
"""

import pytest
from browser import CHROMIUM, browser
from standing import YEAR, results, stand
from test_index import outcome, record

from pipeline.whole.index.index_files import write_index

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，总览页未在浏览器中核对")
KEYS = {"Tab": 9, "Enter": 13, " ": 32, "ArrowDown": 40}
CONTROLS = {"searchbox", "combobox", "button", "region"}


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / str(YEAR)
    for code, name, verdict, failed in (("910001", "云县", "not_met", ("R2",)),
                                        ("910002", "安县", "met", ()),
                                        ("910003", "白县", "not_met", ("R2", "R7"))):
        stand(folder, results(code, name, verdict, failed, [("primary", "R1", "0.2")]),
              "乙省", "丁市")
    record(folder, outcome("910005", "refused", "不是数"))
    write_index(folder)
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        opened.file = folder / "index.html"
        yield opened


@pytest.fixture
def fresh(page):
    page.open(page.file)
    return page


def press(page, key):
    told = {"key": key, "code": "Space" if key == " " else key,
            "windowsVirtualKeyCode": KEYS[key]}
    text = {"Enter": "\r", " ": " "}.get(key)
    page.send("Input.dispatchKeyEvent", type="keyDown", **told, **({"text": text} if text else {}))
    page.send("Input.dispatchKeyEvent", type="keyUp", **told)


def at(page):
    """Return what has the focus: the name of a field, else its words."""
    return page.ask("(one => one.name || one.textContent.trim().slice(0, 12))"
                    "(document.activeElement)")


def go_to(page, wanted):
    for _ in range(60):
        press(page, "Tab")
        if at(page) == wanted:
            return
    raise AssertionError(wanted)


def seen(page):
    return page.ask("[...document.querySelectorAll('tbody tr')].filter(row => !row.hidden)"
                    ".map(row => row.cells[0].textContent[5]).join('')")


def test_every_control_is_reached_by_tab_in_the_order_of_the_page_and_shows_it(fresh):
    order = fresh.ask("[...document.querySelectorAll('button, input, select, a[href], "
                      "[tabindex=\"0\"]')].filter(one => one.getClientRects().length && "
                      "one.tabIndex >= 0).length")
    reached, shown = [], []
    for _ in range(order):
        press(fresh, "Tab")
        reached.append(fresh.ask(
            "[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        shown.append(fresh.ask("(style => style.outlineStyle !== 'none' || style.boxShadow !== "
                               "'none')(getComputedStyle(document.activeElement))"))
    assert reached == sorted({*reached}) and len(reached) == order > 15
    assert all(shown)


def test_words_typed_narrow_the_rows_and_the_count_is_spoken(fresh):
    go_to(fresh, "words")
    fresh.send("Input.insertText", text="安县")
    assert seen(fresh) == "2"
    assert fresh.ask("document.querySelector('[role=status]').textContent"
                     ) == "符合 1 个县，共 4 个县"


@pytest.mark.parametrize("key", ["Enter", " "])
def test_a_heading_sorts_by_enter_and_by_the_space_bar(key, fresh):
    go_to(fresh, "未达标")
    press(fresh, key)
    assert fresh.ask("document.querySelector('[aria-sort]').ariaSort") == "ascending"
    press(fresh, key)
    assert fresh.ask("document.querySelector('[aria-sort]').ariaSort") == "descending"


def test_which_counties_failed_and_why_takes_three_keys_or_clicks(fresh):
    fresh.ask("form.conclusion.value = '未达标'; narrow()")          # first: who failed
    assert seen(fresh) == "13"
    assert fresh.ask("rows.filter(one => !one.row.hidden).map(one => one.cells[at.failed])"
                     ) == ["R2", "R2 R7"]                            # why, by the indicators
    fresh.ask("form.failed.value = 'R7'; narrow()")                  # second: in this indicator
    assert seen(fresh) == "3"
    links = fresh.ask("[...document.querySelectorAll('tbody tr:not([hidden]) a')]"
                      ".map(one => one.getAttribute('href'))")
    assert "910003/dossier.pdf" in links                             # third: the dossier
    assert all((fresh.file.parent / link).is_file() for link in links)


def test_a_screen_reader_is_told_a_name_for_every_control_and_cell_by_cell_whose_it_is(fresh):
    fresh.send("Accessibility.enable")
    tree = [node for node in fresh.send("Accessibility.getFullAXTree")["nodes"]
            if not node.get("ignored")]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in tree
            if node.get("role")]
    controls = [one for one in told if one[0].lower() in CONTROLS]
    assert len(controls) > 15
    assert [role for role, name in controls if not name] == []
    assert len({*controls}) == len(controls)
    assert [role for role, _ in told].count("rowheader") == 4
    assert [name for role, name in told if role == "columnheader" and not name] == []
    assert any(role == "status" for role, _ in told)
