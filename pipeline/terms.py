"""The words and tables that pass between rooms: one word a concept, one table a shape.

Every table that a chapter hands to another is declared here with the kind, the Chinese
label and the meaning of each column; `data/processed/README.md` is printed from it.
Kinds: ``text``; ``whole`` (int or missing); ``exact`` (Fraction or missing, written as
lossless text); ``number`` (float, models only); ``flag`` (true/false).
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from pipeline.exact import exact_text, from_exact_text

MET, NOT_MET, UNDETERMINED = "met", "not_met", "undetermined"
STATE_ZH = {MET: "达标", NOT_MET: "未达标", UNDETERMINED: "待核"}

ABOVE, FLOOR, BELOW, MISSING = "met", "floor", "below", "missing"
LEVEL_ZH = {ABOVE: "达标", FLOOR: "85%以上", BELOW: "不足85%", MISSING: "缺数据"}

USED, EXCLUDED, MERGED = "used", "excluded", "merged"
REFUSE, WARN, CLEAN, NOTE = "refuse", "warn", "clean", "note"
SEVERITY_ZH = {REFUSE: "拒收", WARN: "提醒", CLEAN: "已清洗", NOTE: "说明"}

EXHIBIT_MIME = "application/vnd.junheng.exhibit+json"


@dataclass(frozen=True)
class Column:
    """One column of a table: its name in code, kind, Chinese label and meaning."""

    name: str
    kind: str
    zh: str
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """A table that passes between rooms; ``variables`` allows further exact columns."""

    name: str
    zh: str
    columns: tuple[Column, ...]
    variables: bool = False

    def frame(self, rows: list[dict]) -> pd.DataFrame:
        """Build the table from rows, with every declared column and in their order.

        What a row does not say is missing: an empty text, or None.
        """
        names = [column.name for column in self.columns]
        extra = sorted({key for row in rows for key in row} - set(names))
        if extra and not self.variables:
            raise KeyError(f"table {self.name}: undeclared columns {extra}")
        blank = {name: "" if self.kind(name) == "text" else None for name in (*names, *extra)}
        return pd.DataFrame([{**blank, **row} for row in rows], columns=list(blank), dtype=object)

    def kind(self, name: str) -> str:
        """Return the kind of a column; a variable's column is exact."""
        return next((c.kind for c in self.columns if c.name == name), "exact")

    def to_text(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the table as text, losslessly (what a csv file of it holds)."""
        cells = {c: [_TO_TEXT[self.kind(c)](v) for v in frame[c]] for c in frame.columns}
        return pd.DataFrame(cells, columns=frame.columns, dtype=object)

    def from_text(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Read back what `to_text` gave."""
        cells = {c: [_FROM_TEXT[self.kind(c)](v) for v in frame[c]] for c in frame.columns}
        return pd.DataFrame(cells, columns=frame.columns, dtype=object)


def verdict(statuses: list[str]) -> str:
    """Combine states (综合): any failure → not_met; else any gap → undetermined; else met.

    >>> verdict(["met", "undetermined", "not_met"]), verdict(["met", "undetermined"])
    ('not_met', 'undetermined')
    """
    for status in (NOT_MET, UNDETERMINED):
        if status in statuses:
            return status
    return MET if statuses else UNDETERMINED


def is_missing(value: object) -> bool:
    """Tell whether a table's value is missing (缺失): None or NaN; zero is data."""
    return value is None or (isinstance(value, float) and value != value)


def known(values: pd.Series) -> np.ndarray:
    """Return a mask of the values that are there; right for an empty column too."""
    return np.array([not is_missing(value) for value in values], dtype=bool)


def _optional(function):
    return lambda value: "" if is_missing(value) else function(value)


_TO_TEXT = {
    "text": _optional(str),
    "whole": _optional(lambda value: str(int(value))),
    "exact": _optional(lambda value: exact_text(Fraction(value))),
    "number": _optional(lambda value: repr(float(value))),
    "flag": _optional(lambda value: "true" if value else "false"),
}
_FROM_TEXT = {
    "text": lambda text: text,
    "whole": lambda text: int(text) if text else None,
    "exact": from_exact_text,
    "number": lambda text: float(text) if text else None,
    "flag": lambda text: {"true": True, "false": False}.get(text),
}


def _columns(spec: str) -> tuple[Column, ...]:
    """Read ``name kind label meaning`` lines; the meaning may be left out."""
    lines = (line.split(maxsplit=3) for line in spec.splitlines() if line.strip())
    return tuple(Column(*parts) for parts in lines)


_SECTION = """
year whole 年份 统计年份（秋季学年初）
stage text 学段 标准包所列学段，如 primary、junior
school_code text 学校标识码 10位，文本
name text 学校名称 一贯制学校、完全中学按学段部分别列名
"""

TABLES = {
    table.name: table
    for table in (
        Table("findings", "清洗与核查记录", _columns("""
code text 代码 稳定的检查代码
severity text 级别 refuse|warn|clean|note
file text 文件
sheet text 工作表
row whole 行 表中行号，从1起
column text 列 列字母
rule text 规则 应当如何
action text 处理 发现了什么，作了什么处理
remedy text 建议 如何改正
""")),
        Table("cells", "数据来源单元格", _columns(_SECTION + """
variable text 变量 data/variables.toml 中的名称
file text 文件
sheet text 工作表
row whole 行
column text 列 列字母
text text 原文 单元格原文
""")),
        Table("schools", "参评学校（分学段、拆分合并后）", _columns(_SECTION + """
school_type text 办学类型 GB/T 33782 代码
location text 城乡类型 urban|town|rural
ownership text 举办者类型 public|private
pupils whole 在校生数 本学段，人
"""), variables=True),
        Table("sections", "报送的全部学段部（拆分后、合并前）", _columns(_SECTION + """
school_type text 办学类型 GB/T 33782 代码
location text 城乡类型 urban|town|rural
ownership text 举办者类型 public|private
pupils whole 在校生数 本学段，人
"""), variables=True),
        Table("facts", "县级数据", _columns("""
year whole 年份
variable text 项目 data/variables.toml 中的名称，或规划目标编号
value exact 数值 以该量的基本单位计
file text 文件
sheet text 工作表
row whole 行
""")),
        Table("evidence", "佐证材料", _columns("""
year whole 年份
id text 编号
status text 状态 yes|no|unknown|absent|present
note text 说明
date text 日期
document text 文件
""")),
        Table("class_sizes", "班额分布", _columns("""
year whole 年份
school_code text 学校标识码
name text 学校名称
stage text 学段
lowest whole 最少人数
highest whole 最多人数 999 表示及以上
classes whole 班数
""")),
        Table("rooms", "专用教室", _columns("""
year whole 年份
school_code text 学校标识码
name text 学校名称
kind text 类别 music|art
area exact 面积 ㎡
""")),
        Table("monitoring", "国家义务教育质量监测结果", _columns("""
year whole 监测年份
grade text 年级
subject text 学科
level text 水平等级 Ⅰ—Ⅳ
gap exact 校际差异率 百分数
""")),
        Table("accounting", "学校与学生数核对", _columns(_SECTION + """
school_type text 办学类型
pupils whole 在校生数
outcome text 去向 used|excluded|merged
reason text 原因
""")),
        Table("derivations", "拆分与合并", _columns(_SECTION + """
action text 处理 split|merge
variable text 变量
whole exact 全校数
share exact 份额 本学段所占份额
value exact 结果
note text 说明
""")),
        Table("indicators", "分校指标值", _columns(_SECTION + """
location text 城乡类型
indicator text 指标 data/indicators 中的编号
pupils whole 在校生数
value exact 指标值 未取整
threshold exact 标准值
floor exact 底线值 标准值的85%
level text 判定 met|floor|below|missing；无标准值时为空
""")),
        Table("compliance", "学校达标情况", _columns(_SECTION + """
school_type text 办学类型
location text 城乡类型
ownership text 举办者类型
pupils whole 在校生数
met whole 达标项数
floor whole 85%以上项数 未达标但不低于要求的85%
below whole 不足85%项数
missing whole 缺数据项数
status text 结论 met|not_met|undetermined
reason text 理由
""")),
        Table("balance", "校际差异系数", _columns("""
year whole 年份
stage text 学段
indicator text 指标
n_schools whole 校数
n_missing whole 缺数据校数
pupils whole 在校生数
mean exact 县平均值 总量÷总学生数
variance exact 方差 S²，学生数加权
cv text 差异系数 十进制文本
cv_public text 不含民办的差异系数
limit exact 标准值
status text 结论 met|not_met|undetermined
borderline flag 临界 与标准值相差不超过0.005，或取整会改变结论
reason text 说明
""")),
        Table("composites", "综合差异系数", _columns("""
year whole 年份
stage text 学段
id text 编号
label text 读法
cv text 综合差异系数 各单项差异系数的算术平均
limit exact 限值
op text 关系
status text 结论 met|not_met|undetermined
reason text 说明
""")),
        Table("decomposition", "差异来源分解", _columns("""
year whole 年份
stage text 学段
indicator text 指标
grouping text 分组依据 location|school_type|size
group text 组
n_schools whole 校数
weight exact 学生占比
mean exact 组平均值
between exact 组间项 w_g(X̄_g−X̄)²
within exact 组内项 w_g·S_g²
""")),
        Table("contributions", "各校对差异的贡献", _columns(_SECTION + """
indicator text 指标
value exact 指标值
share exact 贡献 w_i(X_i−X̄)²÷S²
cv_without text 去掉该校后的差异系数
flips flag 改变结论 去掉该校后结论改变
""")),
        Table("judgements", "逐项判定", _columns("""
id text 编号 R1…R7、G1…G15、Q1…Q9、P1、V1…V7、E1
group text 类别
zh text 指标
status text 结论 met|not_met|undetermined
value exact 数值 有可比较的数时
limit exact 标准值
op text 关系
unit text 单位
reason text 理由
schools text 不符合或待核的学校 以顿号分隔
evidence text 应提交的资料
clause text 条款
""")),
        Table("targets", "规划目标对照", _columns("""
plan text 规划
id text 目标 规划包中的编号
quantity text 内容
scope text 范围
value text 数值
op text 关系
limit text 目标值
unit text 单位
deadline text 期限
passed flag 已到期
status text 结论 met|not_met|undetermined
reason text 理由
place text 原文位置
note text 备注
""")),
        Table("models", "差距检验模型", _columns("""
id text 编号
question text 问题
stage text 学段
outcome text 因变量
formula text 设定
focus text 关注项
method text 估计方法
covariance text 标准误
weights text 权数
n whole 样本量
parameters whole 参数个数
r_squared number R²
adjusted_r_squared number 调整R²
max_leverage number 最大杠杆值
top_school text 杠杆最大的学校
detectable_r number 可检出相关系数 80%把握
spearman number 秩相关系数 关注项与因变量
status text 结论 fitted|refused
reason text 理由
""")),
        Table("terms", "差距检验系数", _columns("""
id text 编号 models 的编号
term text 项
estimate number 系数
std_error number 标准误
statistic number t值
df number 自由度
ci_low number 区间下限 95%
ci_high number 区间上限 95%
p_value number p值
""")),
    )
}
