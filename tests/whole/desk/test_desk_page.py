"""The pages of the desk in a real browser: a clerk's and an operator's way, by mouse and by keys.

Skipped where there is no Chromium; axe-core is asked where `AXE_CORE` names its axe.min.js. With
`DESK_PICTURES` a folder is filled with pictures of every page and state, to be looked at.
"""

import base64
import io
import json
import os
import time
from pathlib import Path

import pytest
from asked_desk import EXAMPLE, FIRST, YEAR, Asked, desk_at
from browser import CHROMIUM, browser
from desk_standing import free_port, standing
from pypdf import PdfReader

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="没有 Chromium，窗口的网页未在浏览器中核对")
AXE, PICTURES = os.environ.get("AXE_CORE", ""), os.environ.get("DESK_PICTURES", "")
PATIENCE_SECONDS = 300
BAD = EXAMPLE.read_text("utf-8-sig").replace("小学1,45,", "小学1,约45,").encode()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Return a desk that stands, with a clerk's token and two operators'."""
    made = desk_at(tmp_path_factory.mktemp("desk") / "desk", port=free_port())
    asked = Asked(made)
    tokens = {name: asked.token(unit) for name, unit in (
        ("clerk", FIRST), ("one", "*"), ("other", "*"))}
    with standing(made):
        yield made, tokens


@pytest.fixture(scope="module")
def page(desk, tmp_path_factory):
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        opened.home = f"http://127.0.0.1:{desk[0].port}"
        yield opened


@pytest.fixture
def clerk(page, desk):
    """Return the page, with the clerk signed in."""
    sign_in(page, desk[1]["clerk"])
    return page


def sign_in(page, token):
    page.send("Network.clearBrowserCookies")
    go(page, "/")
    page.ask(f"document.getElementById('token').value = '{token}';"
             "document.querySelector('#login button').click()")
    wait(page, "document.querySelector('nav') !== null")


def go(page, path, script=True):
    page.send("Emulation.setDeviceMetricsOverride", width=1366, height=900, deviceScaleFactor=1,
              mobile=False)
    page.send("Emulation.setScriptExecutionDisabled", value=not script)
    page.send("Page.navigate", url=page.home + path)
    page._until(lambda told: told.get("method") == "Page.loadEventFired")


def wait(page, expression):
    """Wait until something is so in the page; it may be loading another one meanwhile."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            if page.ask(expression):
                return
        except AssertionError:
            pass
        time.sleep(0.2)
    raise AssertionError(f"never: {expression}; {page.ask('document.body.innerText')[:2000]}")


def drop(page, content, name):
    """Drop a file into the page, as from a folder."""
    coded = base64.b64encode(content).decode()
    page.ask(f"""(coded => {{
        const bytes = Uint8Array.from(atob(coded), letter => letter.charCodeAt(0));
        const data = new DataTransfer();
        data.items.add(new File([bytes], '{name}'));
        document.getElementById('year').value = '{YEAR}';
        document.getElementById('drop').dispatchEvent(
            new DragEvent('drop', {{dataTransfer: data, bubbles: true, cancelable: true}}));
    }})('{coded}')""")


def add_year(page):
    """Have the year of the example among the years to choose from."""
    page.ask(f"document.getElementById('year').add(new Option('{YEAR}年', '{YEAR}'))")


def heading(page):
    return page.ask("(document.getElementById('result') || document.querySelector('h1')).innerText")


