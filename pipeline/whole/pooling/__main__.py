"""Ask the counties of an annual evaluation (汇总) for a chapter that runs alone.

    python -m pipeline.whole.pooling STUDY YEAR RAW PROCESSED WORKERS DROP
"""

import os
import sys
from pathlib import Path

from pipeline.annual_evaluation import Annual
from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.crew import Crew
from pipeline.publishing.batch.hands.guard import guarded
from pipeline.publishing.chapters.preloading import die_with
from pipeline.whole.pooling import ask_counties, shared_tables_known
from pipeline.whole.pooling.pooling_county import bring


def main() -> None:
    """Ask the counties for whoever started this process, and end with it."""
    study, year, raw, processed, workers, drop_personal = sys.argv[1:]
    die_with(os.getppid())
    annual = Annual.open(study, int(year), raw, processed)
    drop = bool(int(drop_personal))
    with guarded() as guard, shared_tables_known(annual, drop) as (known, _):
        annual = Annual.open(study, int(year), raw, processed, known)
        crew = Crew(bring, Limits(), int(workers), Path(processed, "asked"))
        ask_counties(annual, crew, guard, drop)


if __name__ == "__main__":
    main()
