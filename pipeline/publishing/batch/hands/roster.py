"""The roster (花名册): which workers of a scheduler are what this machine is.

A dossier hangs on the program, the installed packages and the fonts. Every worker is asked
for its own before it gets a county, also one that joins later; one that differs is named once
and gets none, so that the others make its counties.
"""

import time
from collections.abc import Callable
from dataclasses import astuple

from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.dask_calls import ask

_PATIENCE_SECONDS = 20  # in which a worker that fits may still come
_FIRST = 3
_ZH = {"code": "程序", "version": "程序版本", "lock": "锁定文件", "python": "Python",
       "blas": "线性代数库", "fonts": "字体", "system": "操作系统", "architecture": "处理器类型"}


class Roster:
    """The workers of a scheduler as this client knows them."""

    def __init__(self, client, limits: Limits, wanted: dict, say: Callable[[str], None]):
        self._client, self._limits, self.wanted, self._say = client, limits, wanted, say
        self._asked: dict = {}  # future → address
        self._unlike: dict[str, str] = {}  # address → in what it differs, "" where it fits
        self._hopeless_since = float("inf")
        self.fit: dict[str, int] = {}  # address → threads

    def look(self) -> None:
        """Ask workers that are new, hear those that have answered, forget those that left."""
        threads = self._client.nthreads()
        self._unlike = {a: said for a, said in self._unlike.items() if a in threads}
        for future, address in [*self._asked.items()]:
            if address not in threads or future.done():
                del self._asked[future]
                if address in threads:
                    self._hear(address, future)
        for address in threads.keys() - self._unlike.keys() - {*self._asked.values()}:
            future = self._client.submit(ask, "identify", astuple(self._limits), self.wanted,
                                         pure=False, workers=[address], allow_other_workers=False)
            self._asked[future] = address
        self.fit = {a: threads[a] for a, said in self._unlike.items() if not said}
        if self.fit or self._asked or not threads:
            self._hopeless_since = float("inf")
        elif self._hopeless_since == float("inf"):
            self._hopeless_since = time.monotonic()

    def refuse(self, address: str, identity: dict) -> None:
        """Give a worker no more counties that has turned out to differ."""
        self._judge(address, unlike(identity, self.wanted) or "工位")
        self.fit.pop(address, None)

    @property
    def hopeless(self) -> str:
        """Say why no worker will make anything, "" while one does or may."""
        if time.monotonic() - self._hopeless_since < _PATIENCE_SECONDS:
            return ""
        said = [f"{address}（{why}）" for address, why in sorted(self._unlike.items())]
        more = f"等{len(said)}个" if len(said) > _FIRST else ""
        return f"没有与本机一致的计算节点：{'、'.join(said[:_FIRST])}{more}"

    def _hear(self, address: str, future) -> None:
        if future.status == "finished":
            self._judge(address, unlike(future.result(), self.wanted))
            return
        fault = type(future.exception()).__name__ if future.status == "error" else future.status
        self._judge(address, f"答不上自己是什么程序（{fault}）")

    def _judge(self, address: str, said: str) -> None:
        if said and not self._unlike.get(address):
            self._say(f"计算节点 {address} 与本机不同，不用：{said}")
        self._unlike[address] = said


def unlike(theirs: dict, ours: dict) -> str:
    """Say in what a worker differs from this machine, "" where in nothing."""
    said = [f"{zh} {theirs.get(name)}（本机 {ours[name]}）" if name in ("python", "system",
            "architecture", "version") else zh
            for name, zh in _ZH.items() if theirs.get(name) != ours[name]]
    have, want = theirs.get("packages", {}), ours["packages"]
    other = [f"{name} {have.get(name, '未安装')}（本机 {want.get(name, '未安装')}）"
             for name in sorted({*have, *want}) if have.get(name) != want.get(name)]
    more = f"等{len(other)}个软件包" if len(other) > _FIRST else ""
    return "、".join(said + other[:_FIRST]) + more
