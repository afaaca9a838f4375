"""A made-up nation with a known truth (虚构的全国): `junheng synth`."""
