"""HTML as nested tuples, small and exact: enough to apply a pushed frame the way the browser does."""

from html.parser import HTMLParser
from typing import Any

VOID = {"br", "hr", "img", "input", "link", "meta", "rect", "use", "path"}

Node = list[Any]
"""[tag, attributes, children]; a text is a str."""


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Node = ["root", {}, []]
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: Node = [tag, dict(attrs), []]
        self._open[-1][2].append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
            self._open.pop()

    def handle_data(self, text: str) -> None:
        if text.strip():
            self._open[-1][2].append(" ".join(text.split()))


def parse(html: str) -> Node:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def find(node: Node, element_id: str) -> Node | None:
    if node[1].get("id") == element_id:
        return node
    found = (find(child, element_id) for child in node[2] if isinstance(child, list))
    return next((one for one in found if one), None)


def apply(page: Node, frame: str) -> None:
    """Swap every piece of the frame into the page by its id, as an out-of-band swap does."""
    for piece in parse(frame)[2]:
        if piece[1]["id"] == "revision":
            continue
        assert piece[1].pop("hx-swap-oob") == "true"
        target = find(page, piece[1]["id"])
        assert target is not None, f"the page has no #{piece[1]['id']}"
        target[:] = piece


def roots(html: str) -> list[Node]:
    return [child for child in parse(html)[2] if isinstance(child, list)]


def every(node: Node) -> list[Node]:
    below = [one for child in node[2] if isinstance(child, list) for one in every(child)]
    return [node, *below]
