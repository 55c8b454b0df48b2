// The connection: keeps the socket open, notices silence, polls meanwhile, and never lets an old number look live.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.htmx || !window.voltsafe) return;
  const { fetchWhole, boardUrl } = window.voltsafe;

  const SILENCE = 25_000; // Heartbeats come every 10 s.
  const PATIENCE = 3_000; // A closed socket that is open again within this is nobody's concern.
  const ALERT = 10_000;
  const POLL = 5_000;
  const POLL_HOLDS = 2.5 * POLL;
  const HEALTHY = 30_000;
  const LONGEST_WAIT = 30_000;
  const BOUNCE = 60_000;
  const SIGNED_OUT = 4401;
  const NOT_YOURS = 4403;
  const TOO_MANY = 4429; // You have as many pages open as may be live; this one polls, and asks again now and then.
  // Your role changed: what is around the board may not be yours to press any more.
  const isComeAgain = (code) => code === 1012 || (code >= 4400 && code < 4500 && code !== TOO_MANY);

  const banner = document.getElementById("connection");
  const shout = document.getElementById("connection-alert");
  const body = document.body;
  let socket = null;
  let wrapper = null;
  let heardAt = Date.now();
  let currentAt = Date.now();
  let closedAt = Date.now();
  let openedAt = 0;
  let polledAt = 0;
  let askedAt = 0;
  let lostAt = 0;
  let tries = 0;
  let retry = 0;
  let hasFailed = false;
  let mustReload = false;
  let ended = false;
  let isCrowded = false;
  let hasSpoken = false; // The socket of now: open is not enough, it must have said where the home is.

  // The extension reconnects after some closes only, and forgets its back-off too soon: it is told to wait for ever,
  // and every reconnection is ours.
  htmx.config.wsReconnectDelay = () => 2 ** 31 - 1;
  htmx.createWebSocket = (url) => {
    if (socket && socket.readyState <= WebSocket.OPEN) socket.close();
    socket = new WebSocket(url);
    return socket;
  };

  function reconnect() {
    clearTimeout(retry);
    retry = 0;
    if (!ended && wrapper) wrapper.reconnect();
  }

  function reconnectLater() {
    if (retry || ended) return;
    if (isCrowded) { retry = setTimeout(reconnect, LONGEST_WAIT * (1 + Math.random())); return; }
    const most = Math.min(LONGEST_WAIT, 1000 * 2 ** tries);
    tries += 1;
    retry = setTimeout(reconnect, 250 + Math.random() * most);
  }

  /** Where the server sent us, unless we have just been there: then the page stays and polls. */
  function leaveFor(url) {
    const key = "voltsafe-left-at";
    if (Date.now() - Number(sessionStorage.getItem(key) || 0) < BOUNCE) return;
    sessionStorage.setItem(key, String(Date.now()));
    location.assign(url);
  }

  const isOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;
  const isSilent = () => Date.now() - heardAt > SILENCE;

  function mode() {
    const now = Date.now();
    if (isOpen() && hasSpoken && !isSilent()) return "live";
    if (!isSilent() && now - closedAt < PATIENCE) return body.dataset.connection || "opening";
    return now - polledAt < POLL_HOLDS ? "polling" : "lost";
  }

  function sayStale(isStale) {
    const suffix = ` ${banner.dataset.stale}`;
    for (const meter of document.querySelectorAll('#live [role="meter"]')) {
      const text = meter.getAttribute("aria-valuetext").replace(suffix, "");
      meter.setAttribute("aria-valuetext", isStale ? text + suffix : text);
    }
  }

  function show() {
    const is = mode();
    const was = body.dataset.connection;
    if (is === "lost" && was === "lost" && lostAt && Date.now() - lostAt > ALERT && !shout.textContent) {
      shout.textContent = banner.textContent;
    }
    if (is === was) return;
    body.dataset.connection = is;
    shout.textContent = "";
    lostAt = is === "lost" ? Date.now() : 0;
    const time = new Date(currentAt).toLocaleTimeString(document.documentElement.lang, { hourCycle: "h23" });
    banner.textContent = (banner.dataset[is] || "").replace("{time}", time);
    sayStale(is === "lost");
  }

  function check() {
    const now = Date.now();
    // Open but silent: half of a connection. Begin anew rather than wait for the network to notice.
    if (isOpen() && isSilent() && now - openedAt > SILENCE) { closedAt = now - PATIENCE; openedAt = now; reconnect(); }
    const isDown = !(isOpen() && hasSpoken) && now - closedAt > PATIENCE;
    if ((isDown || isSilent()) && now - askedAt > POLL && !document.hidden) { askedAt = now; fetchWhole(); }
    if (isOpen() && openedAt && now - openedAt > HEALTHY) tries = 0;
    show();
  }

  document.addEventListener("voltsafe:heard", () => {
    if (mustReload && !document.querySelector("dialog[open]")) location.reload();
    hasSpoken = true;
    heardAt = currentAt = Date.now();
    show();
  });

  document.addEventListener("htmx:wsOpen", (event) => {
    wrapper = event.detail.socketWrapper;
    openedAt = Date.now();
    hasSpoken = false;
  });

  document.addEventListener("htmx:wsClose", (event) => {
    const { event: close, socketWrapper } = event.detail;
    wrapper = socketWrapper;
    if (close.target !== socket) return;
    if (hasSpoken) closedAt = Date.now();
    hasSpoken = false;
    openedAt = 0;
    if (close.code === SIGNED_OUT) leaveFor(`${live.dataset.signInUrl}?next=${encodeURIComponent(location.pathname)}`);
    if (close.code === NOT_YOURS) leaveFor(live.dataset.homesUrl);
    mustReload = mustReload || isComeAgain(close.code);
    isCrowded = close.code === TOO_MANY;
    ended = close.code === SIGNED_OUT || close.code === NOT_YOURS;
    reconnectLater();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.pathInfo?.requestPath !== boardUrl) return;
    const isBack = hasFailed && event.detail.successful;
    hasFailed = !event.detail.successful;
    if (hasFailed) return;
    // The server is there again: no need to sit out a long wait. Not all pages at the same moment, though.
    if (isBack && !isOpen() && retry && !isCrowded) { clearTimeout(retry); tries = 0; retry = setTimeout(reconnect, Math.random() * 1000); }
    polledAt = currentAt = Date.now();
    show();
  });

  /** Something woke up: a network, a tab, a laptop. What was missed is fetched now, not at the next turn. */
  function wake() {
    if (document.hidden || ended) return;
    if (!isOpen() || Date.now() - heardAt > SILENCE / 2) { tries = 0; fetchWhole(); if (!isCrowded) reconnect(); }
    check();
  }

  window.addEventListener("online", wake);
  window.addEventListener("offline", check);
  window.addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  document.addEventListener("visibilitychange", wake);
  setInterval(check, 1000);
})();
