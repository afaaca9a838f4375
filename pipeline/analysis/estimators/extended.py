"""Linear algebra that gives the same digits on every processor (扩展精度的线性代数).

BLAS adds up in an order that hangs on the processor and on the number of threads, and so the
ninth digit of a regression does; numpy's own logarithms are other ones where there is
AVX-512. numpy has neither for `longdouble` (扩展精度: 64 bits of significand on x86), where
plain loops work in a fixed order: what is reckoned in it is the same everywhere, and far
more digits than a double holds are right. `numpy.linalg` refuses such arrays, so that it
cannot be used on them unawares (decision 0023).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipeline.ground.errors import WrongUse

SMALLEST = float(np.finfo(np.longdouble).eps)
EXPLAINED = 1e-13  # of its size is left of a column that those before it explain
SINGULAR = 1e-13  # of the largest eigenvalue of x′x: its columns are collinear
MOST_SWEEPS = 60  # of Jacobi's method, which takes less than ten


def extended(values) -> np.ndarray:
    """Return the numbers in extended precision."""
    return np.asarray(values, np.longdouble)


def logarithms(values) -> np.ndarray:
    """Return ln of the values, as doubles rounded from extended precision; −∞ of 0."""
    with np.errstate(divide="ignore"):
        return np.log(extended(values)).astype(float)


def exponentials(values) -> np.ndarray:
    """Return e to the values, as doubles rounded from extended precision."""
    return np.exp(extended(values)).astype(float)


@dataclass(frozen=True)
class LeastSquares:
    """Least squares (最小二乘) on regressors x = QR: ``q`` (n, k), ``r_inverse`` (k, k).

    No squares of x are taken, so a badly scaled x costs few digits.
    """

    x: np.ndarray
    q: np.ndarray
    r_inverse: np.ndarray

    @classmethod
    def on(cls, x: np.ndarray, names: list[str] = ()) -> "LeastSquares":
        """Take x (n, k) apart; `WrongUse` where its columns are collinear (完全共线)."""
        if rank(x) < x.shape[1]:
            raise WrongUse("自变量完全共线，系数不能确定：" + "、".join(tied(x, names)))
        q, r = orthogonal(x)
        return cls(extended(x), q, triangle_inverse(r))

    def coefficients(self, y: np.ndarray) -> np.ndarray:
        """Return b (k,) or (k, m) with the least (y − xb)²."""
        return self.r_inverse @ (self.q.T @ extended(y))

    def residuals(self, y: np.ndarray) -> np.ndarray:
        """Return y less what x explains of it."""
        return extended(y) - self.x @ self.coefficients(y)

    @cached_property
    def bread(self) -> np.ndarray:
        """Return (x′x)⁻¹ (k, k)."""
        return self.r_inverse @ self.r_inverse.T

    @cached_property
    def leverage(self) -> np.ndarray:
        """Return the diagonal (n,) of the hat matrix."""
        return (self.q**2).sum(axis=1)


def rank(x: np.ndarray) -> int:
    """Return how many columns say something of their own, by the singular values of doubles.

    Each column is taken in its own unit, so that 元 and 亿元 give one answer.
    """
    x = extended(x)
    size = np.sqrt((x**2).sum(axis=0))
    return int(np.linalg.matrix_rank((x / np.where(size > 0, size, 1)).astype(float)))


def tied(x: np.ndarray, names: list[str]) -> list[str]:
    """Name the columns without which x (n, k) says as much (共线的各项); effects by their column.

    >>> x = np.column_stack([np.ones(4), [1, 2, 3, 4], [5, 5, 5, 5], [1, 0, 0, 1]])
    >>> tied(x, ["Intercept", "a", "C(year)[T.2018]", "b"])
    ['Intercept', 'C(year)']
    """
    whole = rank(x)
    found = [name.partition("[T.")[0] for j, name in enumerate(names)
             if rank(np.delete(x, j, axis=1)) == whole]
    return list(dict.fromkeys(found))


def left_over(y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return y (n,) or (n, m) less what x (n, k) explains of it; x may be collinear."""
    q, _ = orthogonal(x)
    return extended(y) - q @ (q.T @ extended(y))


def leverage(x: np.ndarray) -> np.ndarray:
    """Return the diagonal (n,) of the hat matrix of x (n, k) (杠杆值); x may be collinear."""
    return (orthogonal(x)[0]**2).sum(axis=1)


