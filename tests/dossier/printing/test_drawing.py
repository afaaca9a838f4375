"""Pictures drawn with few strokes: right places, the same bytes, small, no missing letter."""

import io
from xml.etree import ElementTree

import pytest

from pipeline.dossier.printing.drawing import Picture, width_of
from pipeline.dossier.printing.plot_panel import (
    Key,
    Panel,
    Scale,
    grid,
    jitter,
    legend,
    names,
    numbers,
    padded,
)

SVG = "{http://www.w3.org/2000/svg}"


def svg(picture: Picture) -> str:
    text = io.StringIO()
    picture.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def two_panels() -> Picture:
    picture = Picture(2)
    up = names(["第一小学", "第二小学"], downwards=True)
    for box in grid(picture, [up.room + 4] * 2, [30], top=20):
        panel = Panel(picture, box, numbers(0, 1), up, lines="x")
        panel.bars([((0, -0.3), (0.4, 0.3)), ((0, 0.7), (0.9, 1.3))], fill="#123456", hatch="///")
        panel.points(zip(jitter(200, 0.2) + 0.5, [0.5] * 200, strict=True), alpha=0.5)
        panel.limit(0.5, upright=True)
        panel.title("标题")
        panel.label_x("差异系数")
    legend(picture, [Key("限值", line={"stroke": "#000000"})], 10, 10)
    return picture


def test_the_same_strokes_give_the_same_bytes():
    assert svg(two_panels()) == svg(two_panels())


def test_letters_stay_letters_at_the_place_they_were_put():
    picture = Picture(1)
    picture.words(100, 30, "差异", 10, "left", "bottom")
    picture.words(100, 30, "0.5", 10, "right", "bottom")
    found = {t.text: t.get("transform") for t in ElementTree.fromstring(svg(picture)).iter(
        f"{SVG}text")}
    assert set(found) == {"差异", "0.5"}
    assert "translate(100 42)" in found["差异"]  # 72 points high, counted from above
    left = float(found["0.5"].split("(")[1].split()[0])
    assert left + width_of("0.5", 10) == pytest.approx(100, abs=0.01)


def test_a_chinese_letter_is_one_em_wide_and_a_lacking_one_is_an_error():
    assert width_of("均衡", 9) == pytest.approx(18)
    with pytest.raises(ValueError, match="missing"):
        width_of("\U0002a6d6", 9)


def test_a_picture_of_a_thousand_schools_stays_small():
    picture = Picture(2)
    (box,) = grid(picture, [40], [20])
    panel = Panel(picture, box, Scale(-0.5, 0.5), numbers(0, 1))
    panel.points(zip(jitter(1000, 0.2), jitter(1000, 0.4) + 0.5, strict=True))
    assert len(svg(picture)) < 160_000


@pytest.mark.parametrize(("low", "high", "most", "texts"), [
    (0, 1, 6, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
    (0, 11, 4, ("0", "5", "10")), (0, 5400, 4, ("0", "2000", "4000")),
    (-0.3, 0.2, 6, ("-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2")),
    (0, 0, 4, ("-0.50", "-0.25", "0.00", "0.25", "0.50"))])
def test_a_scale_has_round_numbers_within_its_ends(low, high, most, texts):
    assert numbers(low, high, most).texts == texts


def test_a_padded_scale_of_one_value_has_an_extent():
    scale = padded([3.0])
    assert scale.low < 3 < scale.high


def test_panels_lie_within_the_picture_and_apart():
    picture = Picture(3)
    boxes = grid(picture, [30, 10, 10], [12, 20], top=10, beside=50)
    assert len(boxes) == 6
    for n, (x, y, width, height) in enumerate(boxes):
        assert 0 < x < x + width <= picture.width - 50 and 0 < y < y + height < picture.height
        for other in boxes[n + 1:]:
            apart = (x + width <= other[0] or other[0] + other[2] <= x
                     or y + height <= other[1] or other[1] + other[3] <= y)
            assert apart
