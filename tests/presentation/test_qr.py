"""A link as a QR code: every dark module and no other, one path that takes its surroundings' colour."""

import re

import qrcode

from appliances.presentation import qr
from tests.presentation import markup

LINK = "https://home.example/wall/link/vsl_abc/?a=1&b=<2>"


def test_it_draws_the_code_and_the_light_around_it() -> None:
    [drawing] = markup.roots(qr.svg(LINK))
    path = drawing[2][0][1]["d"]
    drawn = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path)}

    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(LINK)
    rows = code.get_matrix()
    assert drawn == {(x + 4, y + 4) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
    assert drawing[1]["viewbox"] == f"0 0 {len(rows) + 8} {len(rows) + 8}"


def test_another_text_is_another_code() -> None:
    assert qr.svg(LINK) != qr.svg(LINK + "x")


def test_it_needs_nothing_unsafe_of_the_content_security_policy() -> None:
    drawing = qr.svg(LINK)

    assert "style" not in drawing
    assert "script" not in drawing
    assert LINK not in drawing
