"""Image files with rights metadata, made by Pillow and by hand."""

import io
import struct
import zlib

from PIL import Image

PREFIX = "http://ns.useplus.org/ldf/vocab/"
NAMESPACES = """xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
 xmlns:cc="http://creativecommons.org/ns#"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
 xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/\""""


def packet(inside: str = "", attributes: str = "", namespaces: str = NAMESPACES) -> bytes:
    """Write an XMP packet."""
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" {namespaces} {attributes}>{inside}</rdf:Description>
</rdf:RDF></x:xmpmeta><?xpacket end="w"?>""".encode()


def save(kind: str, **options: object) -> bytes:
    """Write a small picture with Pillow."""
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, kind, **options)
    return file.getvalue()


def exif(**tags: str) -> bytes:
    """Write EXIF with an artist or a copyright."""
    written = Image.Exif()
    for name, number in (("artist", 315), ("copyright", 33432)):
        if name in tags:
            written[number] = tags[name]
    return written.tobytes()


def segment(marker: int, content: bytes) -> bytes:
    """Write one segment of a JPEG."""
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg_with(*segments: bytes) -> bytes:
    """Put segments behind the beginning of a JPEG."""
    plain = save("JPEG")
    return plain[:2] + b"".join(segments) + plain[2:]


def iim(*values: tuple[int, bytes], utf8: bool = False) -> bytes:
    """Write a segment with IPTC-IIM data sets of record 2."""
    sets = b"\x1c\x01\x5a\x00\x03\x1b%G" if utf8 else b""
    for number, value in values:
        sets += struct.pack(">BBBH", 0x1C, 2, number, len(value)) + value
    resource = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(sets)) + sets
    other = b"8BIM\x03\xed\x03abc" + struct.pack(">I", 3) + b"xyz\x00"
    return segment(0xED, b"Photoshop 3.0\x00" + other + resource)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Write one chunk of a PNG."""
    sum_ = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + sum_


def png_with(*chunks: bytes, behind_pixels: bool = False) -> bytes:
    """Put chunks into a PNG, before or behind its pixels."""
    plain = save("PNG")
    at = plain.index(b"IEND") - 4 if behind_pixels else plain.index(b"IDAT") - 4
    return plain[:at] + b"".join(chunks) + plain[at:]


def png_xmp(content: bytes, *, packed: bool = False) -> bytes:
    """Write the chunk of a PNG that holds XMP."""
    text = zlib.compress(content) if packed else content
    flags = b"\x01\x00" if packed else b"\x00\x00"
    return chunk(b"iTXt", b"XML:com.adobe.xmp\x00" + flags + b"\x00\x00" + text)
