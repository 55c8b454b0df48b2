// The board under the hand: finding and folding.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live) return;
  const byId = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  /* Finding and filtering ------------------------------------------------ */
  const find = byId("find");
  const found = byId("found");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const chosen = () => document.querySelector('#filter input:checked')?.value || "all";
  const FITS = {
    all: () => true,
    on: (card) => card.dataset.on === "true",
    off: (card) => card.dataset.on === "false",
    fits: (card) => card.dataset.on === "false" && card.dataset.fits === "true",
  };

  function filter() {
    const words = plain(find.value).split(/\s+/).filter(Boolean);
    const fits = FITS[chosen()];
    const isActive = words.length > 0 || fits !== FITS.all;
    const tiles = all(".tile");
    let count = 0;
    for (const tile of tiles) {
      const name = plain(tile.dataset.name);
      const isSpeaking = tile.querySelector(".reply") !== null;
      const isShown = words.every((word) => name.includes(word)) && (fits(tile.querySelector(".card")) || isSpeaking);
      tile.classList.toggle("is-filtered", !isShown);
      count += isShown;
    }
    for (const section of all(".section")) {
      section.classList.toggle("is-filtered", isActive && !section.querySelector(".tile:not(.is-filtered)"));
    }
    const text = count ? found.dataset.some : found.dataset.none;
    const said = isActive ? text.replace("{shown}", count).replace("{all}", tiles.length) : "";
    if (found.textContent !== said) found.textContent = said;
  }

  find.addEventListener("input", filter);
  byId("filter").addEventListener("change", filter);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea, dialog");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) { event.preventDefault(); find.focus(); }
    if (event.key === "Escape" && event.target === find && find.value) { find.value = ""; filter(); }
  });

  /* Folding: kept in this browser ---------------------------------------- */
  const FOLDED = "voltsafe-folded";
  function folded() {
    try { return new Set(JSON.parse(localStorage.getItem(FOLDED) || "[]")); } catch { return new Set(); }
  }
  function fold() {
    const closed = folded();
    for (const details of all("[data-fold]")) details.open = !closed.has(details.dataset.fold);
  }
  live.addEventListener("toggle", (event) => {
    const id = event.target.dataset.fold;
    const closed = folded();
    if (!id || closed.has(id) === !event.target.open) return;
    if (event.target.open) closed.delete(id); else closed.add(id);
    try { localStorage.setItem(FOLDED, JSON.stringify([...closed])); } catch { /* private mode: not kept */ }
  }, true);

  /* Around a change --------------------------------------------------------- */
  let feedTop = 0;

  document.addEventListener("voltsafe:before", () => { feedTop = byId("feed-lines")?.scrollTop || 0; });
  document.addEventListener("voltsafe:after", () => {
    if (feedTop) byId("feed-lines").scrollTop = feedTop;
    fold();
    filter();
  });
  document.addEventListener("voltsafe:cleared", filter);

  fold();
  filter();
})();
