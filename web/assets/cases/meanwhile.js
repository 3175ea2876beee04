// Doing something with a case as it was seen; who comes second is told what the first did, and may do it all the same.

import { api, Refused } from "../staff/api.js";
import { t } from "../staff/page.js";
import { detail, shortMoment } from "./said.js";

/** Say what was done: Sari: Diverifikasi (10.05 WIB). */
export function toldOf(events) {
  const label = (event) => detail({ indonesian: event.label, english: event.english });
  return events.map((event) => `${event.by || t(byItself(event.act))}: ${label(event)} (${shortMoment(event.at)})`).join("; ");
}

/** Return the key of who did what no member of staff did. */
export const byItself = (act) => (["masuk", "pelapor-menambah"].includes(act) ? "by_reporter" : "by_system");

/**
 * Return send(path, body): it posts to the case `id`, as it stood at `seq`. When others were first it asks for the
 * case anew, hands it to `loaded`, and raises Refused with who did what; sent again, it holds for the case as it is then.
 */
export function sender(id, seq, loaded = () => {}) {
  let expected = seq;
  return async (path, body) => {
    try {
      return await api("POST", `cases/${id}/${path}`, { ...body, expected });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 409) throw error;
      const found = await api("GET", `cases/${id}`);
      const theirs = found.events.filter((event) => event.seq > expected);
      if (!theirs.length) throw error;
      expected = found.seq;
      loaded(found, theirs);
      const said = t("meanwhile", { what: toldOf(theirs) });
      throw new Refused({ status: 409, detail: said, english: said });
    }
  };
}
