"""The parameters of a request in each way that the Bot API accepts them."""

import json
from collections.abc import Iterator
from email.message import Message as Headers
from email.parser import HeaderParser
from typing import Any
from urllib.parse import parse_qsl

from bot.sandbox.errors import bad_request
from bot.sandbox.schema import Upload


def raw_parameters(query: str, content_type: str, body: bytes) -> dict[str, Any]:
    """From the address and the body together: text, uploads, and from a JSON body whatever JSON holds."""
    return dict(parse_qsl(query, keep_blank_values=True)) | _from_body(content_type, body)


def _from_body(content_type: str, body: bytes) -> dict[str, Any]:
    headers = HeaderParser().parsestr(f"Content-Type: {content_type}")
    if not body:
        return {}
    match headers.get_content_type():
        case "application/json":
            return _from_json(body)
        case "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), keep_blank_values=True))
        case "multipart/form-data":
            return dict(_from_multipart(body, str(headers.get_param("boundary"))))
    raise bad_request(f"content type {content_type} is not supported")


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError as error:
        raise bad_request("can't parse JSON body") from error
    if not isinstance(values, dict):
        raise bad_request("the JSON body must be an object")
    return values


def _from_multipart(body: bytes, boundary: str) -> Iterator[tuple[str, Upload | str]]:
    # Written out because starlette needs one more library for it, and cutting at the boundary keeps files exact.
    delimiter = b"\r\n--" + boundary.encode()
    for part in (b"\r\n" + body).split(delimiter)[1:]:
        if part.startswith(b"--"):
            return
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        yield _field(HeaderParser().parsestr(head.decode()), content)


def _field(headers: Headers, content: bytes) -> tuple[str, Upload | str]:
    name = str(headers.get_param("name", header="content-disposition"))
    filename = headers.get_filename()
    if filename is None:
        return name, content.decode()
    return name, Upload(filename, content, headers.get_content_type())
