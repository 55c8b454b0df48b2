// What may be shown: the order of revisions. Frames come by socket and by GET, answers by POST; any may be late or lost.
//
// `whole`  everything up to this revision is on the page.
// `base`   the revision of the last full frame: no part of the page is older.
// `shown`  parts that are newer than `base`, by id. A POST answer renews only what it touched, so it moves its parts
//          here and leaves `whole` alone: the frame that brings the rest is still owed.
(() => {
  "use strict";
  const live = document.getElementById("live");
  if (!live || !window.htmx) return;

  const HEADER = "X-VoltSafe-Revision";
  const boardUrl = live.dataset.boardUrl;
  const first = markIn(document.getElementById("revision").outerHTML);
  let whole = first.revision;
  let base = first.revision;
  let answered = 0;
  let behind = 0;
  const shown = new Map();
  let frame = null;
  let beating = false; // A heartbeat is being taken in: of it only the controller's pulse is shown.
  let fetching = false;
  let again = false;

  function markIn(html) {
    const tag = /<i [^>]*id="revision"[^>]*>/.exec(html);
    if (!tag) return null;
    const number = (name) => {
      const found = new RegExp(`data-${name}="(\\d+)"`).exec(tag[0]);
      return found ? Number(found[1]) : null;
    };
    const isBeat = tag[0].includes("data-heartbeat");
    const lineage = /data-lineage="(\w+)"/.exec(tag[0])?.[1] ?? null;
    return { home: number("home"), lineage, revision: number("revision"), previous: number("previous"), isBeat };
  }

  /** The database was restored since this page was made: no revision of the two is the same, and none is newer. */
  function isOfAnother({ lineage }) { return lineage !== null && lineage !== first.lineage; }

  /** "whole" and "change" are to be shown; "old" and "gap" are not. */
  function verdict({ revision, previous }) {
    if (previous === null) return revision >= Math.max(whole, answered) ? "whole" : "old";
    if (revision <= whole) return "old";
    return previous <= whole ? "change" : "gap";
  }

  function applied(mark) {
    whole = mark.revision;
    if (mark.previous !== null) return;
    base = mark.revision;
    for (const [id, revision] of shown) if (revision <= base) shown.delete(id);
  }

  /** A part is as new as the newest thing it stands in. */
  function revisionOf(part) {
    let newest = base;
    for (let node = part; node && node !== live; node = node.parentElement) {
      newest = Math.max(newest, shown.get(node.id) ?? 0);
    }
    return newest;
  }

  function tell(name, detail) { document.dispatchEvent(new CustomEvent(`voltsafe:${name}`, { detail })); }

  /** The whole board by plain GET; one at a time, and once more if it was asked for meanwhile. */
  function fetchWhole() {
    if (fetching) { again = true; return; }
    fetching = true;
    const over = () => {
      fetching = false;
      if (again) { again = false; setTimeout(fetchWhole, 250); }
    };
    htmx.ajax("GET", boardUrl, { source: live, target: live, swap: "none" }).then(over, over);
  }

  function beat(revision) {
    behind = revision < whole ? behind + 1 : 0;
    // Revisions only rise; if the server insists on less, its database is another one than this page was made from: one
    // whose file was put back by hand, without a lineage of its own.
    if (behind > 1) location.reload();
    // What is missing may be on its way: heartbeats and frames are made in different places.
    if (revision > whole) setTimeout(() => { if (revision > whole) fetchWhole(); }, 400 + Math.random() * 600);
  }

  document.addEventListener("htmx:wsBeforeMessage", (event) => {
    const mark = markIn(event.detail.message);
    if (!mark || mark.home !== first.home) { event.preventDefault(); return; }
    if (isOfAnother(mark)) { event.preventDefault(); location.reload(); return; }
    tell("heard");
    if (mark.isBeat) {
      beat(mark.revision);
      const since = /<[^>]*id="pulse"[^>]*data-since="([^"]*)"/.exec(event.detail.message)?.[1];
      beating = since !== undefined && since !== document.getElementById("pulse").dataset.since;
      if (!beating) event.preventDefault();
      return;
    }
    const is = verdict(mark);
    if (is === "whole" || is === "change") { frame = mark.revision; tell("before"); return; }
    event.preventDefault();
    if (is === "gap" || mark.revision > whole) fetchWhole();
  });

  document.addEventListener("htmx:wsAfterMessage", (event) => {
    frame = null;
    if (beating) { beating = false; return; }
    applied(markIn(event.detail.message));
    tell("after");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, serverResponse, pathInfo, requestConfig } = event.detail;
    const header = xhr.getResponseHeader(HEADER);
    frame = null;
    if (header === null) {
      // Not ours: signed out, no longer a member, a proxy's page. Loading the page again tells the person which.
      event.detail.shouldSwap = false;
      if (xhr.status < 400 || (pathInfo.requestPath === boardUrl && xhr.status < 500)) location.reload();
      return;
    }
    if (xhr.status >= 400) { event.detail.shouldSwap = true; event.detail.isError = false; }
    const mark = markIn(serverResponse);
    if (mark && isOfAnother(mark)) { event.detail.shouldSwap = false; location.reload(); return; }
    if (mark && (mark.home !== first.home || verdict(mark) !== "whole")) { event.detail.shouldSwap = false; return; }
    frame = Number(header);
    if (mark) applied(mark);
    else if (requestConfig.verb === "post") answered = Math.max(answered, frame);
    tell("before");
  });

  // What asked may be gone when its answer comes: a frame has put another in its place, and what htmx tells at one that
  // is gone nobody hears. So the request itself is listened to.
  document.addEventListener("htmx:beforeRequest", ({ detail: { target, xhr, elt } }) => {
    for (const end of ["load", "error", "timeout", "abort"]) {
      xhr.addEventListener(end, () => {
        frame = null;
        tell("after");
        const isForeign = end === "load" && xhr.status >= 400 && xhr.getResponseHeader(HEADER) === null;
        tell("answered", { target, elt, end, status: xhr.status, isForeign });
      });
    }
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target: part, fragment } = event.detail;
    if (beating) { event.detail.shouldSwap = part.id === "pulse"; return; }
    if (part.id.startsWith("answer-")) return;
    if (frame === null || revisionOf(part) > frame) { event.detail.shouldSwap = false; return; }
    if (frame > base) shown.set(part.id, frame);
    // The first frame after loading tells what the page was made from: drawing it anew would keep a hand waiting.
    if (part.isEqualNode(fragment.firstElementChild)) event.detail.shouldSwap = false;
  });

  // A part for which there is no place: the page was laid out otherwise than the server thinks.
  document.addEventListener("htmx:oobErrorNoTarget", () => {
    if (frame !== null && !fetching) setTimeout(fetchWhole, 0);
  });

  window.voltsafe = { fetchWhole, boardUrl };
})();
