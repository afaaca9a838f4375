"""A register of corrections as clerks write it: taken where it can mean one thing alone, and else
told which of its parts does not fit."""

import shutil

import pytest
from tables import found, imported, refusals, school, table

from pipeline.whole.checking import check_paths

ROWS = [school(n, pupils=400 + 7 * n) for n in range(1, 8)]
HEAD, FILE, AREA = "文件,工作表,单元格,原值,新值,理由", "990101_甲县.xlsx", "教学及辅助用房面积(㎡)"
LINE = f"{FILE},学校情况,H2,407,410,核对"


def registered(folder, *lines: str, rows=ROWS):
    return imported(folder, rows, corrections="\n".join(lines).encode())


@pytest.mark.parametrize("lines", [
    (HEAD, LINE), (HEAD, LINE.replace("H2", "h2")), (HEAD, LINE.replace("H2", "$H$2")),
    (HEAD, LINE.replace("H2", "Ｈ２")), (HEAD, LINE.replace("H2", "第2行H列")),
    (HEAD, LINE.replace("H2", "2行H列")), (HEAD, LINE.replace(FILE, f"2023/{FILE}")),
    (HEAD, LINE.replace(FILE, f"上报\\{FILE}")), (HEAD, LINE.replace(",407,", ",407.0,")),
    (HEAD, LINE.replace(",407,", ",４０７,")), (HEAD, LINE.replace(",407,", ",407人,")),
    (HEAD, LINE.replace(",410,", ",410 人,")), (HEAD, LINE.replace(",", " , ")),
    (HEAD.replace(",", ";"), LINE.replace(",", ";")), (HEAD, "", LINE, ""),
    (HEAD.replace(",", "\t"), LINE.replace(",", "\t")), (HEAD, LINE, LINE),
    ("单元格,原值,新值,理由,工作表,文件", f"H2,407,410,核对,学校情况,{FILE}"),
    ("文件名,表名,单元格,更正前,更正后,原因", LINE)], ids=lambda lines: lines[-1] or lines[0])
def test_a_correction_is_made_however_its_line_is_written(lines, tmp_path):
    result = registered(tmp_path, *lines)
    assert refusals(result) == [] and len(found(result, "cell.corrected")) == 1
    assert result.schools["pupils"].iloc[0] == 410


WRONG = table("""
    line                                            | said
    990101_甲县.xlsx,学校情况,H2,400,410,核对        | 该格现在是“407”，不是登记的原值
    990101_甲县.xlsx,学校情况,H2,407%,410,核对       | 该格现在是“407”，不是登记的原值
    990101_甲县.xlsx,学校情况,D2,407,410,核对        | 该格现在是空白，不是登记的原值
    990101_甲县.xlsx,学校情况,ZZ99,407,410,核对      | 该工作表没有这一格
    990101_甲县.xlsx,小学,H2,407,410,核对            | 该文件没有这张工作表，有“学校情况”
    990101_甲县,学校情况,H2,407,410,核对             | 没有读到文件“990101_甲县”
    990101_甲县.xlsx,学校情况,H2,407,410,            | 没有写理由
    990101_甲县.xlsx,学校情况,H2,407,410             | 应有6栏
""")


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["said"])
def test_a_line_that_does_not_fit_is_told_in_which_part(row, tmp_path):
    result = registered(tmp_path, HEAD, row["line"])
    assert refusals(result) == ["correction.unused"]
    (told,) = found(result, "correction.unused")
    assert row["said"] in told["action"] and told["row"] == 2


@pytest.mark.parametrize("same", ["99999", "99,999", "99999.0", "９９９９９", " 99999 "])
def test_a_figure_is_confirmed_by_the_same_figure_however_it_is_written(same, tmp_path):
    rows = [ROWS[0] | {"教学仪器设备值(万元)": 99999}, *ROWS[1:]]
    line = f'{FILE},学校情况,P2,99999,"{same}",扶贫资产一次划入，已核'
    result = registered(tmp_path, HEAD, line, rows=rows)
    assert refusals(result) == [] and len(found(result, "value.confirmed")) == 1


@pytest.mark.parametrize(("stands", "new", "told"), [
    (1000000, "1000000元", "cell.corrected"), (5, "5百万元", "cell.corrected"),
    (100, "100万元", "cell.corrected"), (99999, "99999%", "cell.corrected")])
def test_another_unit_is_another_value_and_confirms_nothing(stands, new, told, tmp_path):
    rows = [ROWS[0] | {"教学仪器设备值(万元)": stands}, *ROWS[1:]]
    result = registered(tmp_path, HEAD, f"{FILE},学校情况,P2,{stands},{new},单位", rows=rows)
    assert len(found(result, told)) == 1 and found(result, "cell.confirmed") == []


@pytest.mark.parametrize("old", ["2023.10", "407百万", "407元", "40.7"])
def test_an_old_value_with_another_unit_or_decimal_is_not_what_stands(old, tmp_path):
    result = registered(tmp_path, HEAD, f"{FILE},学校情况,H2,{old},410,核对")
    assert refusals(result) == ["correction.unused"]


TAKEN = table("""
    folder of the table | register                       | codes
    2023                | 990101_corrections.csv         | cell.corrected
    2023                | 990101_更正登记表.csv           | cell.corrected
    2023/990101         | corrections.csv                | cell.corrected
    2023/990101         | 990101_corrections.csv         | cell.corrected
    2023/990101         | 更正登记.csv                    | cell.corrected
    2023                | corrections.csv                | correction.misplaced
    2023                | 更正登记.csv                    | correction.misplaced
    2023                | 更正登记.xlsx                   | correction.misplaced
    2023                | 990101_更正登记.xlsx            | correction.misplaced
    2023/990101         | corrections(1).csv             | correction.misplaced
    2023                | 990102_corrections.csv         |
""")


@pytest.mark.parametrize("row", TAKEN, ids=lambda row: f"{row['folder of the table']} "
                         f"{row['register']}")
def test_a_file_checked_alone_has_the_registers_that_its_county_has(row, tmp_path):
    imported(tmp_path, ROWS)
    file = tmp_path / "raw" / row["folder of the table"] / FILE
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        shutil.move(tmp_path / "raw" / "2023" / FILE, file)
    (file.parent / row["register"]).write_text(f"{HEAD}\n{LINE}\n", "utf-8")
    about = {"cell.corrected", "correction.misplaced", "correction.unused"}
    alone, county = (
        [f for report in check_paths([path]) if report["unit"] or path == file
         for f in report["findings"] if f["code"] in about]
        for path in (file, tmp_path / "raw" / "2023"))
    assert [f["code"] for f in alone] == [f["code"] for f in county] == row["codes"].split()
    assert [f["action"] for f in alone] == [f["action"] for f in county]
    assert not row["codes"].startswith("correction") or "990101_corrections.csv" in (
        alone[0]["action"])


@pytest.mark.parametrize("name", ["甲县.xlsx", "2023年上报.xlsx"])
def test_beside_a_table_of_no_county_a_register_is_not_taken_and_told_how_to_be(name, tmp_path):
    imported(tmp_path, ROWS)
    file = (tmp_path / "raw" / "2023" / FILE).rename(tmp_path / name)
    (tmp_path / "corrections.csv").write_text(f"{HEAD}\n{LINE.replace(FILE, name)}\n", "utf-8")
    (report,) = check_paths([file])
    (told,) = [f for f in report["findings"] if f["severity"] == "refuse"]
    assert told["code"] == "correction.misplaced"
    assert "县代码_corrections.csv" in told["action"] and "县代码_corrections.csv" in told["remedy"]
