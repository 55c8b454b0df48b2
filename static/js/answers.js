// Around a change, on a board and on a wall: focus stays, bars glide, bands are said, and a tile says what came of it.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live) return;
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

  /* Before and after: focus stays, bars glide, bands are said ------------- */
  const GLIDE = { duration: 320, easing: "cubic-bezier(.2,.7,.2,1)" };
  let held = null;
  let widths = new Map();
  let status = byId("meter").dataset.status;

  document.addEventListener("voltsafe:before", () => {
    held = document.activeElement?.id || null;
    widths = new Map(all("#live rect[id]").map((rect) => [rect.id, rect.getAttribute("width")]));
  });

  document.addEventListener("voltsafe:after", () => {
    // What is gone leaves the focus to the switch of its appliance.
    const heir = held && (byId(held) ?? byId(held.replace(/^(wait|wait-way|cancel|leave)-/, "switch-")));
    if (heir && document.activeElement === document.body) heir.focus({ preventScroll: true });
    held = null;
    for (const rect of isCalm.matches ? [] : all("#live rect[id]")) {
      const [from, to] = [widths.get(rect.id), rect.getAttribute("width")];
      if (from && from !== to) rect.animate([{ width: from }, { width: to }], GLIDE);
    }
    widths.clear();
    const meter = byId("meter");
    if (meter.dataset.status !== status) byId("band").textContent = meter.dataset.say;
    status = meter.dataset.status;
    tidy();
    turn();
  });

  /* What ends by the clock alone: no decision says so, so it is looked up then -- */
  const LATEST = 2 ** 31 - 1;
  const AGAIN = 20_000; // This clock may be ahead of the server's.
  let turning = 0;

  function turn() {
    clearTimeout(turning);
    const ends = all("[data-until]", live).map((part) => Number(part.dataset.until) * 1000);
    if (!ends.length) return;
    const wait = Math.min(...ends) - Date.now();
    turning = setTimeout(() => { window.voltsafe?.fetchWhole(); }, Math.min(wait < 0 ? AGAIN : wait + 1500, LATEST));
  }

  /* What is said in a tile ------------------------------------------------ */
  const LINGER = { done: 8_000, refused: 30_000 };
  const leaving = new WeakMap();

  function clear(answer) {
    const hadFocus = answer.contains(document.activeElement);
    answer.replaceChildren();
    if (hadFocus) byId(answer.id.replace("answer", "switch"))?.focus();
    document.dispatchEvent(new CustomEvent("voltsafe:cleared"));
  }

  /** A confirmation goes by itself; a refusal only when it has not been true for a while. */
  function tidy() {
    for (const reply of all(".reply")) {
      const card = byId(reply.parentElement.id.replace("answer", "appliance"));
      const isRefusal = reply.classList.contains("is-refused");
      const isTrue = reply.dataset.trouble ? document.body.dataset.connection !== "live" : card.dataset.fits === "false";
      const isOver = !isRefusal || card.dataset.on === "true" || !isTrue;
      if (isOver && !leaving.has(reply)) {
        const go = () => { if (reply.isConnected && !reply.contains(document.activeElement)) clear(reply.parentElement); };
        leaving.set(reply, setTimeout(go, isRefusal ? LINGER.refused : LINGER.done));
      } else if (!isOver && leaving.has(reply)) {
        clearTimeout(leaving.get(reply));
        leaving.delete(reply);
      }
    }
  }

  /** A request that got no answer of ours says so where it was made. */
  function trouble(target, text) {
    const reply = byId("trouble").content.cloneNode(true);
    reply.querySelector(".reply-fact").textContent = text;
    target.replaceChildren(reply);
  }

  const words = byId("trouble").dataset;
  const isAnswer = (target) => target?.id?.startsWith("answer-");
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    if (detail.elt.getAttribute("role") === "switch") detail.elt.setAttribute("aria-busy", "true");
  });
  document.addEventListener("voltsafe:answered", ({ detail: { target, elt, end, status, isForeign } }) => {
    if (!isAnswer(target)) return;
    const button = byId(target.id.replace("answer", "switch"));
    for (const one of [elt, button]) one?.removeAttribute("aria-busy");
    if (end === "error" || end === "timeout") trouble(target, words.silent);
    if (isForeign) trouble(target, status < 500 ? words.forbidden : words.failed);
    if (document.activeElement === document.body) button?.focus({ preventScroll: true });
  });

  document.addEventListener("click", ({ target }) => {
    const answer = target.closest("[data-dismiss]")?.closest(".answer");
    if (answer) clear(answer);
  });

  turn();
})();
