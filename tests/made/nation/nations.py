"""A made-up nation as several tests want it (合成的全国数据), and how its truth is read."""

import csv

YEARS, SEED = (2021, 2022, 2023, 2024), 20170426


def listed(folder, name):
    with (folder / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
