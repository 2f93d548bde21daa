"""Figures and lines as parts of a page, which take its colours and its type."""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from typing import Any
from xml.etree import ElementTree

import numpy as np
from markupsafe import Markup
from matplotlib.colors import to_hex, to_rgb
from numpy.typing import ArrayLike

from denoising.figures.drawing import to_svg
from denoising.figures.style import INK
from denoising.report.blocks import Picture

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
OF_FILE = (f"{SVG}title", f"{SVG}metadata")  # what tells of the file
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
FAMILY = re.compile(r"font-family: [^;]*;? ?")
TARGET = re.compile(r"(?:^|url\()#([^)]*)")
LIGHTEST, RANGE = 0.92, 0.76  # of what black becomes by night, and how much darker white is then
OF_PAGE = {INK: "var(--ink)", "#ffffff": "var(--page)"}
DASH_SCALE = 2.0  # pixels of the screen for a unit of a dash


def inlined(picture: Picture) -> Markup:
    """Return a figure as elements of a page: one for wide screens and, if it is drawn so, one for phones."""
    name, drawing = picture.name, picture.drawing
    if drawing.narrow is None:
        return element(picture.svg, name, drawing.alt, "only")
    narrow = to_svg(drawing, narrow=True)
    return element(picture.svg, name, drawing.alt, "wide") + element(narrow, name, drawing.alt, "narrow")


def element(svg: bytes, name: str, alt: str, kind: str) -> Markup:
    """Return an SVG file of matplotlib's as an element of a page.

    Args:
        svg: the file.
        name: of the figure; what is named inside of it begins with it, so that no two figures share a name.
        alt: what it shows, for those who cannot see it.
        kind: its class.
    """
    root = ElementTree.fromstring(svg)
    root[:] = [part for part in root if part.tag not in OF_FILE and part.find(f"{SVG}style") is None]
    values = (value for part in root.iter() for value in part.attrib.values())
    targets = {target for value in values for target in TARGET.findall(value)}
    for part in root.iter():
        take_over(part, targets, f"{name}-{kind}-")
    root.attrib = {"class": kind, "role": "img", "aria-label": alt, "viewBox": root.attrib["viewBox"]}
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def take_over(part: ElementTree.Element, targets: set[str], prefix: str) -> None:
    """Give an element the colours and the type of the page, and names that no other figure has."""
    part.tag = part.tag.removeprefix(SVG)
    part.tail = None
    part.text = (part.text or "").strip()
    if "id" in part.attrib and (own := part.attrib.pop("id")) in targets:
        part.set("id", prefix + own)
    if target := part.attrib.pop(LINK, None):
        part.set("href", target.replace("#", f"#{prefix}"))
    if clip := part.get("clip-path"):
        part.set("clip-path", clip.replace("#", f"#{prefix}"))
    if style := part.get("style"):
        own_type = FAMILY.sub("", style).replace("url(#", f"url(#{prefix}")
        part.set("style", COLOUR.sub(lambda found: of_page(found[0]), own_type))


def of_page(colour: str) -> str:
    """Return what stands for a colour in a page."""
    return OF_PAGE.get(colour) or f"light-dark({colour}, {at_night(colour)})"


def as_path(signal: ArrayLike) -> str:
    """Return a signal as the path of an SVG, a unit to the right a sample."""
    points = (f"{at} {-value:.5g}" for at, value in enumerate(np.asarray(signal, float)))
    return f"M{'L'.join(points)}"


def dashes(linestyle: Any) -> list[float]:
    """Return a dash of matplotlib's in pixels; nothing for a whole line."""
    return [] if linestyle == "-" else [DASH_SCALE * part for part in linestyle[1]]


def at_night(colour: str) -> str:
    """Return what a colour becomes on a dark page: of the same hue, and as light as this one is dark."""
    hue, lightness, saturation = rgb_to_hls(*to_rgb(colour))
    return to_hex(hls_to_rgb(hue, LIGHTEST - RANGE * lightness, saturation))
