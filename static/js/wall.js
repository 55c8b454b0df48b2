// A screen that is looked at from across the room: it stays on, tells the time, and is dark at night until touched.
(() => {
  "use strict";
  const live = document.getElementById("live");
  const clock = document.getElementById("clock");
  if (!live) return;

  const AWAKE = 30_000;
  const REFRESH = 10 * 60_000; // Keeps the cookie new, and tells the owner that the screen is there.
  const { nightFrom, nightUntil, timezone } = live.dataset;
  const body = document.body;
  let drowsy = 0;

  const HOUR = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  function clockOf(zone) {
    try { return new Intl.DateTimeFormat("en-GB", { ...HOUR, timeZone: zone }); } catch { return new Intl.DateTimeFormat("en-GB", HOUR); }
  }
  const home = clockOf(timezone);

  function isNight(time) {
    if (nightFrom < nightUntil) return nightFrom <= time && time < nightUntil;
    return nightFrom !== nightUntil && (time >= nightFrom || time < nightUntil);
  }

  function tick() {
    const time = home.format(new Date());
    if (clock.textContent !== time) clock.textContent = time;
    body.classList.toggle("is-night", isNight(time));
  }

  function wake() {
    clearTimeout(drowsy);
    body.classList.add("is-awake");
    drowsy = setTimeout(() => body.classList.remove("is-awake"), AWAKE);
  }

  // In the dark the first touch is for the light, and for nothing else.
  let isForLight = false;
  document.addEventListener("pointerdown", (event) => {
    isForLight = body.classList.contains("is-night") && !body.classList.contains("is-awake");
    wake();
    if (isForLight) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
  document.addEventListener("click", (event) => {
    if (!isForLight || event.detail === 0) return;
    isForLight = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
  document.addEventListener("keydown", wake, true);

  /** Where the browser has it: on https, and while the page is seen. */
  async function stayOn() {
    if (document.hidden) return;
    try { await navigator.wakeLock?.request("screen"); } catch { /* low battery, or not allowed: the device's own settings hold */ }
  }
  document.addEventListener("visibilitychange", stayOn);

  tick();
  stayOn();
  setInterval(tick, 1000);
  setInterval(() => window.voltsafe?.fetchWhole(), REFRESH);
})();
