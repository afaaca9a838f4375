"""Books besides the county's dossier and the annual evaluation, one folder a book."""
