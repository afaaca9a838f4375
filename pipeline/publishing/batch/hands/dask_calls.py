"""What a Dask client asks of its workers (委托): a name and plain data.

The scheduler unpacks every call and would import whatever it names: the whole program, which
takes seconds in which it hears nobody. So a call names this module, which imports nothing.
"""


def ask(name: str, *words: object) -> dict:
    """Do on a worker what the function of this name in `dask_worker` does."""
    from pipeline.publishing.batch.hands import dask_worker

    return getattr(dask_worker, name)(*words)
