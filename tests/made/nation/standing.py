"""Published dossiers for tests of the index (现状): results and manifests as ours, no paper."""

import json
from dataclasses import asdict

from pipeline.definitions.forms.unit_list import UnitInfo
from pipeline.dossier.c09_conclusion.results import SCHEMA
from pipeline.publishing.records.manifest import manifest, manifest_text

YEAR = 2023
LIMITS = {"primary": "0.5", "junior": "0.45"}


def coefficient(stage, indicator, cv, status=None):
    limit = LIMITS[stage]
    status = status or ("undetermined" if cv is None else
                        "met" if float(cv) <= float(limit) else "not_met")
    return {"stage": stage, "indicator": indicator, "cv": cv, "limit": limit, "status": status,
            "reason": "" if cv else "有学校缺数据"}


def results(code, name="某县", verdict="not_met", failed=("R1",), cvs=(), schools=(), **more):
    """Return results as `results.json` holds them, of so many items that are not met."""
    items = [{"id": id, "group": "", "status": "not_met" if id in failed else "undetermined",
              "value": None, "limit": None, "op": None, "unit": None, "reason": f"{id}的理由"}
             for id in ("R1", "R2", "R7", "G5", "P1")]
    short = sum(item["status"] == "not_met" for item in items)
    return {
        "schema": SCHEMA, "unit": {"code": code, "name": name}, "year": YEAR,
        "verdict": verdict, "standard": {"id": "cn-2017-06", "judged": verdict is not None},
        "counts": {"met": 0, "not_met": short, "undetermined": len(items) - short},
        "indicators": items, "vetoes": [{"id": "V1", "status": "undetermined"}],
        "eligibility": {"status": "undetermined", "reason": "未提交"},
        "schools": [{"stage": stage, "status": status} for stage, status in schools],
        "balance": [coefficient(*one) for one in cvs], **more}


def stand(year_folder, told, province="某省", prefecture="某市", notice="", year=YEAR):
    """Publish a county's results as a dossier; return its folder."""
    unit = told["unit"]
    folder = year_folder / unit["code"]
    folder.mkdir(parents=True)
    (folder / "dossier.pdf").write_bytes(b"paper")
    (folder / "results.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    info = UnitInfo(unit["code"], unit["name"], province, prefecture, notice=notice)
    record = manifest({"unit": info.code, "year": year, "registered": asdict(info),
                       "parameters": {}, "inputs": [], "skipped": []}, folder)
    (folder / "manifest.json").write_text(manifest_text(record), "utf-8")
    return folder
