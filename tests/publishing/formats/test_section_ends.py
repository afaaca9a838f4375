"""Where a section (节) of the Word file ends."""

import pytest

from pipeline.publishing.formats.docx.word_text import blank, ended_section, paragraph, run


@pytest.mark.parametrize(("content", "paragraphs"), [
    (blank("填报单位"), 2),
    (run("填报单位：") + blank("填报单位"), 2),
    (run("填报完毕"), 1),
])
def test_no_section_ends_in_a_paragraph_with_a_content_control(content, paragraphs):
    """LibreOffice 7.4 runs such a paragraph together with the next section's first one."""
    ended = ended_section(paragraph("JunhengHint", content), "<w:sectPr/>")
    last = ended.rsplit("<w:p>", 1)[1]
    assert "<w:sectPr/></w:pPr>" in last and "<w:sdt>" not in last
    assert ended.count("<w:p>") == paragraphs
