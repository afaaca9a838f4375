"""Every route of the desk: its headers, its cookies, who may come, and what is refused."""

import pytest
from asked_desk import EXAMPLE, FIRST, SECOND, Asked, desk_at

from pipeline.whole.desk.job_queue import ask_to_make
from pipeline.whole.desk.tokens import EVERY
from pipeline.whole.desk.web import routes
from pipeline.whole.desk.web.guarding import HEADERS, POLICY

TOOLS = ("script-src 'self'", "style-src 'self'", "default-src 'none'", "frame-ancestors 'none'",
         "base-uri 'none'", "form-action 'self'", "connect-src 'self'")
OPERATORS = "/op"
OPEN = {"/", "/t", "/login", "/health", "/static"}


@pytest.fixture
def asked(tmp_path):
    return Asked(desk_at(tmp_path / "desk"))


@pytest.fixture
def behind_tls(tmp_path):
    return Asked(desk_at(tmp_path / "desk", names=("desk.example",)))


@pytest.fixture
def crowd(asked):
    """Return two clerks, an operator, and the ids of what the first one has handed in."""
    first, second, operator = (asked.sign_in(unit) for unit in (FIRST, SECOND, EVERY))
    upload = first.put().told["to"].rpartition("/")[2]
    asked.db.execute("UPDATE upload SET state = 'ready'")
    job = ask_to_make(asked.db, upload, "pdf", "x")
    return {"first": first, "second": second, "operator": operator, "upload": upload, "job": job}


def paths(crowd):
    """Yield every route with a method, and its path with ids that there are."""
    for route in routes():
        for method in sorted(getattr(route, "methods", None) or {"GET"}):
            kind = "job" if route.path.startswith(("/job", "/op/job")) else "upload"
            path = route.path.replace("{id}", crowd[kind]).replace("{name}", "dossier.pdf")
            yield method, route.path, path.replace("{year}", "2012") + (
                "/desk.css" if route.path == "/static" else "")


def test_every_answer_of_every_route_bears_the_headers(asked, crowd):
    for method, _, path in [*paths(crowd), ("GET", "/nowhere", "/nowhere"), ("PUT", "/", "/")]:
        for who in ({}, {"cookie": crowd["first"].cookie}, {"cookie": crowd["operator"].cookie}):
            answer = asked.ask(method, path, who.items())
            assert {answer.headers[name.lower()] for name in HEADERS} == {*HEADERS.values()}, path
    assert all(tool in POLICY for tool in TOOLS) and "unsafe" not in POLICY


def test_a_refused_request_bears_the_headers_too(asked):
    for headers in ([("host", "evil.example")], [("origin", "http://evil.example")]):
        answer = asked.ask("POST", "/login", headers)
        assert answer.headers.items() >= {k.lower(): v for k, v in HEADERS.items()}.items()


def test_a_fault_of_ours_bears_the_headers_and_tells_nothing_of_its_inside(asked, crowd):
    asked.db.execute("DROP TABLE release")
    answer = crowd["operator"].get("/op/release")
    assert (answer.status, "release" in answer.text.partition("<main")[2]) == (500, False)
    assert answer.headers.items() >= {k.lower(): v for k, v in HEADERS.items()}.items()


def test_nobody_reaches_a_page_without_signing_in(asked, crowd):
    for method, route, path in paths(crowd):
        if route in OPEN:
            continue
        answer = asked.ask(method, path)
        plain = method in ("GET", "HEAD") and not path.endswith(".json")
        assert (answer.status, answer.headers.get("location")) == (
            (303, "/") if plain else (401, None)), (method, route)


def test_another_countys_things_are_not_there_by_any_route(asked, crowd):
    concerned = [(m, r, p) for m, r, p in paths(crowd) if "{id}" in r and "/op" not in r]
    assert len(concerned) > 12
    for method, route, path in concerned:
        own = asked.ask(method, path.replace(crowd["upload"], "0" * 32).replace(
            crowd["job"], "0" * 32), headers(crowd["second"]))
        answer = asked.ask(method, path, headers(crowd["second"]))
        assert (answer.status, answer.body) == (404, own.body), (method, route)
    assert asked.db.execute("SELECT state FROM upload").fetchone()[0] == "ready"


def headers(person):
    return [("cookie", person.cookie), ("x-junheng", person.key)]


def test_the_operators_routes_are_not_there_for_clerks_nor_the_other_way(asked, crowd):
    for method, route, path in paths(crowd):
        if route.startswith(OPERATORS):
            assert asked.ask(method, path, headers(crowd["first"])).status == 404, route
    for path in ("/desk", "/history", "/template/2012.xlsx"):
        assert crowd["operator"].get(path).status == 404


