"""ZIP files (.docx and .epub are such) that unpack to no more than they may."""

import zipfile
import zlib
from io import BytesIO
from zipfile import ZipFile

from index.errors import Damaged, Protected, TooLarge
from index.loading.parsed import Limits

_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
"""How each entry of the list at a ZIP file's end begins."""


def opened(content: bytes, limits: Limits) -> ZipFile:
    """The archive; reading all of it stays within `limits`, since no entry gives more than it says. Raises Unreadable."""
    if content.count(_ENTRY) > limits.entries:  # counted before they are read: a list of a million is a bomb itself
        raise TooLarge(f"made of more than {limits.entries} parts; save it anew, or as plain text")
    try:
        archive = ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:  # not implemented by zipfile: later versions of the format
        raise Damaged("damaged; open it and save it anew") from error
    if sum(entry.file_size for entry in archive.infolist()) > limits.unpacked:
        raise TooLarge(f"unpacks to more than {limits.unpacked // 1_000_000} MB; save it without its pictures")
    if any(entry.flag_bits & _ENCRYPTED for entry in archive.infolist()):
        raise Protected("this file asks for a password; save it without one")
    return archive


def read(archive: ZipFile, path: str) -> bytes:
    """One entry, unpacked. Raises Damaged."""
    try:
        return archive.read(path)
    except (KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError) as error:  # … or a compression it lacks
        raise Damaged("damaged: a part of it is missing; open it and save it anew") from error