def orthogonal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return q (n, k) and the upper r (k, k) with qr = x.

    Each column loses what those before explain, twice: then they are orthogonal to the last
    bit (Giraud et al. 2005). Of a column that says nothing of its own, 0 is left.
    """
    rows, r = np.array(extended(x).T, order="C"), np.zeros((x.shape[1],) * 2, np.longdouble)
    for j, column in enumerate(rows):
        size = np.sqrt((column**2).sum())
        for _ in range(2):
            shared = rows[:j] @ column
            column -= np.einsum("i,in->n", shared, rows[:j])
            r[:j, j] += shared
        r[j, j] = np.sqrt((column**2).sum())
        column /= r[j, j] if r[j, j] > EXPLAINED * size else np.inf
    return rows.T, r


def triangle_inverse(r: np.ndarray) -> np.ndarray:
    """Return the inverses of upper triangles (…, k, k)."""
    k = r.shape[-1]
    found = np.broadcast_to(np.eye(k, dtype=np.longdouble), r.shape).copy()
    for j in reversed(range(k)):
        known = (r[..., j, None, j + 1:] @ found[..., j + 1:, :])[..., 0, :]
        found[..., j, :] = (found[..., j, :] - known) / r[..., j, j, None]
    return found


def solved(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return x with ax = b, of matrices a (…, k, k) and b (…, k, m), by elimination."""
    a, b = extended(a), extended(b)
    k = a.shape[-1]
    both = np.concatenate([a, b], axis=-1).reshape(-1, k, k + b.shape[-1])
    each = np.arange(len(both))
    for j in range(k):
        pivot = j + np.abs(both[:, j:, j]).argmax(axis=1)
        both[each, j], both[each, pivot] = both[each, pivot], both[each, j]
        both[:, j] /= both[:, j, j, None]
        factors = both[:, :, j].copy()
        factors[:, j] = 0
        both -= factors[:, :, None] * both[:, None, j]
    return both[:, :, k:].reshape(b.shape)


def inverse(a: np.ndarray) -> np.ndarray:
    """Return the inverses of matrices (…, k, k)."""
    return solved(a, np.broadcast_to(np.eye(a.shape[-1]), a.shape))


def shortest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return x (d, k) with ax = b, of a (d, k, k) = Σxx′ and b (d, k) = Σxy: where a is singular,
    the shortest x of those with ax = b."""
    scale = np.sqrt(np.einsum("dii->di", a))
    scale = np.where(scale > 0, scale, 1)
    even = (a / scale[:, :, None] / scale[:, None]).astype(float)
    single = np.linalg.eigvalsh(even)[:, 0] < SINGULAR
    found = np.empty(b.shape, np.longdouble)
    found[~single] = solved(a[~single], b[~single][:, :, None])[:, :, 0]
    values, vectors = spectrum(a[single])
    kept = values > SINGULAR * values.max(axis=1, initial=0)[:, None]
    turned = (vectors.transpose(0, 2, 1) @ b[single][:, :, None])[:, :, 0]
    turned = np.where(kept, turned / np.where(kept, values, 1), 0)
    found[single] = (vectors @ turned[:, :, None])[:, :, 0]
    return found


def spectrum(a: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return eigenvalues (d, k) and eigenvectors (d, k, k), in columns, of symmetric a (d, k, k).

    By Jacobi's rotations, all matrices side by side (Golub & Van Loan 2013, §8.5).
    """
    a = extended(a).copy()
    k = a.shape[-1]
    vectors = np.broadcast_to(np.eye(k, dtype=np.longdouble), a.shape).copy()
    size = np.abs(a).max(initial=0)
    for _ in range(MOST_SWEEPS):
        if np.abs(a - np.einsum("dii->di", a)[:, :, None] * np.eye(k)).max(initial=0) <= (
                k * SMALLEST * size):
            break
        for p, q in _rounds(k):
            _rotate(a, vectors, p, q)
    return np.einsum("dii->di", a).copy(), vectors


def _rounds(k: int) -> Iterator[np.ndarray]:
    """Yield pairs of axes (2, …), no axis twice in a round, every pair once: a tournament."""
    players = list(range(k + k % 2))
    for _ in players[1:]:
        met = [sorted((a, b)) for a, b in zip(players, reversed(players), strict=True)]
        yield np.array([pair for pair in met[:len(met) // 2] if pair[1] < k]).reshape(-1, 2).T
        players = [players[0], players[-1], *players[1:-1]]


def _rotate(a: np.ndarray, vectors: np.ndarray, p: np.ndarray, q: np.ndarray) -> None:
    """Turn each two axes p and q so that a[p, q] becomes 0, in place."""
    off = a[:, p, q]
    with np.errstate(divide="ignore", invalid="ignore"):
        half = (a[:, q, q] - a[:, p, p]) / (2 * off)
        tangent = np.where(half < 0, -1, 1) / (np.abs(half) + np.sqrt(half**2 + 1))
    tangent = np.where(off == 0, 0, tangent)
    cosine = (1 / np.sqrt(tangent**2 + 1))[:, :, None]
    sine = tangent[:, :, None] * cosine
    for rows in (a, a.transpose(0, 2, 1), vectors.transpose(0, 2, 1)):
        first, second = rows[:, p], rows[:, q]
        rows[:, p], rows[:, q] = cosine * first - sine * second, sine * first + cosine * second


def upper_root(a: np.ndarray) -> np.ndarray:
    """Return the upper R with R′R = a of matrices a (…, k, k) (Cholesky); NaN in it where a is
    not positive definite."""
    root = np.zeros(a.shape, np.longdouble)
    for j in range(a.shape[-1]):
        known = (root[..., None, :j, j] @ root[..., :j, j:])[..., 0, :]
        row = a[..., j, j:] - known
        with np.errstate(invalid="ignore", divide="ignore"):
            root[..., j, j:] = row / np.sqrt(row[..., 0])[..., None]
    return root


def correlations(x: np.ndarray) -> np.ndarray:
    """Return the correlation matrix (k, k) of the columns of x (n, k) (相关系数)."""
    apart = extended(x) - extended(x).mean(axis=0)
    apart = apart / np.sqrt((apart**2).sum(axis=0))
    return apart.T @ apart
