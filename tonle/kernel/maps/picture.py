"""A map as a picture of its own, for the form on which people press where something is. Pure.

It stands outside the page's style sheet, so it brings its colours, for light and dark.
"""

from __future__ import annotations

from html import escape

from tonle.kernel.maps.drawing import Drawn

_STYLE = (
    ".s{fill:#dfe9e6}.l{fill:#fffdf9;stroke:#b9b09c}.w{stroke:#4f97a0}.k{fill:#4f97a0}"
    ".t{fill:#20292a;stroke:#fffdf9}.n{fill:#20292a}.r{fill:#0a5660}.c{fill:#59615f}"
    ".m{fill:#a51c5b33;stroke:#a51c5b}.o{stroke:#855508}"
    "@media(prefers-color-scheme:dark){.s{fill:#22302f}.l{fill:#1d2323;stroke:#59615a}"
    ".w{stroke:#5aa0a6}.k{fill:#5aa0a6}.t{fill:#ece6d8;stroke:#1d2323}.n{fill:#ece6d8}"
    ".r{fill:#7cc7c8}.c{fill:#aaa798}.m{fill:#f596ba33;stroke:#f596ba}.o{stroke:#e2b765}}"
)
_FONTS = "system-ui,'Noto Sans','Noto Sans Khmer','Noto Sans Lao','Noto Sans Myanmar',sans-serif"


def svg(drawn: Drawn, begun: tuple[int, int] | None = None) -> str:
    """The map as an SVG document. begun: where a first corner waits for its second, in units."""
    wide, high = drawn.size
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}"><style>{_STYLE}</style>'
        f'<rect class="s" width="{wide}" height="{high}"/>'
        '<g transform="scale(.5)" fill="none" stroke-linejoin="round">'
        f'<path class="l" fill-rule="evenodd" d="{drawn.land}"/>'
        f'<path class="w" stroke-width="1.6" d="{drawn.rivers}"/>'
        f'<path class="w" stroke-width="3" d="{drawn.mekong}"/>'
        f'<path class="k" fill-rule="evenodd" d="{drawn.lakes}"/>'
    ]
    parts += [
        f'<path class="o" stroke-width="2" stroke-dasharray="7 3" d="{lines}{areas}"/>'
        for lines, areas in drawn.layers
    ]
    parts.append("</g>")
    parts.append(
        f'<g class="t" font-family="{_FONTS}" font-size="11.5" stroke-width="2.4" '
        'paint-order="stroke" stroke-linejoin="round">'
    )
    kinds = {"member": "c", "river": "r", "lake": "r"}
    for label in drawn.labels:
        if label.dot:
            x, y = label.dot
            parts.append(f'<circle cx="{x}" cy="{y}" r="1.7" stroke="none"/>')
        parts.append(
            f'<text class="{kinds.get(label.kind, "n")}" x="{label.x}" y="{label.y}" '
            f'text-anchor="{label.anchor}">{escape(label.text)}</text>'
        )
    parts.append('</g><g class="m" stroke-width="2">')
    if drawn.outlines:
        parts.append(f'<path transform="scale(.5)" stroke-width="4" d="{drawn.outlines}"/>')
    parts += [f'<circle cx="{x}" cy="{y}" r="5"/>' for x, y in drawn.dots]
    if begun:
        x, y = begun
        parts.append(f'<path fill="none" d="M{x - 9} {y}H{x + 9}M{x} {y - 9}V{y + 9}"/>')
    return "".join([*parts, "</g></svg>"])
