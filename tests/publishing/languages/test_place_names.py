"""Names of places in pinyin: those that a library reads wrong, and all counties of the list.

Expected spellings: 《现代汉语词典》 and the English names that the places themselves use.
"""

import csv
import re

import pytest

from pipeline.definitions.forms.unit_list import CODES
from pipeline.publishing.languages.language import language
from pipeline.publishing.languages.place_names import romanised

pypinyin = pytest.importorskip("pypinyin", reason="没有装 pypinyin，地名注音未核对")
PLACES = language("en").places
READ_WRONG = {  # by the library alone
    "长治市": "Changzhi City", "郫都区": "Pidu District", "洪洞县": "Hongtong County",
    "漯河市": "Luohe City", "六合区": "Luhe District", "单县": "Shanxian County",
    "浚县": "Xunxian County", "涡阳县": "Guoyang County", "宕昌县": "Tanchang County",
    "大城县": "Daicheng County", "荥经县": "Yingjing County", "都匀市": "Duyun City",
    "什邡市": "Shifang City", "珲春市": "Hunchun City", "筠连县": "Junlian County",
    "长垣市": "Changyuan City", "朝阳区": "Chaoyang District", "曾都区": "Zengdu District",
    "乐陵市": "Laoling City", "南乐县": "Nanle County", "繁峙县": "Fanshi County"}
READ_RIGHT = {
    "长子县": "Zhangzi County", "六安市": "Lu'an City", "东阿县": "Dong'e County",
    "西安市": "Xi'an City", "吕梁市": "Lüliang City", "陕西省": "Shaanxi Province",
    "山西省": "Shanxi Province", "内蒙古自治区": "Inner Mongolia Autonomous Region",
    "大厂回族自治县": "Dachang Hui Autonomous County",
    "恩施土家族苗族自治州": "Enshi Tujia and Miao Autonomous Prefecture",
    "双江拉祜族佤族布朗族傣族自治县":
        "Shuangjiang Lahu, Va, Blang and Dai Autonomous County",
    "乐清市": "Yueqing City", "乐亭县": "Laoting County", "台州市": "Taizhou City",
    "铅山县": "Yanshan County", "蔚县": "Yuxian County", "重庆市": "Chongqing Municipality",
    "示例县": "Shili County", "": ""}


def published():
    """Return the name of every published county, prefecture and province."""
    text = CODES.read_text("utf-8-sig")
    return sorted({cell for row in [*csv.reader(text.splitlines())][1:] for cell in row[1:4]
                   if cell})


@pytest.mark.parametrize(("name", "told"), (READ_WRONG | READ_RIGHT).items())
def test_a_place_is_spelt_as_it_is_called(name, told):
    assert romanised(name, PLACES) == told


def test_the_table_of_exceptions_holds_what_the_library_reads_otherwise_and_nothing_else():
    names = published()
    for letter, heard in PLACES.letters.items():
        assert any(heard != pypinyin.lazy_pinyin(name)[name.index(letter)]
                   for name in names if letter in name), letter
    without = PLACES.model_copy(update={"names": {}})
    needless = [name for name in PLACES.names for county in [next(
        n for n in names if n.startswith(name))]
        if romanised(county, without) == romanised(county, PLACES)]
    assert needless == []


def test_every_published_county_has_a_name_of_latin_letters_alone():
    names = published()
    wrong = {name: told for name in names
             if not re.fullmatch(r"[A-ZÜ][A-Za-züÜ' ,.-]*", told := romanised(name, PLACES))}
    assert len(names) > 3000
    assert wrong == {}
