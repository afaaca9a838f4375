"""Tables that are not about one school a row (县级表)."""
