"""Drawings inside a page (图): many SVG files in one document, under a policy that lets no style
attribute through."""

from xml.etree import ElementTree

from markupsafe import Markup

_SVG, _LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_INHERITED = {"stroke-linejoin": "round", "stroke-linecap": "butt"}  # what each style element says
_FONTS = "font-family"  # the page's own, as for its text
_NUMBERED = ("id", "clip-path", "fill", "stroke", "marker-start", "marker-mid", "marker-end",
             f"{{{_LINK}}}href", "href", "mask", "filter")


def inlined(svg: str, key: str, described: str) -> Markup:
    """Return a drawing to stand in a page: ids that no other drawing has, styles as attributes,
    nothing that is not drawn, and the words for it."""
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _LINK)
    root = ElementTree.fromstring(svg)
    _leave_out(root)
    for element in root.iter():
        _restyle(element)
        for name in _NUMBERED:
            if name in element.attrib:
                element.set(name, _own(element.get(name), name, key))
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    for name, value in _INHERITED.items():
        root.set(name, value)
    root.set("role", "img")
    root.set("aria-label", described)
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _leave_out(element: ElementTree.Element) -> None:
    for child in [*element]:
        if child.tag.rpartition("}")[2] in ("metadata", "style", "script"):
            element.remove(child)
        else:
            _leave_out(child)


def _restyle(element: ElementTree.Element) -> None:
    for rule in filter(str.strip, element.attrib.pop("style", "").split(";")):
        name, _, value = rule.partition(":")
        if name.strip() != _FONTS:
            element.set(name.strip(), value.strip())
    element.attrib.pop(_FONTS, None)


def _own(value: str, name: str, key: str) -> str:
    """Return an id, or a reference to one, with the drawing's key before it."""
    if name == "id":
        return f"{key}-{value}"
    return value.replace("#", f"#{key}-", 1) if value.startswith(("#", "url(#")) and not (
        name in ("fill", "stroke") and value.startswith("#")) else value
