"""Chapter 01 of a prefecture's book: the cover, and whose data were used."""

import pandas as pd

from pipeline.annual_evaluation.prefecture_unit import Prefecture
from pipeline.dossier.printing.exhibit import FAIL, Cell, Cover, Field, PrintedTable, Prose
from pipeline.dossier.printing.numbers import joined
from pipeline.dossier.printing.software_rows import cover_rows
from pipeline.ground.terms import records

__all__ = ["county_sentences", "county_table", "cover", "own_sentences"]


def cover(prefecture: Prefecture) -> Cover:
    """Return the cover (封面); the date is the day of the statistics, never today."""
    title = f"{prefecture.name}市级规划目标对照"
    return Cover(
        "cover", title, f"{prefecture.year}年",
        (("数据年份", f"{prefecture.year}年"), ("市（州）代码", prefecture.code),
         ("所属各县", f"{len(prefecture.units)}个"),
         ("规划", joined([found.title for found in prefecture.plans]) or "没有登记"),
         *cover_rows()),
        f"{title}·{prefecture.year}年", prefecture.reference_day.isoformat(), prefecture.mark,
        "本报告由各县自己的表相加，对照规划的市级目标，并列各县的状态；不代表认定结果，也不排名次。")


def county_sentences(counties: pd.DataFrame, prefecture: Prefecture) -> Prose:
    """Say how many counties there are, and whose data could not be used."""
    used = counties["used"].astype(bool)
    left = f"，没有可用资料的{(~used).sum()}个，原因见[[county_table]]" if not used.all() else (
        "，见[[county_table]]")
    return Prose("county_sentences", (
        f"名册中{prefecture.name}有{len(counties)}个县，{used.sum()}个的资料可用{left}。"
        "各县照其卷宗的同一批函数清洗和测算；缺的数不作估计，有县没有资料的，只有不因它改变的才判达到或未达到。",))


def own_sentences(unused: tuple[str, ...], prefecture: Prefecture) -> Prose:
    """Say what of the prefecture's own papers nobody used (市级资料)."""
    there = [path for year in (prefecture.year - 1, prefecture.year)
             for path in prefecture.own_files(year)]
    said = f"市（州）自己报送的资料共{len(there)}个文件" if there else "市（州）没有报送自己的资料"
    return Prose("own_sentences", tuple(
        [f"{said}。"] + [f"没有采用的：{'；'.join(unused)}。"] * bool(unused)))


def county_table(counties: pd.DataFrame, prefecture: Prefecture) -> PrintedTable:
    """Print every county, and why there is nothing of it (各县资料)."""
    rows = [(Cell(r["name"]), Cell("可用") if r["used"] else Cell("没有", FAIL), Cell(r["reason"]))
            for r in records(counties)]
    return PrintedTable(
        "county_table", f"{prefecture.name}{prefecture.year}年各县资料",
        (Field("县", align="left"), Field("资料", align="center"),
         Field("原因", align="left")), tuple(rows), "各县报送的资料")
