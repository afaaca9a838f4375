"""The ledger of what is to be mended (整改台账): problems, carried on from year to year."""
