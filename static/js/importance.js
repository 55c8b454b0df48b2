// The order of the appliances: moved by its buttons without a reload, or dragged. Without this the buttons post.
(() => {
  "use strict";
  const form = document.getElementById("order");
  const list = document.getElementById("order-lines");
  const said = document.getElementById("order-said");
  if (!form || !list) return;
  const lines = () => [...list.children];
  const ids = () => lines().map((line) => line.dataset.id).join(",");
  let kept = ids();
  let saving = Promise.resolve();

  function number() {
    const all = lines();
    all.forEach((line, at) => {
      line.querySelector(".order-place").textContent = at + 1;
      const [up, down] = line.querySelectorAll("[name=move]");
      up.setAttribute("aria-disabled", String(at === 0));
      down.setAttribute("aria-disabled", String(at === all.length - 1));
    });
  }

  function say(line) {
    const all = lines();
    said.textContent = form.dataset.said
      .replace("{name}", line.dataset.name).replace("{place}", all.indexOf(line) + 1).replace("{all}", all.length);
  }

  /** One save after the other, each with the whole order as it is then. */
  function save() {
    if (ids() === kept) return;
    kept = ids();
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("order", kept);
    saving = saving.then(async () => {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
      if (answer.status !== 204) throw new Error(String(answer.status));
    }).catch(() => {
      said.textContent = form.dataset.failed;
      location.reload();
    });
  }

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[name=move]");
    if (!button) return;
    event.preventDefault();
    const line = button.closest(".order-line");
    const isUp = button.value.startsWith("up-");
    const other = isUp ? line.previousElementSibling : line.nextElementSibling;
    if (!other) return;
    // The neighbour moves, so that the button under the finger keeps its focus.
    if (isUp) line.after(other); else line.before(other);
    number();
    say(line);
    line.scrollIntoView({ block: "nearest" });
    save();
  });

  /* Dragging ------------------------------------------------------------- */
  const EDGE = 90;
  let dragged = null;
  let before = [];

  list.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.target.closest(".order-grip")) return;
    event.preventDefault();
    dragged = event.target.closest(".order-line");
    before = lines();
    dragged.classList.add("is-dragged");
  });

  document.addEventListener("pointermove", (event) => {
    if (!dragged) return;
    const middle = (line) => line.getBoundingClientRect().top + line.offsetHeight / 2;
    let next = dragged.nextElementSibling;
    while (next && event.clientY > middle(next)) { dragged.before(next); next = dragged.nextElementSibling; }
    let previous = dragged.previousElementSibling;
    while (previous && event.clientY < middle(previous)) { dragged.after(previous); previous = dragged.previousElementSibling; }
    if (event.clientY < EDGE) scrollBy(0, -14);
    if (event.clientY > innerHeight - EDGE) scrollBy(0, 14);
    number();
  });

  function drop(isWanted) {
    if (!dragged) return;
    const line = dragged;
    dragged = null;
    line.classList.remove("is-dragged");
    if (!isWanted) list.replaceChildren(...before);
    number();
    say(line);
    save();
  }

  document.addEventListener("pointerup", () => drop(true));
  document.addEventListener("pointercancel", () => drop(false));
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") drop(false); });
})();
