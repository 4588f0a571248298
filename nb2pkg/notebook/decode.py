"""The text of a file, whatever its encoding: nothing here fails."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def decode_text(data: bytes) -> str:
    """The text of a file in UTF-8, or by its byte order mark, else Latin-1.

    UTF-8 with a few bytes that are none stays UTF-8: one damaged output must not turn every other letter into two.
    """
    if data.startswith(BYTE_ORDER_MARK):
        data = data[3:]
    elif data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return data.decode("utf-32", errors="replace")
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    elif data[1:2] == b"\x00" and data[3:4] == b"\x00":
        return data.decode("utf-16-le", errors="replace")
    elif data[:1] == b"\x00" and data[2:3] == b"\x00":
        return data.decode("utf-16-be", errors="replace")
    try:
        return data.decode("utf-8", errors="surrogatepass")
    except UnicodeDecodeError:
        return _decode_damaged(data)


def _decode_damaged(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    return text if foreign - damaged >= damaged else data.decode("latin-1")


def plain_newlines(source: str) -> str:
    """Every line end as ``\\n``, as Python's own parser counts lines."""
    return source.replace("\r\n", "\n").replace("\r", "\n") if "\r" in source else source
