"""Letters that look like another: a name is found under the letters that it is written with."""

import unicodedata

import pytest
from corpus.base import FILE, NAME, one_cell

from pipeline.cleaning.forms.letters import clean_text, twins
from pipeline.whole.checking import check_paths

WRITTEN = {"⼩学": "小学", "⻓沙路⼩学": "长沙路小学", "⻘⼭镇中⼼校": "青山镇中心校",
           "⻢庄⼩学": "马庄小学", "⾦龙学校": "金龙学校", "⻄湖小学": "西湖小学",
           "\uf9dc庆学校": "隆庆学校", "龟山小学": "龟山小学", "⺠族小学": "民族小学"}


@pytest.mark.parametrize("written", WRITTEN)
def test_a_radical_is_the_ordinary_letter(written):
    assert clean_text(written) == WRITTEN[written]


def test_every_radical_has_its_letter_and_no_letter_is_a_radical():
    assigned = {c for c in (*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6))
                if unicodedata.category(chr(c)) != "Cn"}
    lacking = assigned - set(twins())
    assert {chr(c) for c in lacking} == {"\u2e80"}      # 重复号: a mark, no letter
    assert not set(map(ord, twins().values())) & assigned


def test_a_name_written_with_radicals_is_cleaned_with_a_record(tmp_path):
    case = one_cell("letters", "", 3, NAME, "解放路⼩学", "clean")
    (tmp_path / FILE).write_bytes(case.files[FILE])
    (report,) = check_paths([tmp_path / FILE])
    assert report["outcome"] == "accepted"
    assert [f["row"] for f in report["findings"] if f["code"] == "text.cleaned"] == [3]
