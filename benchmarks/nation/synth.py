"""How long a made-up nation takes, and how much memory (合成数据的用时和内存).

    python benchmarks/nation/synth.py [counties...]

Each size is written into a temporary folder by a process of its own, so that one's peak does
not hide in another's; the peak should not grow with the number of counties.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline.synth.nation import Wanted, write_nation

SIZES, YEARS, SEED = (50, 200, 800), (2021, 2022, 2023), 20170426
_BLOCK_KIB = 1024 if sys.platform == "darwin" else 1


def write(counties: int) -> None:
    """Write one nation; print seconds, peak memory and what it takes on the disk."""
    with tempfile.TemporaryDirectory() as place:
        begun = time.perf_counter()
        written = sum(1 for _ in write_nation(Path(place), Wanted(counties, YEARS, SEED)))
        taken = time.perf_counter() - begun
        size = sum(path.stat().st_size for path in Path(place).rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _BLOCK_KIB / 1024
    print(f"{written} 个县 × {len(YEARS)} 年：{taken:.1f} 秒，每县每年 "
          f"{1000 * taken / written / len(YEARS):.1f} 毫秒，内存峰值 {peak:.0f} MiB，"
          f"磁盘 {size / 2**20:.0f} MiB", flush=True)


def main() -> None:
    """Write every size in a process of its own, or the one size that is asked for."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    if len(sizes) == 1:
        write(sizes[0])
        return
    for size in sizes:
        subprocess.run([sys.executable, __file__, str(size)], check=True)


if __name__ == "__main__":
    main()
