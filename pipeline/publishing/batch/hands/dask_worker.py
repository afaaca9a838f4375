"""What runs on a Dask worker (计算节点): it says what it is, and makes a county in its station.

A worker keeps a station a thread, and starts it anew where the client is another program than
the station: the worker may have been running since before an update.
"""

import tempfile
import threading
from pathlib import Path

from pipeline.publishing.batch.hands.child import Limits
from pipeline.publishing.batch.hands.parcel import hashes, packed
from pipeline.publishing.batch.hands.station import Station, read_task
from pipeline.publishing.records.publication import discard

_here = threading.local()


def identify(limits: tuple, wanted: dict) -> dict:
    """Return what this worker's station is: `manifest.identity`, in its own process."""
    return _station(Limits(*limits), wanted).identity()


def make_here(record: dict, limits: tuple, wanted: dict) -> dict:
    """Make one county on this worker; return its outcome, its parcel and the parcel's hashes.

    ``limits`` are the values of `Limits`, since calls are plain data (`dask_calls`). Where the
    station is not what is ``wanted``, nothing is made and its identity is returned.
    """
    from distributed import get_worker

    station, address = _station(Limits(*limits), wanted), get_worker().address
    if station.identity() != wanted:
        return {"worker": address, "identity": station.identity()}
    station.take(read_task(record), record)
    while True:
        for ended in station.ended(1):
            parcel = packed(ended.work)
            discard(ended.work)
            return {"worker": address, "outcome": ended.outcome.record(), "parcel": parcel,
                    "hashes": hashes(parcel)}


def _station(limits: Limits, wanted: dict) -> Station:
    """Return this thread's station; a new one where it has ended or is not as wanted."""
    from distributed import get_worker

    station = getattr(_here, "station", None)
    if station and (station.process.poll() is not None or station.limits != limits
                    or station.identity() != wanted):
        station.close()
        discard(station.work)
        station = None
    if station is None:
        place = tempfile.mkdtemp(prefix="junheng-", dir=get_worker().local_directory)
        station = _here.station = Station(limits, 1, Path(place))
    return station
