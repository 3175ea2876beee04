// The two questions about an emergency, of the queue and of a case alike.

import { field, formDialog } from "../staff/fields.js";
import { el, t } from "../staff/page.js";

/** Ask to whom it was given on; `send(act, data)` says so. Resolve to what came of it, null when given up. */
export function handOver(send) {
  const to = field({ name: "to", label: t("handed_to"), value: "112", help: t("handed_to_help"), more: { maxlength: 200, required: true } });
  return formDialog(t("hand_over"), [el("p", {}, t("hand_over_help")), to], t("do_diserahkan-darurat"), (given) => send("diserahkan-darurat", given));
}

/** Ask whether it is none after all; as above. */
export function notUrgent(send) {
  const why = field({ name: "reason", label: t("reason"), help: t("optional"), more: { maxlength: 500 } });
  return formDialog(t("not_urgent_sure"), [el("p", {}, t("not_urgent_help")), why], t("do_bukan-darurat"), (given) => send("bukan-darurat", given.reason.trim() ? given : {}));
}
