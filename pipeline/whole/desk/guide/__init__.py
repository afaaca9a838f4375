"""The clerk's page (填报人说明): one sheet with three pictures of the real pages, as a PDF."""

from pathlib import Path

from pipeline.publishing.paper.compiling import compiled

_HOME = Path(__file__).parent


def guide_pdf() -> bytes:
    """Return the bytes of the sheet; the same bytes each time."""
    return compiled(_HOME, "guide.typ", format="pdf")
