// News of the programme by server-sent events. Never gives up; while refused, it asks now and then instead.

import { backoff } from "./supervision.js";

const POLL_MS = 20000;
/** A line that was just opened is given this long to bring news. */
const GRACE_MS = 15000;

/**
 * Follow `url`; `poll` are the addresses that are asked while it is refused.
 * Returns a function that drops the line and opens it anew: a line may be dead without anyone being told.
 */
export function follow({ url, poll, onNews, onState }) {
  let source = null;
  let tries = 0;
  let polled = 0;
  let opened = 0;

  async function ask() {
    polled = Date.now();
    for (const address of poll) {
      try {
        const answer = await fetch(address, { cache: "no-store" });
        if (answer.ok) onNews(await answer.json());
      } catch {
        return; // the network is away: the next try comes anyway
      }
    }
  }

  function again() {
    if (!source) return; // the next try is on its way
    source.close();
    source = null;
    onState(false);
    if (Date.now() - polled > POLL_MS) ask();
    setTimeout(open, 2 * backoff(tries++));
  }

  function open() {
    opened = Date.now();
    source = new EventSource(url);
    const mine = source;
    // Browsers retry by themselves only after some errors: closing and opening covers all of them.
    mine.onerror = () => mine === source && again();
    mine.onopen = () => {
      tries = 0;
      onState(true);
    };
    mine.addEventListener("programme", (event) => onNews(JSON.parse(event.data)));
  }

  window.addEventListener("online", () => (tries = 0));
  open();
  return () => Date.now() - opened > GRACE_MS && again();
}