def test_whatever_changes_something_needs_the_key_of_the_session(asked, crowd):
    for method, route, path in paths(crowd):
        if method in ("GET", "HEAD") or route in OPEN:
            continue
        who = crowd["operator"] if route.startswith(OPERATORS) else crowd["first"]
        for key in ("", "login", crowd["second"].key):
            answer = asked.ask(method, path, [("cookie", who.cookie), ("x-junheng", key)])
            assert answer.status == 403, (method, route, key)


@pytest.mark.parametrize(("origin", "site", "status"), [
    (None, None, 403), ("http://evil.example", None, 403), ("null", None, 403),
    (None, "cross-site", 403), (None, "same-site", 403), (None, "none", 403),
    ("OWN", "cross-site", 403), ("http://evil.example", "same-origin", 403),
    ("OWN", None, 401), (None, "same-origin", 401), ("OWN", "same-origin", 401)])
def test_a_request_from_another_site_is_refused(origin, site, status, asked):
    origin = asked.desk.origins[0] if origin == "OWN" else origin
    answer = asked.ask("POST", "/login", [("x-junheng", "login"), ("origin", origin),
                                          ("sec-fetch-site", site)], [b"x"])
    assert answer.status == status


@pytest.mark.parametrize(("host", "status"), [
    ("127.0.0.1:8765", 200), ("localhost:8765", 200), ("127.0.0.1", 400), ("evil.example", 400),
    ("127.0.0.1:8765.evil.example", 400), ("", 400), (None, 400), ("LOCALHOST:8765", 200)])
def test_another_host_name_is_refused(host, status, asked):
    assert asked.ask("GET", "/health", [("host", host)]).status == status


@pytest.mark.parametrize(("host", "status"), [
    ("desk.example", 200), ("127.0.0.1:8765", 400), ("desk.example:8765", 400)])
def test_behind_tls_the_names_that_were_allowed_are_the_only_ones(host, status, behind_tls):
    assert behind_tls.ask("GET", "/health", [("host", host)]).status == status


def test_the_cookie_is_the_browsers_alone_and_bound_to_tls_where_there_is_tls(asked, behind_tls):
    for desk, name, more in ((asked, "junheng", set()), (behind_tls, "__Host-junheng",
                                                         {"Secure"})):
        answer = desk.ask("POST", "/login", [("x-junheng", "login")],
                          [desk.token(FIRST).encode()])
        (cookie,) = answer.cookies
        first, *flags = cookie.split("; ")
        assert first.startswith(f"{name}=") and len(first) > 40
        assert set(flags) == {"HttpOnly", "Path=/", "SameSite=strict"} | more


def test_no_other_answer_sets_a_cookie_and_leaving_takes_it_back(asked, crowd):
    for method, route, path in paths(crowd):
        if route != "/logout":
            assert asked.ask(method, path, headers(crowd["second"])).cookies == [], route
    (cookie,) = crowd["first"].post("/logout").cookies
    assert "Max-Age=0" in cookie and "HttpOnly" in cookie
    assert crowd["first"].get("/desk").status == 303


def test_signing_in_anew_makes_another_session_and_ends_the_one_before(asked):
    before = asked.sign_in()
    answer = asked.ask("POST", "/login", [("x-junheng", "login"), ("cookie", before.cookie)],
                       [asked.token(FIRST).encode()])
    assert answer.cookies[0].partition(";")[0] != before.cookie
    assert before.get("/desk").status == 303


KINDS = [  # name, content, more headers, status, a word of the sentence
    ("表.xlsm", b"PK", {}, 415, "另存为"), ("表.et", b"PK", {}, 415, "WPS"),
    ("表.zip", b"PK", {}, 415, "解压"), ("表.pdf", b"%PDF", {}, 415, "xlsx"),
    ("表", b"x", {}, 415, "xlsx"), ("表.xlsx.exe", b"MZ", {}, 415, "xlsx"),
    ("910001_corrections.csv", b"x", {}, 415, "主办单位登记"),
    ("表.csv", b"", {}, 400, "空"),
    ("表.csv", b"x" * 1_000_001, {}, 413, "1 MB"),
    ("表.csv", b"x" * 1_000_001, {"content_length": "5"}, 413, "1 MB"),
    ("表.csv", b"x", {"content_length": "99999999"}, 413, "1 MB"),
    ("表.csv", b"x" * 1_000_000, {}, 202, ""), ("表.XLSX", b"x", {}, 202, "")]


