"""The catalogue of evidence as a workbook (佐证材料目录工作簿): what is missing first, then item by
item, target by target, school by school, and the files with their hashes."""

import pandas as pd

from pipeline.county import EVIDENCE, County
from pipeline.dossier.c04_government.county_items import state_zh
from pipeline.dossier.c90_appendix.annex_rows import listed_schools
from pipeline.dossier.c90_appendix.annex_values import of_year
from pipeline.dossier.printing.workbook_pages import Column, opened_book, write_lines, write_page
from pipeline.ground.terms import TARGET_STATE_ZH, VETO, is_missing

CATALOGUE_TABLES = ("compliance", "evidence_catalogue", "evidence_files")
_ANSWER_ZH = {"yes": "符合", "no": "不符合", "unknown": "待核", "absent": "无此情况",
              "present": "有此情况"}
_ITEM = [Column("编号", 8), Column("指标或目标", 34), Column("结论", 8),
         Column("应提交的资料", 26)]
_PAPER = [Column("材料名称", 24), Column("文号", 17), Column("日期", 11), Column("填报", 9),
          Column("文件", 24), Column("文件散列值（SHA-256）", 22), Column("还缺", 26)]
_SCHOOL = [Column("学校标识码", 12), Column("学校", 22), Column("学段", 7)]
_TOLD = ("“还缺”为空的，材料名称、日期和文件都有；列在目录里不等于符合要求，结论以测算为准。"
         "文件放在 data/raw/{year}/{code}/{folder}/，只求散列值、不打开；"
         "文件名与所列材料名称相同，或含其文号的，即认作该材料。")


def catalogue_workbook(tables: dict[str, pd.DataFrame], county: County) -> bytes | None:
    """Return the catalogue as a workbook; None where there is nothing to list.

    ``tables`` are those of `CATALOGUE_TABLES`. The same input gives the same bytes.
    """
    rows = of_year(tables, county)
    found = rows["evidence_catalogue"]
    if not found:
        return None
    of = {part: [row for row in found if row["part"] == part]
          for part in ("county", "plan", "school")}
    of["school"] = _in_order(of["school"], rows, county)
    title = f"{county.name}（{county.code}）{county.year}年佐证材料目录"
    book, content = opened_book(title, county.year)

    def page(name: str, said: str, columns: list[Column], lines: list[list[str]]) -> None:
        heading = " ".join(filter(None, (f"{title}：{name}", county.mark)))
        write_page(book, name, (heading, said), columns, lines)

    missing = [row for part in ("county", "plan") for row in of[part] if row["lacking"]]
    lacking = [row for row in of["school"] if row["lacking"]]
    page("还缺的材料", f"全县指标和规划目标中还缺材料的{len(missing)}项；分校的另有"
         f"{len(lacking)}项，见“分校材料”。缺材料的不计为达标。", [*_ITEM, _PAPER[-1]],
         [[*_item(row, county), row["lacking"]] for row in missing])
    told = _TOLD.format(year=county.year, code=county.code, folder=EVIDENCE)
    for part, name in (("county", "全县指标"), ("plan", "规划目标")):
        page(name, told, [*_ITEM, *_PAPER], 
             [[*_item(row, county), *_paper(row)] for row in of[part]])
    page("分校材料", told, [*_SCHOOL, _ITEM[0], _ITEM[1], _ITEM[3], *_PAPER],
         [_school(row, county) for row in of["school"]])
    page("文件清单", f"“{EVIDENCE}”文件夹中的文件，共{len(rows['evidence_files'])}个。",
         [Column("文件", 50), Column("大小（字节）", 14), Column("散列值（SHA-256）", 68),
          Column("用于", 20), Column("备注", 30)], _files(rows["evidence_files"], found))
    write_lines(book, "说明", [
        title, *([county.mark] if county.mark else []), told,
        "结论照测算：达标、未达标、待核；规划目标的为达到、未达到、不适用。填报照佐证材料表。",
        "分校材料：凭数据的各项写明本校缺什么；凭材料的各项，佐证材料表中填了该校标识码的列本校的材料，"
        "没有的写明全县汇总的材料。学校的文件，路径中须有该校的标识码或校名。"])
    book.close()
    return content.getvalue()


def _in_order(schools: list[dict], rows: dict[str, list[dict]], county: County) -> list[dict]:
    """Return the rows school by school, in the one order of all tables (学校顺序)."""
    order: dict[str, int] = {}
    for school in listed_schools(rows, county):
        order.setdefault(school["school_code"], len(order))
    return sorted(schools, key=lambda row: (order.get(row["school_code"], len(order)),
                                            row["school_code"]))


def _item(row: dict, county: County) -> list[str]:
    veto = row["id"] in {veto.id for veto in county.standard.vetoes}
    state = (TARGET_STATE_ZH[row["status"]] if row["part"] == "plan" else
             state_zh({"status": row["status"], "group": VETO if veto else row["part"]}))
    return [row["id"], row["zh"], state, row["wanted"]]


def _paper(row: dict) -> list[str]:
    return [row["document"], row["number"], row["date"], _ANSWER_ZH.get(row["answer"], ""),
            row["file"], row["sha256"], row["lacking"]]


def _school(row: dict, county: County) -> list[str]:
    return [row["school_code"], row["name"], county.standard.stages.get(row["stage"], ""),
            row["id"], row["zh"], row["wanted"], *_paper(row)]


def _files(files: list[dict], found: list[dict]) -> list[list[str]]:
    """Return the files: which items each serves, which serves none, which are the same twice."""
    used: dict[str, list[str]] = {}
    for row in found:
        used.setdefault(row["file"], []).append(row["id"])
    first: dict[str, str] = {}
    lines = []
    for row in files:
        twin = first.setdefault(row["sha256"], row["file"]) if row["sha256"] else row["file"]
        said = [] if row["file"] in used else ["目录没有列出"]
        said += [f"与 {twin} 内容相同"] if twin != row["file"] else []
        lines.append([row["file"], "" if is_missing(row["bytes"]) else str(row["bytes"]),
                      row["sha256"], "、".join(dict.fromkeys(used.get(row["file"], []))),
                      "；".join([*said, *([row["fault"]] if row["fault"] else [])])])
    return lines
