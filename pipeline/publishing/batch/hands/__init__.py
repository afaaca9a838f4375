"""Whoever makes the dossiers of a batch (人手): children, stations, Dask."""
