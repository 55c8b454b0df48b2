// The page of people: answers of its forms in the dialog, and a link that is copied by a tap.
(() => {
  "use strict";
  const HEADER = "X-VoltSafe-Revision";
  const dialog = document.getElementById("dialog");
  let isMade = false;

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    // Not ours: signed out, or no owner any more. Loading the page again tells the person which.
    if (detail.xhr.getResponseHeader(HEADER) === null) {
      detail.shouldSwap = false;
      location.reload();
    } else if (detail.xhr.status >= 400) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });

  // What was made stands in the list once its link has been put away.
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    isMade = isMade || detail.target.querySelector("[data-made]") !== null;
  });
  dialog?.addEventListener("close", () => { if (isMade) location.reload(); });

  document.addEventListener("click", async ({ target }) => {
    const box = target.closest("[data-copy-button]")?.closest("[data-copy]");
    if (!box) return;
    const field = box.querySelector("input");
    const said = box.querySelector("[data-copy-said]");
    field.select();
    try {
      // Without https a browser has no clipboard for pages, but still its old command.
      if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
      else if (!document.execCommand("copy")) throw new Error("not copied");
      said.textContent = box.dataset.done;
    } catch {
      said.textContent = box.dataset.failed;
    }
  });
})();
