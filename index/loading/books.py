"""`.epub`: chapters in reading order, under their titles."""

from collections.abc import Iterator
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from lxml import etree

from index.errors import Damaged, Protected
from index.loading.archives import opened, read
from index.loading.draft import Draft
from index.loading.parsed import Limits, Parsed
from index.loading.webpages import page_of, write

_CHAPTERS = r'nav[epub\:type~="toc"] a[href]'
"""There may be lists of pages and landmarks beside it."""
_UNSEEN = "script, style, nav, svg, math, [hidden]"


def parse(name: str, content: bytes, limits: Limits) -> Parsed:
    archive = opened(content, limits)
    folder, package = _package(archive)
    _check_protection(archive)
    contents = _contents(archive, folder, package)
    draft = Draft(limits)
    for path in _spine(folder, package):
        chapter = page_of(read(archive, path), is_xml=True)
        if chapter.body:
            for node in chapter.css(_UNSEEN):
                node.decompose()
            if path in contents and chapter.css_first("h1, h2") is None:
                draft.section(1, contents[path])
            write(chapter.body, draft)
    return Parsed(draft.finish(name, _said(package, "title"), _said(package, "creator")))


def _package(archive: ZipFile) -> tuple[str, etree._Element]:
    """The file that lists all others, and its folder."""
    container = _xml(read(archive, "META-INF/container.xml"))
    path = next((str(node.get("full-path")) for node in container.iter("{*}rootfile")), "")
    return dirname(path), _xml(read(archive, path))


def _spine(folder: str, package: etree._Element) -> Iterator[str]:
    """Paths of the chapters, in reading order."""
    items = {item.get("id"): item for item in package.iter("{*}item")}
    for reference in package.iter("{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is not None and "html" in (item.get("media-type") or "") and "nav" not in (item.get("properties") or "").split():
            yield _path(folder, item.get("href") or "")


def _contents(archive: ZipFile, folder: str, package: etree._Element) -> dict[str, str]:
    """Titles of chapters by their paths, as the table of contents has them: `nav` of EPUB 3, `ncx` of EPUB 2."""
    titles: dict[str, str] = {}
    for item in package.iter("{*}item"):
        path = _path(folder, item.get("href") or "")
        if "nav" in (item.get("properties") or "").split():
            page = page_of(read(archive, path), is_xml=True)
            links = page.css(_CHAPTERS) or page.css("nav a[href]")
            entries = [(link.attributes.get("href") or "", link.text()) for link in links]
        elif item.get("media-type") == "application/x-dtbncx+xml":
            points = _xml(read(archive, path)).iter("{*}navPoint")
            entries = [(point.find("{*}content").get("src", ""), "".join(point.find("{*}navLabel").itertext())) for point in points]
        else:
            continue
        for href, title in entries:
            titles.setdefault(_path(dirname(path), href), title)
    return titles


def _check_protection(archive: ZipFile) -> None:
    """Raises Protected where chapters are encrypted; fonts often are, and nobody minds."""
    if "META-INF/encryption.xml" in archive.namelist():
        encrypted = [node.get("URI") or "" for node in _xml(read(archive, "META-INF/encryption.xml")).iter("{*}CipherReference")]
        if any("html" in path for path in encrypted):
            raise Protected("this book is copy-protected; only books without copy protection can be read")


def _said(package: etree._Element, what: str) -> str | None:
    return next((node.text for node in package.iter(f"{{http://purl.org/dc/elements/1.1/}}{what}")), None)


def _path(folder: str, href: str) -> str:
    return normpath(join(folder, unquote(urlsplit(href).path)))


def _xml(content: bytes) -> etree._Element:
    """Nothing is loaded, nothing expanded."""
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except etree.XMLSyntaxError as error:
        raise Damaged("this book is damaged; make it anew") from error
