"""Which units there are: those of the repository, and those that a raw folder brings."""

import pytest

from pipeline.county import County
from pipeline.definitions.forms.unit_list import unit_info, units
from pipeline.ground.errors import DefinitionFault, WrongUse

HEAD = "code,name,province,prefecture,standard,plans,notice"


def test_a_raw_folder_brings_its_own_list_of_units(tmp_path):
    line = "990777,某县,某省,某市,cn-2017-06,,虚构"
    (tmp_path / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
    assert unit_info("990777", tmp_path).name == "某县"
    assert unit_info("990101", tmp_path).name == "示例县"
    assert County.open("990777", 2023, raw=str(tmp_path)).info.notice == "虚构"
    assert "990777" not in units()
    with pytest.raises(WrongUse, match="未登记"):
        County.open("990777", 2023)


def test_a_list_that_was_changed_is_read_anew(tmp_path):
    for name in ("甲县", "乙县人"):
        line = f"990777,{name},省,市,cn-2017-06,,"
        (tmp_path / "counties.csv").write_text(f"{HEAD}\n{line}\n", "utf-8")
        assert unit_info("990777", tmp_path).name == name


@pytest.mark.parametrize(("content", "said"), [
    (f"{HEAD}\n990101,某县,某省,某市,cn-2017-06,,\n", "990101 已在 data/counties.csv 中登记"),
    (f"{HEAD}\n990777,甲,省,市,cn-2017-06,,\n990777,乙,省,市,cn-2017-06,,\n", "990777 重复"),
    (f"{HEAD}\n90777,甲,省,市,cn-2017-06,,\n", "“90777”不是6位数字"),
    ("code,name\n990777,甲\n", "7 栏"),
    (f"{HEAD}\n990777,甲\n", "7 栏"),
    (f"{HEAD}\n990777,甲县,省,市,cn-2017-06,,\n".encode("gb18030"), "不是 UTF-8"),
], ids=("registered", "twice", "code", "columns", "short", "encoding"))
def test_a_list_of_units_that_is_not_in_order_is_refused(tmp_path, content, said):
    raw = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "counties.csv").write_bytes(raw)
    with pytest.raises(DefinitionFault, match=said):
        unit_info("990777", tmp_path)
