// Forms in a dialog over the board. Without it, and without JavaScript, the same links open them as pages.
(() => {
  "use strict";
  const dialog = document.getElementById("dialog");
  const sheet = document.getElementById("dialog-body");
  if (!dialog || !window.htmx) return;
  let opener = null;
  let isTouched = false;

  /** Emptied at once: an answer that is still being taken in must not find a form to show. */
  function shut() {
    if (dialog.open) dialog.close();
    sheet.replaceChildren();
  }

  function open(from) {
    if (dialog.open) return;
    opener = from || null;
    isTouched = false;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
    dialog.showModal();
  }

  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target !== sheet || !sheet.firstElementChild) return;
    open(detail.elt?.id);
    const wrong = sheet.querySelector('[aria-invalid="true"]');
    const first = sheet.querySelector("input:not([type=hidden]), select, textarea");
    // A field that is filled in does not ask to be typed in: no keyboard jumps up on a phone.
    (wrong || (first && !first.value ? first : sheet.querySelector("#form-title"))).focus();
    sheet.querySelector(".callout")?.scrollIntoView({ block: "nearest" });
  });

  // The form cannot be had this way: then as a page, which says why.
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.target === sheet && detail.elt.href) location.assign(detail.elt.href);
  });

  document.addEventListener("voltsafe:done", ({ detail }) => {
    shut();
    const done = document.getElementById("done");
    done.textContent = detail.text;
    setTimeout(() => { if (done.textContent === detail.text) done.textContent = ""; }, 6_000);
  });

  dialog.addEventListener("input", () => { isTouched = true; });
  dialog.addEventListener("click", (event) => {
    const isLeaving = event.target.closest("[data-close]") !== null;
    if (isLeaving) event.preventDefault();
    // Beside the sheet: nothing typed is lost by a slip.
    if (isLeaving || (event.target === dialog && !isTouched)) shut();
  });
  dialog.addEventListener("close", () => {
    shut();
    const from = document.getElementById(opener);
    const menu = from?.closest("details[data-menu]");
    (menu ? menu.querySelector("summary") : from)?.focus({ preventScroll: true });
  });
})();
