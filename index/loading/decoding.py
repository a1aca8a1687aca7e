"""Bytes → text, in the encodings that name themselves."""

from index.errors import Damaged, UnknownEncoding


def decoded(content: bytes) -> str:
    """UTF-8, or UTF-16 with a byte order mark. Raises Damaged, UnknownEncoding."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        if b"\0" in content:
            raise Damaged("binary, not text; give it the ending of its format")
        encoding = "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnknownEncoding(f"not in UTF-8 (byte {error.start}); save it as UTF-8") from error