def fine(page, name):
    """Look at a page: no wider than the screen at 320 px and at 200 %, nothing wrong by axe."""
    for width, scale in ((1366, 1), (683, 2), (320, 1)):
        page.send("Emulation.setDeviceMetricsOverride", width=width, height=900,
                  deviceScaleFactor=scale, mobile=False)
        assert page.ask("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        if PICTURES:
            page.picture(Path(PICTURES) / f"{name}-{width}.png", whole=True)
        if AXE:
            assert violations(page) == [], (name, width)
    page.send("Emulation.setDeviceMetricsOverride", width=1366, height=900, deviceScaleFactor=1,
              mobile=False)


def violations(page):
    page.send("Page.setBypassCSP", enabled=True)
    page.ask(Path(AXE).read_text("utf-8") + "; 1")
    return page.ask(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', "
        "'best-practice']}).then(told => told.violations.map(one => one.id + ': ' + "
        "one.nodes.map(node => node.target)))")


def test_a_wrong_token_is_told_at_the_field_and_the_right_one_opens_the_county(page, desk):
    page.send("Network.clearBrowserCookies")
    go(page, "/")
    page.ask("document.getElementById('token').value = 'AAAA';"
             "document.querySelector('#login button').click()")
    wait(page, "document.getElementById('token-fault').innerText.includes('口令不对')")
    assert page.ask("document.activeElement.id + document.activeElement.ariaInvalid") == "tokentrue"
    fine(page, "login-wrong")
    sign_in(page, desk[1]["clerk"])
    assert page.ask("location.pathname") == "/desk"
    fine(page, "desk-empty")


def test_a_token_in_a_link_signs_in_and_leaves_the_address(page, desk):
    page.send("Network.clearBrowserCookies")
    go(page, f"/t#{desk[1]['clerk']}")
    wait(page, "location.pathname === '/desk'")
    assert not any(desk[1]["clerk"] in url.partition("#")[0] for url in page.requests)


def test_a_bad_file_has_its_cells_named_and_the_mended_one_becomes_a_dossier(clerk):
    """A clerk's way, with a clerk's three mistakes: a wrong kind, two files at once, bad cells."""
    go(clerk, "/desk")
    add_year(clerk)
    drop(clerk, b"%PDF", "盖章扫描件.pdf")
    wait(clerk, "document.getElementById('file-fault').innerText.includes('.xlsx')")
    clerk.ask("(data => { data.items.add(new File(['1'], '1.csv'));"
              "data.items.add(new File(['2'], '2.csv'));"
              "document.getElementById('drop').dispatchEvent(new DragEvent('drop',"
              "{dataTransfer: data})); })(new DataTransfer())")
    wait(clerk, "document.getElementById('file-fault').innerText.includes('一次只能')")
    drop(clerk, BAD, "采集表.csv")
    wait(clerk, "location.pathname.startsWith('/upload/')")
    wait(clerk, "document.getElementById('result').innerText.includes('处要改')")
    assert clerk.ask("document.activeElement.id") == "result"
    cells = clerk.ask("[...document.querySelectorAll('tr[data-level=refuse] .cell')]"
                      ".map(cell => cell.innerText)")
    assert cells == ["B2"]
    clerk.ask("(level => { level.value = 'refuse'; level.dispatchEvent(new Event('change')); })"
              "(document.getElementById('level'))")
    shown = clerk.ask("[...document.querySelectorAll('tr[data-level]')]"
                      ".filter(row => !row.hidden).length")
    assert (shown, clerk.ask("document.getElementById('shown').innerText")) == (
        len(cells), f"显示 {len(cells)} 条")
    fine(clerk, "to-mend")
    go(clerk, "/desk")
    add_year(clerk)
    drop(clerk, EXAMPLE.read_bytes(), "采集表.csv")
    wait(clerk, "document.getElementById('result')?.innerText.startsWith('检查通过')")
    fine(clerk, "ready")
    clerk.ask("(button => { button.click(); button.click(); })"
              "(document.querySelector('#make button'))")
    wait(clerk, "location.pathname.startsWith('/job/')")
    clerk.ask("location.reload()")
    wait(clerk, "document.getElementById('result')?.innerText.startsWith('卷宗已完成')")
    fine(clerk, "done")
    got = clerk.ask("fetch(document.querySelector('.files a').href).then(answer => answer.text())")
    assert "dossier.pdf" in got
    clerk.ask("history.back()")
    wait(clerk, "document.querySelector('h1') !== null")
    go(clerk, "/desk")
    assert "卷宗下载" in clerk.ask("document.querySelector('table').innerText")
    fine(clerk, "desk")


def test_what_is_to_be_mended_prints_whole_and_without_what_is_to_be_pressed(clerk):
    go(clerk, "/desk")
    add_year(clerk)
    drop(clerk, BAD, "采集表.csv")
    wait(clerk, "document.getElementById('result')?.innerText.includes('处要改')")
    clerk.ask("for (let n = 0; n < 80; n++) document.querySelector('.findings tbody')"
              ".append(document.querySelector('.findings tbody tr').cloneNode(true))")
    made = base64.b64decode(clerk.send("Page.printToPDF", preferCSSPageSize=True)["data"])
    counts = [page.extract_text().count("B2") for page in PdfReader(io.BytesIO(made)).pages]
    assert (sum(counts), len(counts) > 1, min(counts) > 0) == (81, True, True)
    if PICTURES:
        (Path(PICTURES) / "to-mend.pdf").write_bytes(made)
    clerk.send("Emulation.setEmulatedMedia", media="print")
    shown = clerk.ask("[...document.querySelectorAll('button, .button, select, footer, nav')]"
                      ".filter(one => one.checkVisibility()).length")
    head = clerk.ask("getComputedStyle(document.querySelector('thead')).display")
    clerk.send("Emulation.setEmulatedMedia", media="")
    assert (shown, head) == (0, "table-header-group")


def test_a_file_that_is_too_large_is_told_before_a_byte_of_it_is_sent(clerk):
    go(clerk, "/desk")
    clerk.ask("""(data => { data.items.add(new File([new Uint8Array(20000001)], '大.xlsx'));
        document.getElementById('drop').dispatchEvent(
            new DragEvent('drop', {dataTransfer: data})); })(new DataTransfer())""")
    wait(clerk, "document.getElementById('file-fault').innerText.includes('20 MB')")
    assert not any("/upload/" in url for url in clerk.requests[-1:])
    fine(clerk, "desk-too-large")


def test_the_same_file_again_shows_the_same_result_and_is_no_second_job(clerk, desk):
    go(clerk, "/desk")
    add_year(clerk)
    drop(clerk, EXAMPLE.read_bytes(), "又一次.csv")
    wait(clerk, "document.getElementById('result')?.innerText.startsWith('检查通过')")
    go(clerk, "/history")
    assert clerk.ask("document.querySelectorAll('table')[0].rows.length") == 3
    assert clerk.ask("document.querySelectorAll('table')[1].rows.length") == 2
    fine(clerk, "history")


def press(page, key, code=0, text=""):
    for kind in ("keyDown", "keyUp"):
        page.send("Input.dispatchKeyEvent", type=kind, key=key, code=key,
                  windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "")


def tab_to(page, expression):
    for _ in range(60):
        press(page, "Tab", 9)
        if page.ask(f"(one => {expression})(document.activeElement)"):
            return
    raise AssertionError(f"not reached by the tab key: {expression}")


def test_the_whole_way_goes_by_keys_alone(page, desk):
    page.send("Network.clearBrowserCookies")
    go(page, "/")
    tab_to(page, "one.id === 'token'")
    page.send("Input.insertText", text=desk[1]["clerk"].lower())
    press(page, "Enter", 13, "\r")
    wait(page, "location.pathname === '/desk'")
    tab_to(page, "one.id === 'choose'")
    assert page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    root = page.send("DOM.getDocument")["root"]["nodeId"]
    field = page.send("DOM.querySelector", nodeId=root, selector="#file")["nodeId"]
    add_year(page)
    page.ask(f"document.getElementById('year').value = '{YEAR}'")
    page.send("DOM.setFileInputFiles", nodeId=field, files=[str(EXAMPLE)])
    wait(page, "document.getElementById('result')?.innerText.startsWith('检查通过')")
    tab_to(page, "one.closest('#make') && one.type === 'submit'")
    press(page, "Enter", 13, "\r")
    wait(page, "document.getElementById('result')?.innerText.startsWith('卷宗已完成')")
    tab_to(page, "one.href?.endsWith('dossier.pdf')")


def test_what_is_pressed_twice_is_deleted_and_once_is_not(clerk):
    go(clerk, "/history")
    last = "[...document.querySelectorAll('table')[0].querySelectorAll('button')].pop()"
    clerk.ask(f"{last}.click()")
    assert "再按一次" in clerk.ask(f"{last}.innerText")
    assert "已删除" not in clerk.ask("document.body.innerText")
    clerk.ask(f"{last}.click()")
    wait(clerk, "document.querySelector('table').innerText.includes('已删除')")


def test_an_operator_gives_a_token_and_two_release_a_public_edition(page, desk):
    sign_in(page, desk[1]["one"])
    assert page.ask("location.pathname") == "/op"
    fine(page, "overview")
    go(page, "/op?state=没有")
    fine(page, "overview-none")
    go(page, "/op/tokens")
    page.ask(f"document.getElementById('unit').value = '{FIRST}';"
             "document.querySelector('#issue button').click()")
    wait(page, "!document.getElementById('issued').hidden")
    token = page.ask("document.getElementById('issued-token').innerText")
    fine(page, "tokens")
    page.ask("document.getElementById('unit').value = '000000';"
             "document.querySelector('#issue button').click()")
    wait(page, "document.getElementById('issue-fault').innerText.includes('没有代码')")
    go(page, "/op/log")
    fine(page, "log")
    go(page, "/op/release")
    fine(page, "releases")
    page.ask("document.querySelector('[data-body]').click()")
    wait(page, "location.pathname.startsWith('/op/release/')")
    wait(page, "document.getElementById('result') !== null && "
               "document.querySelector('[data-poll]') === null")
    place = page.ask("location.pathname")
    made_public(desk[0], place.rpartition("/")[2])
    go(page, place)
    assert "另一位" in page.ask("document.querySelector('.note.warn').innerText")
    sign_in(page, desk[1]["other"])
    go(page, place)
    fine(page, "release")
    page.ask("(button => { button.click(); button.click(); })"
             "(document.querySelector('[data-post$=confirm]'))")
    wait(page, "document.getElementById('result').innerText === '已批准'")
    sign_in(page, token)
    assert page.ask("location.pathname") == "/desk"


def made_public(desk, release):
    """Have the public edition of a release stand, as the real command leaves it: `batches.fake`
    makes none."""
    db = Asked(desk).db
    (job,) = db.execute("SELECT job FROM release WHERE id = ?", (release,)).fetchone()
    db.execute("UPDATE job SET state = 'done', run_id = 'p' WHERE id = ?", (job,))
    (desk.outputs / job).mkdir(exist_ok=True)
    rows = [{"stage": "primary", "group": "all", "mean": f"{n}", "shown": n != 7, "year": n}
            for n in range(60)]
    (desk.outputs / job / "results.json").write_text(json.dumps({"means": rows}), "utf-8")


def test_without_script_the_page_says_which_browser_to_use(page):
    page.send("Network.clearBrowserCookies")
    go(page, "/", script=False)
    page.send("Emulation.setScriptExecutionDisabled", value=False)
    assert "极速模式" in page.ask("document.querySelector('noscript').textContent")


def test_no_page_asks_another_host_and_nothing_is_said_in_the_console(page):
    """The last of this file: all that the browser has asked for and complained of until now."""
    own = (page.home, "data:", "blob:", "about:")
    assert {url for url in page.requests if not url.startswith(own)} == set()
    told = [fault for fault in page.faults if "401" not in str(fault) and "415" not in str(fault)
            and "400" not in str(fault)]
    assert told == []
