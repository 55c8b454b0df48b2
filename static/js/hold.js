// Held to be meant: a button with `data-hold` acts after it was held for 700 ms, its ring filling meanwhile.
//
// A tap only hints. Keys are held the same way; pressed shortly, and by a screen reader, which cannot hold, the first
// press asks and a second one within five seconds means it. Without this script the button posts, and is asked about.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.htmx) return;

  const HOLD = 700;
  const AGAIN = 5_000;
  const HINTED = 2_500;
  const KEYS = new Set(["Enter", " "]);
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  const hint = document.getElementById("hint");
  let hold = null; // The button held now: by id, since a push may put another one in its place.
  let asked = null; // The button that was pressed once.
  let pointed = null; // What a finger or mouse went down on.
  let isVirtual = false;

  const buttonOf = (target) => target.closest?.("[data-hold]");
  const now = ({ id, value }) => {
    const button = document.getElementById(id);
    return button && button.value === value && !button.disabled ? button : null;
  };

  function fill(button, since) {
    const easing = isCalm.matches ? "steps(4, end)" : "linear";
    const run = button.querySelector(".hold-run").animate(
      [{ strokeDashoffset: 1, opacity: 1 }, { strokeDashoffset: 0, opacity: 1 }], { duration: HOLD, easing },
    );
    run.currentTime = performance.now() - since;
    return run;
  }

  function begin(button) {
    stop();
    if (button.getAttribute("aria-busy") === "true") return;
    const since = performance.now();
    hold = { id: button.id, value: button.value, since, run: fill(button, since), timer: setTimeout(finish, HOLD) };
    button.classList.add("is-held");
  }

  /** Whether something was being held. */
  function stop() {
    if (!hold) return false;
    clearTimeout(hold.timer);
    hold.run.cancel();
    document.getElementById(hold.id)?.classList.remove("is-held");
    hold = null;
    return true;
  }

  function finish() {
    const button = hold && now(hold);
    stop();
    pointed = null;
    if (button) act(button);
  }

  function act(button) {
    asked = null;
    hint.textContent = "";
    navigator.vibrate?.(30);
    htmx.trigger(button, "held");
  }

  function say(text, milliseconds) {
    hint.textContent = text;
    setTimeout(() => { if (hint.textContent === text) hint.textContent = ""; }, milliseconds);
  }

  /** A tap: a tile says in itself what to do, any other button below everything. */
  function hinted(button) {
    if (!button.classList.contains("wall-face")) { say(hint.dataset.tapped, HINTED); return; }
    button.classList.add("is-hinted");
    setTimeout(() => button.classList.remove("is-hinted"), HINTED);
  }

  /** A short press of a key, or a screen reader's: ask, and mean it the second time. */
  function press(button) {
    if (asked && asked.id === button.id && asked.value === button.value && Date.now() - asked.at < AGAIN) {
      act(button);
      return;
    }
    asked = { id: button.id, value: button.value, at: Date.now() };
    const what = (button.querySelector(".wall-name") ?? button).textContent.replace(/\s+/g, " ").trim();
    say(`${what}: ${hint.dataset.again}`, AGAIN);
  }

  /** A screen reader's double tap comes as a pointer without extent. */
  const isHand = (event) => event.width > 0 || event.height > 0;

  document.addEventListener("pointerdown", (event) => {
    const button = isHand(event) ? buttonOf(event.target) : null;
    pointed = button?.id ?? null;
    isVirtual = !isHand(event);
    if (button && event.button === 0) begin(button);
  });
  document.addEventListener("pointerup", stop);
  document.addEventListener("pointercancel", stop);
  window.addEventListener("blur", stop);

  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    // Slipped off: not meant.
    if (hold && pointed && document.elementFromPoint(clientX, clientY)?.closest("[data-hold]")?.id !== hold.id) stop();
  });

  document.addEventListener("keydown", (event) => {
    const button = KEYS.has(event.key) && buttonOf(event.target);
    if (!button) { if (event.key === "Escape") stop(); return; }
    event.preventDefault();
    pointed = null;
    if (!event.repeat) begin(button);
  });
  document.addEventListener("keyup", (event) => {
    const button = KEYS.has(event.key) && buttonOf(event.target);
    if (!button) return;
    event.preventDefault();
    if (hold?.id === button.id && stop()) press(button);
  });

  document.addEventListener("click", (event) => {
    const button = buttonOf(event.target);
    if (!button) return;
    event.preventDefault();
    if (pointed === button.id) hinted(button);
    else if (isVirtual || event.detail === 0) press(button);
    pointed = null;
    isVirtual = false;
  }, true);
  // A long press is ours, not the browser's.
  document.addEventListener("contextmenu", (event) => { if (buttonOf(event.target)) event.preventDefault(); });

  document.addEventListener("voltsafe:after", () => {
    if (!hold) return;
    const button = now(hold);
    if (!button) { stop(); return; }
    if (button.classList.contains("is-held")) return;
    button.classList.add("is-held");
    hold.run = fill(button, hold.since);
  });
})();
