"""The made-up nation's process with other parameters, to try a method on another truth."""

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.synth.making.parameters import parameters


@contextmanager
def supposing(**values: object) -> Iterator[None]:
    """Hold parameters at other values for a while; inside another, of those already held.

    A nation written to files never comes from here: its truth is `parameters.json`.
    """
    stated = parameters()
    unknown = sorted(values.keys() - stated.keys())
    if unknown:
        raise KeyError(f"no such parameters: {unknown}")
    before = {name: stated[name]["value"] for name in values}
    try:
        for name, value in values.items():
            stated[name]["value"] = value
        yield
    finally:
        for name, value in before.items():
            stated[name]["value"] = value
