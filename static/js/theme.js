// Light, dark or like the device. Loaded in the head so that a choice is in force before the first paint.
(() => {
  "use strict";
  const root = document.documentElement;
  const KEY = "voltsafe-theme";
  const PAPER = { light: "#f3f1ec", dark: "#111210" };

  const kept = () => {
    try { return localStorage.getItem(KEY) || "system"; } catch { return "system"; }
  };
  const keep = (choice) => {
    try { localStorage.setItem(KEY, choice); } catch { /* private mode: the choice lasts as long as the page */ }
  };

  const apply = (choice) => {
    if (choice === "light" || choice === "dark") root.dataset.theme = choice;
    else delete root.dataset.theme;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) {
      meta.content = PAPER[choice] || (meta.media.includes("dark") ? PAPER.dark : PAPER.light);
    }
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };

  root.classList.replace("no-js", "js");
  apply(kept());

  document.addEventListener("DOMContentLoaded", () => {
    apply(kept());
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-theme-choice]");
      if (button) { keep(button.dataset.themeChoice); apply(button.dataset.themeChoice); }
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        if (!menu.contains(event.target)) menu.open = false;
      }
    });
    document.addEventListener("keydown", (event) => {
      const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    });
  });
  window.addEventListener("storage", (event) => { if (event.key === KEY) apply(kept()); });
})();
