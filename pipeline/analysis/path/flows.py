"""The whole-number programme of exchange over pairs (就近交流的整数规划): see `near`."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

import numpy as np
from scipy.optimize import LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, diags_array, eye_array, hstack

from pipeline.analysis.path.amounts import Case, Tally
from pipeline.analysis.path.exchange import Plan
from pipeline.ground.errors import DossierFailed

_MOST_ROUNDS, _MOST_NODES = 60, 20_000
_INFEASIBLE = 2       # milp's status when it has proved that there is no answer
_NEAR = 1e-6          # to which HiGHS keeps a constraint
_INWARD = 4 * _NEAR   # so that an answer beyond the bound by less does not come again


def most_squares(case: Case, added: int) -> Fraction:
    """Return the largest Σx²/P that the bound on CV allows with so many units added."""
    total = sum(h.amount for h in case.holdings) + added
    return (1 + case.bound.limit**2) * total**2 / sum(h.pupils for h in case.holdings)


class Programme:
    """The columns: a flow for each pair; an addition and a square nᵢ² for each school."""

    def __init__(self, case: Case, added: int | None):
        self._case, n = case, len(case.holdings)
        self._pairs = sorted(pair for pair in case.allowed if case.spares[pair[0]])
        m = len(self._pairs)
        giving, taking = (csr_array((np.ones(m), ([pair[end] for pair in self._pairs], range(m))),
                                    shape=(n, m)) for end in (0, 1))
        none, one = csr_array((n, n)), eye_array(n)
        self._net = hstack([taking - giving, one, none]).tocsr()
        self._square = hstack([csr_array((n, m)), none, one]).tocsr()
        self.flow, self.gain = np.repeat([[1, 0, 0], [0, 1, 0]], [m, n, n], axis=1)
        self._kinds = np.repeat([1, 1, 0], [m, n, n])
        most_in = np.inf if case.most_in is None else case.most_in
        self._rules = [
            LinearConstraint(self._net, [needs or -np.inf for needs in case.needs], np.inf),
            LinearConstraint(hstack([giving, none, none]), -np.inf, case.spares),
            LinearConstraint(hstack([taking, none, none]), -np.inf, most_in)]
        if added is not None:
            self._rules.append(LinearConstraint(self.gain, added, added))
        self._touched = dict.fromkeys((i, at) for i in range(n) for at in (-1, 0))
        self._least = 0
        self._weigh(added or 0)

    def _weigh(self, added: int) -> None:
        """Write the rise of Σx²/P as a row, times the largest school: coefficients above 1."""
        holdings = self._case.holdings
        scale = max(h.pupils for h in holdings)
        share = np.array([scale / h.pupils for h in holdings])
        ahead = share * [2 * float(h.amount) for h in holdings]
        self._rise = self._net.T @ ahead + self._square.T @ share
        now = sum(h.amount**2 / h.pupils for h in holdings)
        self._room = np.inf if self._case.bound is None else float(
            scale * (most_squares(self._case, added) - now))

    def answer(self, aim: np.ndarray, whole: bool = True, bounded: bool = False
               ) -> OptimizeResult | None:
        """Return what HiGHS finds to be least of an aim; None where there is no answer.

        Raise `DossierFailed` when the search ends without one and without proof of that: to
        call such a case unreachable would be a guess.
        """
        rules = [*self._rules, self._lines()]
        if bounded:
            rules.append(LinearConstraint(self._rise, -np.inf, self._room))
        found = milp(aim, constraints=rules, integrality=self._kinds if whole else None,
                     options={"mip_rel_gap": 0, "node_limit": _MOST_NODES})
        if found.x is None and found.status != _INFEASIBLE:
            raise DossierFailed("就近交流的求解没有结果，也不能证明无解；请放宽距离限制，"
                                "或改为限同一乡镇")
        return None if found.x is None else found

    def fewest(self) -> Plan | None:
        """Return the plan with the fewest moves within the bound; None if there is none."""
        if not self._settle(self.flow, bounded=True):
            return None
        room = self._room
        for _ in range(_MOST_ROUNDS):
            found = self.answer(self.flow, bounded=True)
            if found is None:
                return None
            if self._room == room:
                self._least = ceil(found.mip_dual_bound - _NEAR)
            plan = self.plan(found)
            if plan.reached:
                return plan
            if not self._touch(found.x):
                self._room -= _INWARD * (1 + abs(room))
        return None

    def most_even(self) -> Plan:
        """Return the plan with the smallest sum of squares, by the fewest moves that do it."""
        self._settle(self._rise, bounded=False)
        while self._touch((found := self.answer(self._rise)).x):
            pass
        return self.plan(self.hold(np.rint(self._net @ found.x)))

    def hold(self, gained: Sequence[int]) -> OptimizeResult | None:
        """Return the fewest flows by which each school gains just so much."""
        self._rules.append(LinearConstraint(self._net, gained, gained))
        return self.answer(self.flow)

    def plan(self, found: OptimizeResult) -> Plan:
        """Read an answer in whole units and judge it in exact fractions."""
        units, m = np.rint(found.x).astype(int).tolist(), len(self._pairs)
        flows = tuple((a, b, k) for (a, b), k in zip(self._pairs, units, strict=False) if k)
        added, moved = units[m:m + len(self._case.holdings)], [0] * len(self._case.holdings)
        for a, b, k in flows:
            moved[a] -= k
            moved[b] += k
        tally = Tally(self._case)
        for i, (m, a) in enumerate(zip(moved, added, strict=True)):
            tally.change(i, m + a)
        return Plan(tally.within(), tuple(moved), tuple(added), tally.cv_squared, flows,
                    self._least)

    def _settle(self, aim: np.ndarray, bounded: bool) -> bool:
        """Add the lines that the answer in fractions needs, which is quick; say if there is one."""
        while (found := self.answer(aim, whole=False, bounded=bounded)) is not None:
            if not self._touch(found.x):
                return True
        return False

    def _touch(self, columns: np.ndarray) -> bool:
        """Add the lines at an answer; say whether any is new."""
        before = len(self._touched)
        self._touched |= {(i, floor(n + _NEAR)): None for i, n in enumerate(self._net @ columns)}
        return len(self._touched) > before

    def _lines(self) -> LinearConstraint:
        schools, at = np.array(list(self._touched)).T
        slopes = diags_array((2 * at + 1).astype(float))
        rows = self._square[schools] - slopes @ self._net[schools]
        return LinearConstraint(rows, -at * (at + 1), np.inf)
