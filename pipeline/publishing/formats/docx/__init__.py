"""Word (.docx): the dossier as a document that a bureau can edit, the same bytes every time.

Its parts are written as text and packed; no template lies behind it.
"""

from pipeline.publishing.formats.docx.word_blocks import all_blocks, numbering_part, ready
from pipeline.publishing.formats.docx.word_figures import for_word
from pipeline.publishing.formats.docx.word_package import packed
from pipeline.publishing.formats.docx.word_pages import (
    NAMESPACES,
    document_part,
    heads_and_feet,
)
from pipeline.publishing.paper.exporting import PaperExporter


class Exporter(PaperExporter):
    """``jupyter nbconvert --to junheng-docx``."""

    export_from_notebook = "均衡卷宗 Word"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    def written(self, document: dict) -> bytes:
        """Return the Word file of a document."""
        document, media = ready(document), {}
        for block in all_blocks(document):
            if block["type"] == "figure":
                media[f"png{block['picture']}.png"] = block["png"]
                media[f"svg{block['picture']}.svg"] = for_word(block["svg"])
        parts = {"numbering": ("numbering", numbering_part(document, NAMESPACES))}
        return packed(document_part(document), parts | heads_and_feet(document), media,
                      document["cover"], document["run_id"])
