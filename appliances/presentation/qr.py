"""A link as a QR code: one inline SVG that takes the colour of what stands around it."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4
"""Modules of light around the code; readers need them (ISO/IEC 18004, 9.1)."""


def svg(text: str) -> SafeString:
    """Of this text, one path for all of it; it is named by what stands beside it."""
    code = qrcode.QRCode(border=QUIET, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    drawing = (
        '<svg class="qr" viewBox="0 0 {0} {0}" shape-rendering="crispEdges" aria-hidden="true"><path d="{1}"/></svg>'
    )
    return format_html(drawing, len(rows), path)
