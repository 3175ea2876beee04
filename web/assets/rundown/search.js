// Material found as one types: a combobox whose list goes on as one scrolls.

import { api } from "../staff/api.js";
import { data, el, t } from "../staff/page.js";
import { length } from "./times.js";
import "./search.css";

const WAIT_MS = 150;

/** Return {box, value}: a field whose `value()` is the chosen material of `channel`, or null. */
export function materialSearch(name, channel = data.channel) {
  const id = `rd-s-${name}`;
  let found = [];
  let next = null;
  let at = -1;
  let chosen = null;
  let turn = 0;
  let timer;
  const input = el("input", { class: "form-control", id, type: "text", role: "combobox", "aria-expanded": "false", "aria-controls": `${id}-list`, "aria-autocomplete": "list", "aria-describedby": `${id}-help`, autocomplete: "off", maxlength: 200, placeholder: t("find_material") });
  const list = el("ul", { class: "rd-found-list", id: `${id}-list`, role: "listbox", "aria-label": t("material") });
  const help = el("div", { class: "form-hint", id: `${id}-help`, "aria-live": "polite" });
  const box = el("div", { class: "mb-3", "data-field": name }, el("label", { class: "form-label", for: id }, t("material")), input, list, help);

  const option = (m, n) => el("li", { role: "option", id: `${id}-${n}`, "aria-selected": String(n === at), class: m.ready ? null : "rd-unready", onclick: () => choose(n) },
    el("span", { class: "rd-name" }, el("bdi", {}, m.title), " ", el("small", { class: "text-secondary" }, el("bdi", {}, m.artist || m.path))),
    el("span", { class: "tabular" }, m.ready ? length(m.seconds) : `${length(m.seconds)} · ${t("not_ready")}`));

  function draw() {
    list.replaceChildren(...found.map(option));
    input.setAttribute("aria-expanded", String(found.length > 0));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `${id}-${at}`);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  async function look(offset = 0) {
    const mine = (turn += 1);
    let told;
    try {
      told = await api("GET", `channels/${channel}/material?count=30&offset=${offset}&words=${encodeURIComponent(input.value)}`);
    } catch {
      help.textContent = t("lost_line");
      return;
    }
    if (mine !== turn) return;
    found = offset ? [...found, ...told.found] : told.found;
    next = told.next_offset;
    if (!offset) at = -1;
    help.textContent = found.length ? "" : t("nothing_found");
    draw();
    if (!found.length && next) await look(next);
  }

  function choose(n) {
    chosen = found[n];
    at = n;
    input.value = chosen.title;
    found = [];
    draw();
    box.wrong("");
    help.textContent = t("chosen", { title: `${chosen.title}, ${length(chosen.seconds)}` });
    input.focus();
  }

  input.addEventListener("input", () => {
    chosen = null;
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  input.addEventListener("focus", () => !chosen && !found.length && look());
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!found.length) return void look();
      at = Math.min(Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)), found.length - 1);
      draw();
      if (next && at > found.length - 4) look(next);
    } else if (event.key === "Enter" && found.length) {
      event.preventDefault();
      choose(Math.max(0, at));
    } else if (event.key === "Escape" && found.length) {
      event.preventDefault();
      event.stopPropagation();
      found = [];
      draw();
    }
  });
  list.addEventListener("scroll", () => {
    if (next && list.scrollTop + list.clientHeight > list.scrollHeight - 80) {
      const more = next;
      next = null;
      look(more);
    }
  });
  box.wrong = (text) => {
    input.classList.toggle("is-invalid", Boolean(text));
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    help.className = text ? "invalid-feedback d-block" : "form-hint";
    if (text) help.textContent = text;
  };
  return { box, value: () => chosen };
}
