"""The five plans as they were typed by hand from their documents, and how the tests find them."""

from pipeline.definitions.targets.plans import plans

ZHENGZHOU, HUBEI, REPLY = "zhengzhou-2023-26", "hubei-county-2019-2025", "zhengzhou-reply-2024"
CHUXIONG, WENZHOU, NATIONAL = "chuxiong-2024-2026", "wenzhou-2018-2020", "cn-2023-06"
NUMBERED = {
    ZHENGZHOU: [f"Z{n:02}" for n in range(1, 39)],
    HUBEI: [f"H{n:02}" for n in range(25)],
    REPLY: [f"ZR{n}" for n in range(1, 10)],
    CHUXIONG: [f"CX{n:02}" for n in range(1, 23)],
    WENZHOU: [f"W{n:02}" for n in range(1, 31)],
    NATIONAL: [f"N{n:02}" for n in range(1, 5)],
}
SHARE = f"{REPLY}:observation:参与集团的学校占义务教育学校的比例"

# 逐条手工录入：编号、运算、数值、单位、期限（空为长期、每年、未写或不可恢复）
BY_HAND = [
    ("Z01", "yes", "", "", "2025"),
    ("Z03", "=", "100", "%", "2035"),
    ("Z04", ">=", "150", "所", "2025"),
    ("Z05", ">", "90000", "个", "2026"),
    ("Z06", ">", "40000", "个", "2026"),
    ("Z07", ">=", "90", "%", "2026-09"),
    ("Z08", "not_below_last_year", "", "元", ""),
    ("Z09", "not_below_last_year", "", "元/生", ""),
    ("Z12", ">=", "120", "个", "2025"),
    ("Z14", ">=", "3000", "名", "2025"),
    ("Z15", ">=", "3000", "人次/年", "2025"),
    ("Z16", ">=", "195", "所", "2023"),
    ("Z17", ">=", "120", "所", "2023"),
    ("Z19", ">=", "400", "所", "2026"),
    ("Z20", "falling", "", "%", ""),
    ("Z25", ">=", "85", "%", "2025"),
    ("Z26", "=", "100 100 100", "%", "2025"),
    ("Z28", "~", "30", "所", "2025"),
    ("Z29", ">=", "1", "所/乡镇", "2025"),
    ("Z30", "=", "100", "%", ""),
    ("Z31", "=", "100", "%", ""),
    ("Z34", "doubling", "", "所", ""),
    ("Z35", "yes", "", "", ""),
    ("Z38", "=", "100", "%", ""),
    ("H00", "yes", "", "", "2025"),
    ("H02", ">=", "2000 2500", "元", "2025"),
    ("H03", "=", "0", "班", ""),
    ("H05", "<=", "45 50", "人", ""),
    ("H06", "<=", "2000 2500", "人", ""),
    ("H07", ">=", "2.3 2.4", "间/百生", ""),
    ("H08", ">=", "10 20", "%", ""),
    ("H09", ">=", "360", "学时", ""),
    ("H10", ">=", "5", "%", ""),
    ("H11", ">=", "200", "元/生年", ""),
    ("H12", ">=", "6000", "元/生年", ""),
    ("H14", "<=", "3", "年", ""),
    ("H16", "yes", "", "", ""),
    ("H17", ">=", "100 100", "%", ""),
    ("H18", ">=", "90 90", "%", ""),
    ("H19", "rising", "", "%", ""),
    ("H20", "rising", "", "%", ""),
    ("H21", ">=", "0", "元", ""),
    ("H22", ">=", "1 1", "人/百生", ""),
    ("ZR1", "~", "300", "所", "2027"),
    ("ZR2", "~", "80", "所", "2027"),
    ("ZR4", ">=", "20", "%", ""),
    ("ZR6", "=", "3", "年/次", ""),
    ("ZR8", "=", "100", "%", ""),
    ("ZR9", "=", "100", "%", ""),
    ("CX02", ">=", "98", "%", "2026"),
    ("CX03", "ordinal", "", "", "2026"),
    ("CX05", ">=", "2 2 2", "次/年", ""),
    ("CX06", ">=", "1 1", "次/年", ""),
    ("CX07", "=", "100", "%", "2024"),
    ("CX09", ">=", "30", "%", ""),
    ("CX11", "<=", "13.5 19", "教职工1人对应学生数", ""),
    ("CX12", "~", "2", "教职工/班", ""),
    ("CX13", "~", "6 60 600", "名", "2025"),
    ("CX14", "~", "300 3000 30000", "名", "2025"),
    ("CX15", ">=", "10", "%", "2025"),
    ("CX17", ">=", "300", "万元/年", ""),
    ("CX18", "<=", "5", "年", ""),
    ("CX20", ">", "0", "万元/年", ""),
    ("W01", "=", "100", "%", "2020"),
    ("W02", ">=", "99", "%", "2020"),
    ("W03", ">=", "97", "%", "2018"),
    ("W06", "yes", "", "", "2019"),
    ("W08", "<", "0.30", "无量纲", "2020"),
    ("W09", ">=", "20", "%", "2020"),
    ("W10", "=", "11", "个", "2020"),
    ("W11", "=", "100 100 100 100", "%", "2020"),
    ("W13", ">=", "85", "%", ""),
    ("W16", ">=", "1", "名", ""),
    ("W17", ">=", "10 100", "个/年", ""),
    ("W20", ">=", "60 90", "所、%", "2020"),
    ("W21", "<=", "45 50", "人", ""),
    ("W23", "<=", "2000 2500", "人", ""),
    ("W25", "yes", "", "", "2020"),
    ("W27", "=", "100", "%", ""),
    ("W28", "=", "100", "%", ""),
    ("W29", ">", "0", "%", ""),
    ("W30", "=", "100", "%", "2020"),
    ("N01", "ordinal", "", "", "2027"),
    ("N03", ">=", "97", "%", "2027"),
]
# 目标与国家标准指标的对应：只有所指的量、要求和范围都相同才对应
LINKED = {"H08": "G11", "H09": "G9", "H10": "Q4", "H13": "G6", "H15": "G12"}
# 有自己算法的目标：读哪张表，不套用国家标准的判定
RULED = {
    "Z07": "class_share", "Z08": "yearly", "Z09": "yearly", "Z20": "yearly",
    "Z21": "coefficients", "Z33": "new_schools", "H02": "every_school", "H03": "large_classes",
    "H04": "large_classes", "H05": "class_share", "H06": "every_school_size",
    "H07": "every_school", "H12": "county_figures", "CX16": "county_figures",
    "W01": "county_figures", "W07": "large_classes every_school_size",
    "W16": "every_school_total", "W21": "every_class", "W22": "class_share",
    "W23": "every_school_size", "W26": "large_class_growth", "Z34": "yearly",
    "H16": "large_class_growth large_class_growth", "H19": "yearly", "H20": "yearly",
    "H21": "county_figures", "H22": "every_school", "H11": "county_figures",
    "H17": "county_figures county_figures", "H18": "county_figures county_figures",
    "W11": "county_figures county_figures county_figures county_figures",
    "CX11": "pupils_per pupils_per", "CX12": "small_school_ratio",
} | dict.fromkeys(("CX08", "CX09", "W12", "W14", "W15", "W24", "W27", "W29", "W30", "Z29", "Z30",
                   "Z31", "ZR3", "ZR4", "ZR8", "ZR9"), "county_figures") | dict.fromkeys(
    ("Z04", "Z05", "Z06", "Z10", "Z11", "Z12", "Z13", "Z14", "Z15", "Z16", "Z17", "Z18", "Z19",
     "Z23", "Z24", "Z25", "Z28", "ZR1", "ZR2", "CX01", "CX07", "CX15", "W02", "W03", "W04", "W05",
     "W06", "W13", "W18", "W19", "W25"), "county_figures") | {
    "Z03": "counties_that", "W09": "counties_that", "W10": "counties_that", "CX02": "cohort",
    "Z26": "county_figures county_figures county_figures",
    "N03": "county_figures",
    "CX13": "county_figures county_figures county_figures",
    "CX14": "county_figures county_figures county_figures",
    "W17": "county_figures county_figures", "W20": "county_figures county_figures"}
# 题名和发文机关：照原件
HEADS = {
    ZHENGZHOU: ("郑州市人民政府关于推进义务教育优质均衡发展的实施意见", "郑州市人民政府"),
    HUBEI: ("XX县推进县域义务教育优质均衡发展实施方案", "湖北省某县（县名隐去）"),
    CHUXIONG: ("楚雄州义务教育强校提质行动方案", "中共楚雄州委办公室、楚雄州人民政府办公室"),
    WENZHOU: ("温州市城乡义务教育一体化发展三年行动计划（2018—2020年）", "温州市人民政府办公室"),
}


def targets():
    """Return id → target over all plans; ids differ between plans."""
    return {target.id: target for found in plans().values() for target in found.targets}


def numbers(target):
    return [value.value for value in target.values]