@pytest.mark.parametrize(("name", "content", "more", "status", "word"), KINDS)
def test_what_is_not_taken_is_told_in_a_sentence_and_leaves_nothing(name, content, more, status,
                                                                    word, tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk", most_mb=1)).sign_in()
    answer = clerk.put(content, name, **more)
    assert answer.status == status and word in answer.told["said"]
    assert len([*clerk.asked.desk.inbox.iterdir()]) == (1 if status == 202 else 0)
    assert clerk.asked.db.execute("SELECT count(*) FROM upload").fetchone()[0] == (
        1 if status == 202 else 0)


@pytest.mark.parametrize(("limits", "status", "word"), [
    ({"least_free_mb": 10**9}, 503, "磁盘"), ({"uploads_a_day": 2}, 429, "24 小时"),
    ({"uploads_a_day": 3}, 202, ""), ({"quota_mb": 0}, 429, "删除")])
def test_quota_and_room_are_told_in_a_sentence(limits, status, word, tmp_path):
    clerk = Asked(desk_at(tmp_path / "desk", **limits)).sign_in()
    for number in range(2):
        clerk.put(b"%d" % number)
    answer = clerk.put(b"new")
    assert answer.status == status and word in answer.told["said"]


def test_a_file_that_a_scanner_does_not_pass_is_not_taken(tmp_path):
    for number, (scan, status) in enumerate(
            (("true", 202), ("false", 422), ("no-such-scanner", 503))):
        clerk = Asked(desk_at(tmp_path / str(number), scan=scan)).sign_in()
        assert clerk.put().status == status
        assert len([*clerk.asked.desk.inbox.iterdir()]) == (status == 202)


def test_the_same_bytes_are_one_upload_and_other_bytes_years_or_counties_are_others(asked):
    first, second = asked.sign_in(FIRST), asked.sign_in(SECOND)
    answers = [first.put(), first.put(name="别名.csv"), first.put(year=2013), second.put(),
               first.put(EXAMPLE.read_bytes() + b"\n"), first.put(name="表.xls")]
    assert [answer.status for answer in answers] == [202, 200, 202, 202, 202, 202]
    assert answers[0].told["to"] == answers[1].told["to"]
    assert len({answer.told["to"] for answer in answers}) == 5
    assert len([*asked.desk.inbox.iterdir()]) == 5
    assert asked.db.execute("SELECT count(*) FROM job").fetchone()[0] == 5


def test_ten_wrong_tokens_bring_a_minutes_pause_even_for_the_right_one(asked):
    token, at = asked.token(FIRST), [0.0]
    asked.app.app.state.tries.clock = lambda: at[0]

    def sign_in(word):
        return asked.ask("POST", "/login", [("x-junheng", "login")], [word.encode()]).status

    assert [sign_in("WRONG") for _ in range(10)] == [401] * 10
    assert sign_in(token) == 429
    at[0] = 59.0
    assert sign_in(token) == 429
    at[0] = 61.0
    assert sign_in(token.lower().replace("-", " ")) == 200


def test_a_token_that_was_ended_or_has_expired_opens_nothing(asked):
    clerk, token = asked.sign_in(), asked.token(FIRST)
    asked.db.execute("UPDATE token SET expires = -1 WHERE id = 2")
    assert asked.ask("POST", "/login", [("x-junheng", "login")], [token.encode()]).status == 401
    operator = asked.sign_in(EVERY)
    assert operator.post("/op/tokens/1/revoke").status == 200
    assert clerk.get("/desk").status == 303


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "²", "x", "-1", "77"])
def test_a_token_that_there_is_not_cannot_be_ended(number, asked):
    assert asked.sign_in(EVERY).post(f"/op/tokens/{number}/revoke").status == 404


def test_a_blank_form_is_not_kept(asked):
    before = set(asked.desk.place.rglob("*"))
    answer = asked.sign_in().get("/template/2030.xlsx")
    assert (answer.status, answer.body[:2]) == (200, b"PK")
    assert set(asked.desk.place.rglob("*")) - before <= {
        asked.desk.place / f"desk.db-{end}" for end in ("wal", "shm")}


def test_no_token_and_no_session_stands_in_the_database_as_it_is(asked):
    token = asked.token(FIRST)
    clerk = asked.sign_in()
    asked.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(p.read_bytes() for p in asked.desk.place.glob("desk.db*"))
    assert token.encode() not in held and token.replace("-", "").encode() not in held
    assert clerk.cookie.partition("=")[2].encode() not in held
    assert clerk.key.encode() in held
