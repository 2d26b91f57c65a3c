"""An address as a QR code (ISO/IEC 18004), a picture that scales (docs/adr/0037-pay-links.md)."""

import segno

QUIET = 4  # modules of white around it, as the standard wants


def qr_svg(text: str) -> str:
    """Black modules on white, one path; level M, of which 15 % may be smudged."""
    rows = segno.make(text, error="m", micro=False, boost_error=False).matrix
    side = len(rows) + 2 * QUIET
    dark = ((x, y) for y, row in enumerate(rows, QUIET) for x, module in enumerate(row, QUIET) if module)
    path = "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<rect width="{side}" height="{side}" fill="#fff"/><path fill="#000" d="{path}"/></svg>'
    )
