// The editor of a playlist: entries in order, moved by dragging or by buttons, added by searching the library.

import { api } from "../staff/api.js";
import { field, sending } from "../staff/fields.js";
import { el, icon, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";

const WAIT_MS = 150;

/** Edit a playlist in `place`; a `list` without id is a new one. Resolve to whether it was saved. */
export function editPlaylist(place, list, others) {
  return new Promise((resolve) => {
    let items = [...(list?.items ?? [])];
    const name = field({ name: "title", label: t("name"), value: list?.title ?? "", more: { maxlength: 200, required: true } });
    const rows = el("ol", { class: "media-plain", "data-field": "items" });
    const told = el("p", { class: "visually-hidden", role: "status" });
    const titleOf = (item) => (item.startsWith("folder:") ? t("a_folder", { name: item.slice(7) }) : item.startsWith("playlist:") ? t("a_playlist", { name: others.find((o) => o.id === item.slice(9))?.title ?? item.slice(9) }) : item);

    function draw() {
      rows.replaceChildren(...items.map(row));
    }

    function move(from, to) {
      if (to < 0 || to >= items.length || from === to) return;
      const [item] = items.splice(from, 1);
      items.splice(to, 0, item);
      draw();
      told.textContent = t("at_place", { name: titleOf(item), n: to + 1, total: items.length });
    }

    function row(item, n) {
      const title = titleOf(item);
      const button = (sign, key, run, off) => el("button", { class: "btn btn-sm btn-icon", type: "button", "aria-label": t(key, { name: title }), disabled: off, onclick: run }, icon(sign));
      const step = (by, sign, key, off) => button(sign, key, () => { move(n, n + by); rows.children[n + by]?.querySelector(`[data-step="${by}"] button`)?.focus(); }, off);
      const line = el("li", { class: "media-entry", draggable: "true" }, el("span", { class: "media-grip", "aria-hidden": "true" }, icon("grip-vertical")), el("bdi", {}, title),
        el("span", { "data-step": -1 }, step(-1, "arrow-up", "move_up", !n)), el("span", { "data-step": 1 }, step(1, "arrow-down", "move_down", n === items.length - 1)),
        button("x", "take_out", () => { items.splice(n, 1); draw(); }));
      line.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", String(n)));
      line.addEventListener("dragover", (event) => { event.preventDefault(); line.dataset.over = ""; });
      line.addEventListener("dragleave", () => delete line.dataset.over);
      line.addEventListener("drop", (event) => { event.preventDefault(); move(Number(event.dataTransfer.getData("text/plain")), n); });
      return line;
    }

    const put = (item) => { items.push(item); draw(); told.textContent = t("at_place", { name: titleOf(item), n: items.length, total: items.length }); };
    const folder = el("input", { class: "form-control", id: "pl-folder", list: "folders", maxlength: 500, autocomplete: "off" });
    const addFolder = el("button", { class: "btn", type: "button", onclick: () => { if (folder.value.trim()) put(`folder:${folder.value.trim()}`); folder.value = ""; } }, icon("plus"), t("add"));
    const other = el("select", { class: "form-select", id: "pl-list" }, el("option", { value: "" }, "–"), others.map((o) => el("option", { value: o.id }, o.title)));
    other.addEventListener("change", () => { if (other.value) put(`playlist:${other.value}`); other.value = ""; });
    const form = el("form", { class: "card mb-3", novalidate: true }, el("div", { class: "card-header" }, el("h2", { class: "card-title" }, list?.id ? list.title : t("new_playlist"))),
      el("div", { class: "card-body" }, name, el("div", { class: "field mb-3" }, el("h3", { class: "h4" }, t("items")), rows, el("div", { class: "form-hint", "data-help": "" })), told,
        el("div", { class: "media-form" }, search(put), el("div", {}, el("label", { class: "form-label", for: "pl-folder" }, t("add_folder")), el("div", { class: "media-cue-row" }, folder, addFolder)), others.length ? el("div", {}, el("label", { class: "form-label", for: "pl-list" }, t("add_playlist")), other) : "")),
      el("div", { class: "card-footer d-flex gap-2" }, el("button", { class: "btn btn-primary", type: "submit" }, icon("check"), t("save")), el("button", { class: "btn", type: "button", onclick: () => end(false) }, t("cancel"))));

    function end(saved) {
      form.remove();
      resolve(saved);
    }

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const body = { title: form.elements.title.value, items };
      const done = await sending(form, () => (list?.id ? api("PUT", `playlists/${list.id}`, body) : api("POST", "playlists", body)));
      if (!done) return;
      toast(t("saved"));
      end(true);
    });
    place.replaceChildren(form);
    draw();
    form.elements.title.focus();
    form.scrollIntoView({ block: "start" });
  });
}

/** Return a search of the library; `put` gets the path of what is chosen. */
function search(put) {
  const found = el("ul", { class: "media-choices", "aria-live": "polite" });
  const input = el("input", { class: "form-control", id: "pl-media", type: "search", maxlength: 200, autocomplete: "off" });
  let turn = 0;
  let timer;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = (turn += 1);
      const words = input.value.trim();
      const told = words ? await api("GET", `media?${new URLSearchParams({ words, limit: 12 })}`).catch(() => null) : { items: [] };
      if (mine !== turn || !told) return;
      found.replaceChildren(...told.items.filter((i) => i.paths.length).map((i) => el("li", {}, el("button", { type: "button", onclick: () => put(i.paths[0]) }, el("bdi", {}, i.title), el("div", {}, el("small", { class: "text-secondary" }, el("bdi", {}, i.paths[0])))))));
      if (words && !told.items.length) found.replaceChildren(el("li", { class: "text-secondary p-2" }, t("nothing_found")));
    }, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), found.querySelector("button")?.click()));
  return el("div", {}, el("label", { class: "form-label", for: "pl-media" }, t("add_media")), input, found);
}
