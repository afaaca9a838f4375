"""The package of a Word file (包, ISO/IEC 29500-2): parts, their types and relationships, zipped
so that the same parts are the same bytes."""

import io
import zipfile
from importlib.resources import files
from xml.sax.saxutils import escape, quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_STATIC = ("styles", "settings", "fontTable")
_CUSTOM = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
_BEGINNING = (1980, 1, 1, 0, 0, 0)  # the earliest day that a zip knows
_AUTHOR = "均衡 Junheng"


def packed(main: str, parts: dict[str, tuple[str, str]], media: dict[str, bytes],
           cover: dict, run_id: str) -> bytes:
    """Return the bytes of a .docx.

    ``main`` is the text of the document itself, ``parts`` relationship → kind and text of what it
    names beside the static ones, ``media`` file name → bytes of its pictures; their relationship
    is the name without its suffix.
    """
    parts = {name: (name, _static(name)) for name in _STATIC} | parts
    targets = {name: (kind, f"{name}.xml") for name, (kind, _) in parts.items()}
    targets |= {name.partition(".")[0]: ("image", f"media/{name}") for name in media}
    content = {
        "[Content_Types].xml": _types({name: kind for name, (kind, _) in parts.items()}),
        "_rels/.rels": _relationships({
            "document": (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            "core": (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            "app": (f"{_OFFICE}/relationships/extended-properties", "docProps/app.xml"),
            "custom": (f"{_OFFICE}/relationships/custom-properties", "docProps/custom.xml")}),
        "docProps/core.xml": _core(cover), "docProps/app.xml": _app(),
        "docProps/custom.xml": _custom({"run_id": run_id} | dict(cover["rows"])),
        "word/document.xml": _HEAD + main,
        "word/_rels/document.xml.rels": _relationships({
            name: (f"{_OFFICE}/relationships/{kind}", target)
            for name, (kind, target) in targets.items()}),
    } | {f"word/{name}.xml": text if name in _STATIC else _HEAD + text
         for name, (_, text) in parts.items()}
    return _zipped({name: text.encode() for name, text in content.items()}
                   | {f"word/media/{name}": data for name, data in media.items()})


def _static(name: str) -> str:
    return (files(__package__) / "parts" / f"{name}.xml").read_text("utf-8")


def _zipped(content: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.create_system = 0
            entry.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED)
            archive.writestr(entry, data)
    return buffer.getvalue()


def _types(kinds: dict[str, str]) -> str:
    """Return the content type of every part."""
    overrides = {"/word/document.xml": f"{_WORD}.document.main+xml",
                 "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
                 "/docProps/app.xml":
                     "application/vnd.openxmlformats-officedocument.extended-properties+xml",
                 "/docProps/custom.xml":
                     "application/vnd.openxmlformats-officedocument.custom-properties+xml"}
    overrides |= {f"/word/{name}.xml": f"{_WORD}.{kind}+xml" for name, kind in kinds.items()}
    defaults = {"rels": "application/vnd.openxmlformats-package.relationships+xml",
                "xml": "application/xml", "png": "image/png", "svg": "image/svg+xml"}
    listed = "".join(f'<Default Extension="{suffix}" ContentType="{kind}"/>'
                     for suffix, kind in defaults.items())
    listed += "".join(f'<Override PartName="{name}" ContentType="{kind}"/>'
                      for name, kind in overrides.items())
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{listed}</Types>'


def _relationships(targets: dict[str, tuple[str, str]]) -> str:
    listed = "".join(f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/>'
                     for name, (kind, target) in targets.items())
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _core(cover: dict) -> str:
    """Return title, author and date: the day of the cover, never the clock's."""
    title = " ".join(text for text in (cover["title"], cover["subtitle"]) if text)
    dates = "".join(f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{escape(cover["date"])}T00:00:00Z'
                    f"</dcterms:{name}>" for name in ("created", "modified"))
    return (f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{escape(title)}</dc:title><dc:creator>{_AUTHOR}</dc:creator>"
            f"<cp:lastModifiedBy>{_AUTHOR}</cp:lastModifiedBy>{dates}"
            "<dc:language>zh-CN</dc:language></cp:coreProperties>")


def _app() -> str:
    return (f'{_HEAD}<Properties xmlns="{_OFFICE}/extended-properties">'
            f"<Application>{_AUTHOR}</Application></Properties>")


def _custom(properties: dict[str, str]) -> str:
    """Return the run and what the cover says of the subject, for whoever sorts such files."""
    listed = "".join(
        f'<property fmtid="{_CUSTOM}" pid="{pid}" name={quoteattr(name)}>'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(properties.items(), 2))
    return (f'{_HEAD}<Properties xmlns="{_OFFICE}/custom-properties" '
            f'xmlns:vt="{_OFFICE}/docPropsVTypes">{listed}</Properties>')
