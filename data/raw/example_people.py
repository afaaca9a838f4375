"""Who is counted and who was asked in 990101 示例县 (学龄人口、满意度调查); everything is made up.

The grades of 2023 add up to a little more than the schools report: the table of grades counts
attached classes too, as the county's own total does.
"""

# 年份 出生 小班 中班 大班 一至九年级；- 为没有填
PUPILS = """
2009 2820 - - - - - - - - - - - -
2010 2764 - - - - - - - - - - - -
2011 2691 - - - - - - - - - - - -
2012 2755 - - - - - - - - - - - -
2013 2712 - - - - - - - - - - - -
2014 2796 - - - - - - - - - - - -
2015 2760 - - - - - - - - - - - -
2016 3017 - - - 2760 2801 2827 2838 2853 2866 2922 2929 2943
2017 3051 - - - 2706 2768 2803 2832 2835 2858 2895 2925 2936
2018 2868 2501 2618 2622 2712 2706 2765 2795 2819 2837 2873 2894 2927
2019 2642 2645 2614 2654 2717 2707 2707 2761 2799 2822 2846 2863 2885
2020 2399 2735 2755 2667 2758 2721 2706 2709 2761 2798 2845 2849 2872
2021 2133 2629 2872 2816 2770 2760 2725 2705 2699 2763 2821 2847 2846
2022 1970 2433 2771 2926 2915 2772 2758 2718 2694 2701 2787 2810 2848
2023 1854 2234 2572 2818 3016 2901 2766 2754 2700 2686 2702 2780 2797
"""
# 调查群体 群体人数 发放 有效 满意（份）
SURVEY = """
家长 36200 1800 1712 1566
学生 8194 560 548 517
教师 1742 420 412 397
校长 52 40 40 39
人大代表 168 90 84 80
政协委员 142 80 75 71
社区居民 21400 280 249 231
"""


def pupils_by_grade() -> list[list]:
    """Return the rows of 学龄人口: a year each."""
    return [[None if n == "-" else int(n) for n in line.split()] for line in _lines(PUPILS)]


def survey_groups() -> list[list]:
    """Return the rows of 满意度调查: a group of people each."""
    return [[group, *map(int, counts)] for group, *counts in map(str.split, _lines(SURVEY))]


def _lines(text: str) -> list[str]:
    return text.strip().split("\n")
