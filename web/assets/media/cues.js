// Cue points: four times that are typed, and markers on the waveform that are dragged or moved by keys.

import { el, icon, t } from "../staff/page.js";
import { clock, readClock } from "./shown.js";

const NAMES = ["cue_in_ms", "intro_ms", "outro_ms", "cue_out_ms"];
const STEP = { fine: 10, plain: 100, coarse: 1000 };
const state = { cues: {}, inputs: {}, layer: null, length: 0, readOnly: true, changed: () => {}, position: null, play: null };

/** Return what stands in the fields: {values: name -> milliseconds or null, wrong: name -> sentence}. */
export function cueValues() {
  const values = {};
  const wrong = {};
  for (const name of NAMES) {
    const text = state.inputs[name]?.value.trim() ?? "";
    const at = text ? readClock(text) : null;
    if (text && at === null) wrong[name] = t("bad_time");
    values[name] = at;
  }
  return { values, wrong };
}

/** Show the cues that are kept. */
export function setCues(details) {
  for (const name of NAMES) put(name, details[name], { silent: true });
}

/** Return the four fields. */
export function cueFields(item, { readOnly, onChange }) {
  Object.assign(state, { readOnly, changed: onChange, length: state.length || item.length_s * 1000 });
  const rows = NAMES.map((name) => {
    const id = `cue-${name}`;
    const input = el("input", { class: "form-control tabular", id, name, inputmode: "decimal", autocomplete: "off", maxlength: 16, placeholder: t("cue_none"), disabled: readOnly, "aria-describedby": `${id}-help`, "data-field": name });
    input.addEventListener("input", () => {
      const at = input.value.trim() ? readClock(input.value) : null;
      if (at !== null || !input.value.trim()) mark(name, at);
      state.changed();
    });
    state.inputs[name] = input;
    const word = t(name);
    const here = el("button", { class: "btn btn-icon", type: "button", "aria-label": t("cue_here", { name: word }), title: t("cue_here", { name: word }), disabled: readOnly, onclick: () => state.position && put(name, Math.round(state.position())) }, icon("clock-pin"));
    const play = el("button", { class: "btn btn-icon", type: "button", "aria-label": t("cue_play", { name: word }), title: t("cue_play", { name: word }), onclick: () => state.play?.(cueValues().values[name] ?? 0) }, icon("player-play"));
    return el("div", { class: "field" }, el("label", { class: "form-label", for: id }, word), el("div", { class: "media-cue-row" }, input, here, play), el("div", { class: "form-hint", id: `${id}-help`, "data-help": "" }));
  });
  return el("fieldset", { class: "mt-3" }, el("legend", { class: "h4 mb-1" }, t("cues")), el("p", { class: "form-hint" }, t("cues_help")), el("div", { class: "media-cues" }, rows));
}

/** Put the markers over a waveform of `length` milliseconds; `position()` tells where the player is. */
export function overlay(box, length, { position, play }) {
  Object.assign(state, { layer: box, length, position, play });
}

function put(name, at, { silent = false } = {}) {
  const input = state.inputs[name];
  if (!input) return;
  input.value = at === null || at === undefined ? "" : clock(at);
  mark(name, at ?? null);
  if (!silent) state.changed();
}

function mark(name, at) {
  state.cues[name] = at;
  if (!state.layer || !state.length) return;
  let marker = state.layer.querySelector(`[data-name="${name}"]`);
  if (at === null) return marker?.remove();
  if (!marker) state.layer.append((marker = made(name)));
  const share = Math.min(1, at / state.length);
  marker.style.left = `${share * 100}%`;
  marker.dataset.side = share > 0.8 ? "left" : "right";
  marker.setAttribute("aria-valuenow", Math.round(at));
  marker.setAttribute("aria-valuemax", Math.round(state.length));
  marker.setAttribute("aria-valuetext", clock(at));
}

function made(name) {
  const marker = el("div", { class: "media-marker", "data-name": name, role: "slider", tabindex: state.readOnly ? null : 0, "aria-label": t(name), "aria-valuemin": 0, "aria-disabled": state.readOnly || null }, el("span", { "aria-hidden": "true" }, el("b", {}, t(name))));
  if (state.readOnly) return marker;
  const to = (at) => put(name, Math.max(0, Math.min(Math.round(state.length), Math.round(at))));
  marker.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? STEP.coarse : event.ctrlKey ? STEP.fine : STEP.plain;
    const now = state.cues[name];
    const next = { ArrowLeft: now - step, ArrowDown: now - step, ArrowRight: now + step, ArrowUp: now + step, PageDown: now - 10 * STEP.coarse, PageUp: now + 10 * STEP.coarse, Home: 0, End: state.length }[event.key];
    if (next !== undefined) {
      event.preventDefault();
      to(next);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault();
      put(name, null);
      state.inputs[name].focus();
    } else if (event.key === "Enter") state.play?.(now);
  });
  marker.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    marker.focus();
    marker.setPointerCapture(event.pointerId);
    const box = state.layer.getBoundingClientRect();
    const drag = (e) => to(((e.clientX - box.left) / box.width) * state.length);
    marker.addEventListener("pointermove", drag);
    marker.addEventListener("pointerup", () => marker.removeEventListener("pointermove", drag), { once: true });
  });
  return marker;
}
