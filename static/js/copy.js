// Copy buttons: the text they name goes to the clipboard, or is marked where the browser does not let it.
(() => {
  "use strict";
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest("[data-copy]");
    if (!button) return;
    const text = document.getElementById(button.dataset.copy);
    const said = button.querySelector("[aria-live]");
    const before = said.dataset.before ??= said.textContent;
    said.textContent = (await copied(text)) ? button.dataset.done : button.dataset.failed;
    setTimeout(() => { said.textContent = before; }, 4_000);
  });

  /** The clipboard is there only on https and on this machine; elsewhere the older way, which needs it marked. */
  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text.textContent);
      return true;
    } catch {
      getSelection().selectAllChildren(text);
      return document.execCommand("copy");
    }
  }
})();
