"""Office files are ZIP archives; here they lose all that differs from one run to the next."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_READABLE = 0o644 << 16


def reproducible(data: bytes, published: date) -> bytes:
    """Repack an Office file with its entries sorted and every time set to a date."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>%sT00:00:00Z" % published.isoformat().encode(), content)
            entry = zipfile.ZipInfo(name, (published.year, published.month, published.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = _READABLE
            new.writestr(entry, content)
    return packed.getvalue()
