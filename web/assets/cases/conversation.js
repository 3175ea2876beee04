// A case's words as a conversation: what citizens said, what the desk and agencies answered, with pictures and sound.

import { el, icon, root, t, data, language } from "../staff/page.js";
import { reasonIn } from "../notes/reason.js";
import { moment, source } from "./said.js";
import { shown } from "./standing.js";

const place = document.querySelector('[data-role="words"]');
const drawn = new Map();

/** Draw it; what says the same stays, so that a recording goes on playing. */
export function drawWords(found) {
  const said = [
    ...found.words.map((word) => ({ at: word.said, key: `w${word.id}`, node: () => wordOf(found, word), says: [word, shown.opened?.words[word.id]] })),
    ...found.events.filter((event) => ["dijawab", "minta-dilengkapi"].includes(event.act)).map((event) => ({ at: event.at, key: `e${event.seq}`, node: () => answerOf(found, event), says: [event, shown.opened?.events[event.seq]] })),
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (!found.words.length && found.text) said.unshift({ key: "text", node: () => bubble("", t("by_reporter"), found.arrived, source(found.source), found.text), says: found.text });
  const nodes = said.map((each) => {
    const says = JSON.stringify(each.says);
    if (drawn.get(each.key)?.says !== says) drawn.set(each.key, { says, node: each.node() });
    return drawn.get(each.key).node;
  });
  nodes.forEach((node, n) => place.children[n] !== node && place.insertBefore(node, place.children[n] ?? null));
  while (place.children.length > nodes.length) place.lastElementChild.remove();
}

function bubble(kind, who, at, channel, text, ...more) {
  return el("li", { class: `word ${kind}` },
    el("div", { class: "word-by" }, el("strong", {}, who), channel, el("span", { class: "tabular" }, moment(at))),
    text && el("p", { class: "word-text" }, text), ...more);
}

function wordOf(found, word) {
  const opened = shown.opened?.words[word.id];
  const marks = [
    word.withdrawn && el("span", { class: "badge bg-red-lt" }, icon("ban"), t("withdrawn", { when: moment(word.withdrawn) })),
    word.corrected && el("span", { class: "badge bg-yellow-lt" }, icon("edit"), t("corrected")),
    opened && el("span", { class: "badge bg-orange-lt" }, icon("eye"), t("as_written")),
  ];
  const kept = word.enclosures.length > 0 && el("ul", { class: "word-files" }, word.enclosures.map((each) => enclosureOf(found.id, each)));
  const node = bubble("", t("by_reporter"), word.said, source(word.source), opened || word.text, kept);
  node.querySelector(".word-by").append(...marks.filter(Boolean));
  return node;
}

/** Return the texts of an event, as written where they were opened. */
export function textsOf(event) {
  return { ...event.data, ...shown.opened?.events[event.seq] };
}

function answerOf(found, event) {
  const { text, missing, agency } = textsOf(event);
  const from = agency ? found.agencies.find((a) => a.agency === agency)?.name : "";
  const said = text ?? [missing].flat().filter(Boolean).join("\n");
  const label = event.act === "dijawab" ? t("answered") : t("asked");
  return bubble("word-ours", from || event.by || t("by_system"), event.at, el("span", { class: "badge bg-blue-lt" }, label), said);
}

// --- enclosures ---

const address = (number, file, part) => `${root}api/v1/cases/${number}/enclosures/${file.id}/${part}`;

function enclosureOf(number, file) {
  return el("li", {}, mediaOf(number, file), stateOf(file), rawOf(number, file));
}

function mediaOf(number, file) {
  const has = (part) => file.parts.includes(part);
  const name = t(`file_${file.kind}`);
  if (has("video")) return player("video", number, file, has("poster") ? { poster: address(number, file, "poster") } : {});
  if (has("sound")) return player("audio", number, file, {});
  if (!has("small") && !has("picture")) return el("span", { class: "word-file" }, icon("paperclip"), name);
  const picture = el("img", { src: address(number, file, has("small") ? "small" : "picture"), alt: name, loading: "lazy" });
  picture.addEventListener("error", () => picture.replaceWith(el("span", { class: "word-file" }, icon("paperclip"), t("file_elsewhere"))));
  if (!has("picture")) return picture;
  return el("button", { class: "word-picture", type: "button", "aria-label": t("see_picture"), onclick: () => view(address(number, file, "picture"), name) }, picture);
}

function player(tag, number, file, more) {
  const made = el(tag, { class: "word-player", controls: true, preload: "none", "aria-label": t(`file_${file.kind}`), ...more });
  made.src = address(number, file, tag === "video" ? "video" : "sound");
  return made;
}

function stateOf(file) {
  const why = reasonIn(language, file.outcome || "");
  if (file.state === "waiting") return el("span", { class: "word-state" }, icon("hourglass"), t("file_waiting"));
  if (file.state === "kept") return el("span", { class: "word-state" }, icon("hourglass"), t("file_kept"));
  if (file.state === "refused") return el("span", { class: "word-state text-danger" }, icon("ban"), why ? `${t("file_refused")}: ${why}` : t("file_refused"));
  if (file.state === "gone") return el("span", { class: "word-state text-danger" }, icon("ban"), t("file_gone"));
  return null;
}

function rawOf(number, file) {
  if (!data.may_personal || !file.parts.includes("raw")) return null;
  return el("a", { class: "btn btn-sm", href: address(number, file, "raw"), download: true, title: t("raw_help") }, icon("download"), t("raw"));
}

/** Show a picture as large as the screen allows, until it is closed. */
function view(url, name) {
  const before = document.activeElement;
  const close = el("button", { class: "btn btn-light", type: "button", onclick: () => box.close() }, icon("x"), t("close"));
  const box = el("dialog", { class: "word-view", "aria-label": name }, close, el("img", { src: url, alt: name }));
  box.addEventListener("close", () => {
    box.remove();
    before?.focus?.();
  });
  box.addEventListener("click", (event) => event.target === box && box.close());
  document.body.append(box);
  box.showModal();
}
