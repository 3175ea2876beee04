// News of the programme by server-sent events. Never gives up; while refused, it asks now and then instead.

import { backoff } from "./supervision.js";

const POLL_MS = 20000;

/** Follow `url`; `poll` are the addresses that are asked while it is refused. */
export function follow({ url, poll, onNews, onState }) {
  let source = null;
  let tries = 0;
  let polled = 0;

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
    source?.close();
    source = null;
    onState(false);
    if (Date.now() - polled > POLL_MS) ask();
    setTimeout(open, 2 * backoff(tries++));
  }

  function open() {
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
}
