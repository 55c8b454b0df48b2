"""Answers and pushes may be late and overtake each other; in the end a page shows what one that is opened anew does."""

import random
import time
from collections.abc import Callable
from typing import Any

from tests.journeys.conftest import is_live, sign_in

Serve = Callable[..., Any]
Window = Callable[..., Any]

ROUNDS, TAPS = 5, 12

LATE = """
(() => {
  let seed = 20;
  const late = (most) => { seed = (seed * 48271) % 2147483647; return seed % 5 < 2 ? 0 : seed % most; };
  const { send, addEventListener: listen } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (...body) {
    const { onload } = this;
    this.late = late(800);
    this.onload = (event) => setTimeout(() => onload.call(this, event), this.late);
    send.apply(this, body);
  };
  XMLHttpRequest.prototype.addEventListener = function (name, heard, ...more) {
    const later = (event) => setTimeout(() => heard.call(this, event), this.late);
    listen.call(this, name, name === "load" ? later : heard, ...more);
  };
  let last = 0;
  window.WebSocket = class extends WebSocket {
    addEventListener(name, heard, ...more) {
      super.addEventListener(name, name !== "message" ? heard : (event) => {
        last = Math.max(last, performance.now() + late(200));
        setTimeout(() => heard(event), last - performance.now());
      }, ...more);
    }
  };
})();
"""
"""Each answer up to 0.8 s late, each push up to 0.2 s; pushes keep their order among themselves."""

TAP = """
([what, which]) => {
  const found = [...document.querySelectorAll(what)];
  found[which % found.length]?.click();
}
"""
BUTTONS = ("#live [role=switch]", "#live [role=switch]", ".card-wait, .claim-cancel, .way")

SEEN = """
() => {
  const page = document.getElementById("live").cloneNode(true);
  for (const answer of page.querySelectorAll(".answer")) answer.replaceChildren();
  for (const one of page.querySelectorAll("*")) {
    one.classList.remove("is-filtered", "htmx-request");
    if (!one.classList.length) one.removeAttribute("class");
  }
  const whole = (id) => page.querySelector(`#${id}`).outerHTML.split(/\\s+/).join(" ");
  return ["board", "meter", "queue", "feed"].map(whole);
}
"""


def test_late_answers_and_pushes_end_in_what_a_page_opened_anew_shows(serve: Serve, window: Window) -> None:
    chance, server = random.Random(20), serve()
    mine, theirs = window(), sign_in(window(), server)
    mine.add_init_script(LATE)
    sign_in(mine, server)
    is_live(mine)
    is_live(theirs)

    for _ in range(ROUNDS):
        for _ in range(TAPS):
            who = chance.choice([mine, mine, theirs])
            who.evaluate(TAP, [chance.choice(BUTTONS), chance.randrange(1000)])
            mine.wait_for_timeout(chance.choice([0, 20, 120]))
        # Of this no answer comes that would show what it left.
        theirs.evaluate(TAP, [BUTTONS[0], chance.randrange(1000)])
        ends_as_one_opened_anew(mine)


def ends_as_one_opened_anew(page: Any) -> None:
    deadline = time.monotonic() + 15
    while True:
        page.wait_for_timeout(500)
        fresh = page.context.new_page()
        fresh.goto(page.url)
        wanted, seen = fresh.evaluate(SEEN), page.evaluate(SEEN)
        fresh.close()
        if seen == wanted:
            return
        assert time.monotonic() < deadline, [pair for pair in zip(seen, wanted, strict=True) if pair[0] != pair[1]]
