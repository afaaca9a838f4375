"""Numbers that name a person are found in all their writings, and nothing else is taken for one.

The numbers are made here from the published weights (GB 11643-1999) and Luhn's rule.
"""

import random

import pytest

from pipeline.definitions.persons.personal import is_personal, is_personal_header
from pipeline.definitions.persons.personal_numbers import is_credit_code, is_identity_number

WEIGHTS = [2 ** (17 - n) % 11 for n in range(17)]  # ISO 7064 MOD 11-2, from its definition
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def identity_numbers(count: int, slip: int = 0) -> list[str]:
    """Return made-up identity numbers; ``slip`` moves the check digit by so much."""
    drawn, numbers = random.Random(20260), []
    for _ in range(count):
        day = f"{drawn.randint(1940, 2019)}{drawn.randint(1, 12):02}{drawn.randint(1, 28):02}"
        digits = f"{drawn.randint(110000, 999999)}{day}{drawn.randrange(1000):03}"
        left = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11
        numbers.append(digits + "0123456789X"[(12 - left + slip) % 11])
    return numbers


def bank_cards(count: int) -> list[str]:
    """Return made-up card numbers of 16 and 19 digits with Luhn's check digit."""
    drawn, cards = random.Random(5), []
    for n in range(count):
        digits = "62" + "".join(drawn.choices("0123456789", k=13 + 3 * (n % 2)))
        total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(digits)))
        cards.append(digits + str(-total % 10))
    return cards


NUMBERS = identity_numbers(10_000)


def test_every_one_of_ten_thousand_identity_numbers_is_found():
    assert sum(map(is_personal, NUMBERS)) == len(NUMBERS)


def test_none_of_ten_thousand_with_a_wrong_check_digit_is_one():
    assert [n for n in identity_numbers(10_000, slip=1) if is_personal(n)] == []


def test_no_school_code_of_fifty_thousand_is_taken_for_a_person_alone_or_in_a_row():
    drawn = random.Random(7)
    codes = [f"{drawn.choice(('11', '21', '31', '34', '36', '51'))}{drawn.randint(11, 65)}"
             f"{drawn.randrange(10 ** 6):06}" for _ in range(50_000)]
    assert [code for code in codes if is_personal(code)] == []
    rows = ["、".join(codes[n:n + 5]) for n in range(0, 50_000, 10)]
    rows += [" ".join(codes[n:n + 2]) for n in range(5, 50_000, 10)]
    assert [row for row in rows if is_personal(row)] == []


WRITTEN = {
    "small letter": str.lower, "full width": lambda n: n.translate(FULL_WIDTH),
    "a cross for the letter": lambda n: n.replace("X", "×"),
    "a blank after each digit": " ".join, "letters without width": "\u200b".join,
    "in groups": lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
    "with dashes": lambda n: f"{n[:6]}—{n[6:14]}－{n[14:]}",
    "in fours": lambda n: " ".join(n[i:i + 4] for i in range(0, 18, 4)),
    "in a sentence": "见张某（{}）的材料".format, "as a pupil's number": "G{}".format,
    "digits before": "13{}".format, "digits behind": "{}77".format, "apostrophe": "'{}".format}


@pytest.mark.parametrize("writing", WRITTEN)
def test_an_identity_number_is_found_however_it_is_written(writing):
    assert all(is_personal(WRITTEN[writing](number)) for number in NUMBERS[:500])


def test_every_bank_card_is_found_and_none_with_a_wrong_digit():
    cards = bank_cards(1_000)
    assert all(is_personal(card) for card in cards)
    assert all(is_personal(" ".join(c[i:i + 4] for i in range(0, len(c), 4))) for c in cards)
    assert not any(is_personal(card[:-1] + str((int(card[-1]) + 1) % 10)) for card in cards)


@pytest.mark.parametrize("text", [
    "13812345678", "+86 138 1234 5678", "(+86)13812345678", "008613812345678", "138.1234.5678",
    "138-1234-5678", "13812 345678", "1 3 8 1 2 3 4 5 6 7 8", "１３８１２３４５６７８",
    "电话13812345678元老师",
    "110105491231002", "110105 491231 002", "1.1E17", "1.10105E+17", "1.101051949e17",
    "联系电话：0431-85551234", "办公电话85551234", "张老师 0371-65551234",
    "0431-85551234（王小明）",
    "联系人：王小明", "填表人 欧阳玄烨", "联系人：古丽·买买提", "身份证号：1101",
    "出生日期：1990年1月", "家庭住址：示例路5号"])
def test_what_names_a_person_is_found(text):
    assert is_personal(text)


@pytest.mark.parametrize("text", [
    "教督〔2017〕6号", "郑政办〔2024〕12号", "410105", "2199000001", "2023-09-01-0001", "20230901",
    "13812345678元", "经费 13812345678 元", "13812345678.5", "13812.345678", "138.12345678",
    "1,381,234,567.80", "18600000000平方米",
    "113.625368,34.746611", "0.110105194912310021", "12812345678", "110105491331002",
    "各年级人数 139 145 167 12", "45 46 44 43 45 47 44 46 45", "监督举报电话：0431-85551234",
    "教育局 0431-85551234", "负责人：教育局", "ISBN 978-7-107-13812-4", "12410105415812345X",
    "https://www.example.gov.cn/art/2023/9/1/art_1234_5678901.html", "家长满意度98%", "姓名"])
def test_documents_money_areas_codes_and_public_telephones_are_none(text):
    assert not is_personal(text)


def test_a_social_credit_code_of_digits_alone_is_no_identity_number():
    """Its last letter is proved by GB 32100-2015; by chance the other proof may hold as well."""
    drawn = random.Random(1)
    both = [code for code in (f"12410105{drawn.randrange(10 ** 10):010}" for _ in range(40_000))
            if is_credit_code(code) and is_identity_number(code)]
    assert len(both) > 50 and not any(map(is_personal, both))


@pytest.mark.parametrize("header", [
    "姓名", "校长 姓名", "联系\n电话", "身份证件号码", "开户行", "法定代表人", "出生年月",
    "手机号"])
def test_a_header_of_persons_is_told(header):
    assert is_personal_header(header)


@pytest.mark.parametrize("header", [
    "学校名称", "学校联系电话", "出生人口(人)", "家长满意度", "微信公众号", "银行贷款(万元)"])
def test_a_header_of_institutions_populations_or_money_is_none(header):
    assert not is_personal_header(header)
