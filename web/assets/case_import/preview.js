// What a table says: its first rows as they would become cases, what cannot be read, and how far an import is.

import { data, el, icon, language, root, t } from "../staff/page.js";

const number = (n) => n.toLocaleString(language === "en" ? "en-GB" : "id-ID");

function moment(text) {
  const style = { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZone: data.zone };
  return new Date(text).toLocaleString(language === "en" ? "en-GB" : "id-ID", style);
}

function row(found) {
  const kind = t(`class_${found.wanted}`) !== `class_${found.wanted}` ? t(`class_${found.wanted}`) : found.wanted;
  const badges = [found.known ? t("known") : "", found.visibility === "terbuka" ? "" : t(`visibility_${found.visibility}`), found.files ? t("files_n", { n: found.files }) : ""].filter(Boolean);
  return el("tr", {},
    el("td", { class: "tabular" }, found.row),
    el("td", { class: "text-break" }, found.ticket || "–"),
    el("td", { class: "text-nowrap" }, moment(found.said)),
    el("td", { class: "import-text" }, found.title && found.title !== found.text ? el("strong", { class: "d-block" }, found.title) : null, found.text, ...badges.map((text) => el("span", { class: "badge bg-blue-lt ms-1" }, text))),
    el("td", {}, [found.name, found.contact].filter(Boolean).join(" · ") || "–"),
    el("td", {}, found.place || "–"),
    el("td", {}, [kind, found.category].filter(Boolean).join(" · ") || "–"));
}

function unreadList(found, href) {
  if (!found.unread_total) return null;
  const lines = found.unread.map((each) => el("li", {}, each.row ? el("strong", {}, `${t("row")} ${each.row}: `) : null, language === "en" ? each.english : each.detail));
  return el("div", { class: "alert alert-warning d-block", "data-role": "unread" },
    el("h3", {}, t("unread", { n: number(found.unread_total) })),
    el("ul", { class: "import-unread", tabindex: 0 }, ...lines),
    found.unread_total > found.unread.length && href ? el("p", {}, t("unread_more")) : null,
    href ? el("a", { class: "btn btn-sm", href, download: true }, icon("download"), t("unread_file")) : null);
}

/** Return what was read, with the button that takes it in. */
export function preview(found, unreadHref, takeIn) {
  const fresh = found.total - found.known;
  const counts = [t("of_these_new", { n: number(fresh) }), found.known ? t("of_these_known", { n: number(found.known) }) : ""].filter(Boolean);
  const heads = ["row", "ticket", "said", "report", "reporter", "place", "column_kategori"].map((key) => el("th", { scope: "col" }, t(key)));
  const table = el("div", { class: "table-responsive import-rows mb-3", tabindex: 0, role: "region", "aria-label": t("first_rows") },
    el("table", { class: "table table-sm" }, el("thead", {}, el("tr", {}, ...heads)), el("tbody", {}, ...found.rows.map(row))));
  const keep = el("button", { class: "btn btn-primary", type: "button", "data-role": "keep", disabled: !fresh, onclick: () => takeIn(keep) }, icon("check"), fresh ? t(unreadHref ? "take_in" : "take_in_messages", { n: number(fresh) }) : t("nothing_new"));
  return el("div", { class: "card-body" },
    el("h2", { class: "h3" }, t(unreadHref ? "understood" : "messages_understood", { n: number(found.total) })),
    el("p", { "data-role": "counts" }, counts.join(" · ")),
    unreadList(found, unreadHref),
    found.rows.length ? el("h3", { class: "h4" }, t("first_rows")) : null,
    found.rows.length ? table : null, keep);
}

/** Return what shows in `box` how far an import is. */
export function result(box) {
  const bar = el("progress", { class: "import-bar", "aria-label": t("case_import") });
  const said = el("p", { class: "mb-1", "data-role": "under-way" });
  box.replaceChildren(el("div", { class: "card-body" }, said, bar, el("p", { class: "text-secondary mb-0" }, t("under_way_help"))));
  return (told, unreadHref) => {
    const done = told.fresh + told.again;
    if (told.over) {
      const values = { fresh: number(told.fresh), again: number(told.again), unread: number(told.unread), done: number(done), total: number(told.total) };
      box.replaceChildren(el("div", { class: "card-body" },
        el("p", { class: `alert ${told.stopped ? "alert-danger" : "alert-success"}`, role: told.stopped ? "alert" : "status", "data-role": told.stopped ? "stopped" : "kept" }, t(told.stopped ? "stopped" : "done", values)),
        el("div", { class: "btn-list" }, el("a", { class: "btn btn-primary", href: `${root}kerja/aduan` }, t("to_cases")),
          told.unread && unreadHref ? el("a", { class: "btn", href: unreadHref, download: true }, icon("download"), t("unread_file")) : null)));
      return;
    }
    said.textContent = t("under_way", { done: number(done), total: number(told.total) });
    bar.max = Math.max(1, told.total);
    bar.value = done;
  };
}
