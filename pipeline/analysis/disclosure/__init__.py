"""What a public edition may tell (公开版): protected, banded and rounded figures of a county."""
