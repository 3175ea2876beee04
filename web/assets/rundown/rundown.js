// The page: reads the day, keeps it fresh as news come, and does what people ask for.

import { api, Refused, trying } from "../staff/api.js";
import { sure } from "../staff/dialog.js";
import { listen } from "../staff/live.js";
import { data, el, icon, language, t } from "../staff/page.js";
import { toast } from "../staff/toast.js";
import * as acts from "./acts.js";
import { details, keys } from "./details.js";
import { List } from "./list.js";
import { showEdits, showFindings, showNow, showTotals } from "./side.js";
import { Day } from "./store.js";

const SETTLE_MS = 400;
const part = (role) => document.querySelector(`[data-role="${role}"]`);

export class RundownPage {
  constructor({ channel, day, mayEdit }) {
    this.channel = channel;
    this.day = new Day(channel, day);
    this.mine = [];
    this.list = new List(part("list"), this.day, mayEdit, (what, line, extra) => this.act(what, line, extra));
    this.tools();
  }

  async start() {
    const wide = matchMedia("(min-width: 1200px)");
    const beside = () => { part("more").open = wide.matches; };
    wide.addEventListener("change", beside);
    beside();
    await this.refresh();
    setInterval(() => this.tick(), 1000);
    listen("plan", (said) => (said.channel === undefined || said.channel === this.channel) && this.changed(said));
    listen("item", (said) => (said.channel === undefined || said.channel === this.channel) && this.later());
    listen("again", () => this.later());
    document.addEventListener("keydown", (event) => this.undoKey(event));
  }

  tools() {
    const button = (role, sign, words, run, cls = "") => el("button", { type: "button", class: `btn ${cls}`, "data-role": role, onclick: run }, icon(sign), words);
    const made = [
      data.day === data.today && button("to-now", "broadcast", t("to_now"), () => this.toNow()),
      data.mayEdit && button("insert", "plus", t("act_insert"), () => this.onFocused("insert"), "btn-primary"),
      data.mayEdit && button("fill", "playlist-add", t("act_fill"), () => this.onFocused("fill")),
      data.mayEdit && button("undo", "arrow-back-up", t("undo"), () => this.undo()),
      el("button", { type: "button", class: "btn btn-icon", "aria-label": t("keys"), title: t("keys"), onclick: keys }, icon("keyboard")),
    ];
    part("tools").append(...made.filter(Boolean));
  }

  // ---- keeping fresh ----

  changed(said) {
    if (said.what === "edits" && said.author && said.author !== data.me) toast(t("changed_by", { author: said.author }), "info");
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), SETTLE_MS);
  }

  async refresh() {
    try {
      await this.day.read();
    } catch (error) {
      if (error instanceof Refused) toast(error.message, "danger");
      return;
    }
    const { told } = this.day;
    part("list").setAttribute("aria-busy", "false");
    const nothing = part("nothing");
    nothing.hidden = told.total > 0;
    nothing.firstElementChild.textContent = t(data.day < data.today ? "no_past" : "no_lines");
    this.list.renew();
    if (told.current) this.day.want(told.current, told.current + 1, () => this.tick());
    showEdits(this.day, (edit) => this.withdraw(edit));
    showTotals(this.day);
    this.tick();
    this.findings();
  }

  /** Findings take the service a moment: they are asked for when the lines are there, and when something changed. */
  async findings() {
    const version = this.day.version;
    if (!this.found) showFindings(null, () => {});
    let told;
    try {
      told = await api("GET", `${this.day.path}/findings`);
    } catch {
      return;
    }
    if (version !== this.day.version) return;
    this.found = told.map((f) => ({ ...f, text: language === "en" ? f.english : f.detail }));
    this.day.findings.clear();
    for (const f of this.found) {
      if (f.number) this.day.findings.set(f.number, [...(this.day.findings.get(f.number) ?? []), f]);
    }
    showFindings(this.found, (number) => this.list.go(number));
    this.list.renew();
  }

  tick() {
    if (!this.day.told) return;
    this.lead();
    showNow(this.day, (number) => this.list.go(number));
    const current = this.day.current();
    if (current !== this.current) {
      this.current = current;
      this.list.draw();
    }
  }

  /** Once: lead to what airs, as soon as that is known, unless somebody has gone elsewhere. */
  lead() {
    if (this.led || !this.day.current()) return;
    this.led = true;
    if (document.activeElement === document.body && !scrollY) this.toNow();
  }

  toNow() {
    const number = this.day.current();
    if (number) this.list.go(number);
  }

  // ---- acts ----

  onFocused(what) {
    const line = this.openFrom(this.list.focused);
    if (line) this.act(what, line);
    else if (what === "insert" && data.day >= data.today) this.keep(acts.insert(this.seen, "12.00.00"));
  }

  /** The line of that number, or the first after it that can still be changed; of a day that is over the line itself. */
  openFrom(number) {
    for (let n = number; n < number + 300; n += 1) {
      const line = this.day.line(n);
      if (!line || this.day.open(line)) return line ?? this.day.line(number);
    }
    return this.day.line(number);
  }

  get seen() {
    return this.day.told.state;
  }

  /** Do `what` with a line; `looked`: the state that somebody looked at when they began, for whoever is second. */
  async act(what, line, extra, looked = this.seen) {
    if (what === "now") return this.toNow();
    if (what === "keys") return keys();
    const editable = data.mayEdit && this.day.open(line);
    if (what === "open" || !editable) {
      const chosen = await details(line, this.about(line, editable));
      this.list.refocus();
      if (chosen) await this.act(chosen, line, undefined, looked);
      return;
    }
    const next = this.day.line(line.number + 1);
    const before = this.day.line(line.number - 1);
    const run = {
      insert: () => acts.insert(looked, line.clock),
      replace: () => acts.replace(looked, line),
      move: () => acts.move(looked, line),
      cut: () => acts.cut(looked, line),
      hold: () => acts.hold(looked, line),
      skip: () => acts.skip(looked, line),
      fill: () => acts.fill(looked, line.clock),
      up: () => before && this.day.open(before) && acts.moveBefore(looked, line, before),
      down: () => next && acts.moveAfter(looked, line, next),
      "move-before": () => acts.moveBefore(looked, line, extra),
    }[what];
    if (acts.fillsTime(line) && ["skip", "move", "cut", "hold", "up", "down", "move-before"].includes(what)) return toast(t("filler_line"), "info");
    await this.keep(run());
  }

  about(line, editable) {
    return { slot: this.day.slot(line.slot), edit: this.day.told.edits.find((e) => e.number === line.edit), findings: this.day.findings.get(line.number) ?? [], editable };
  }

  /** Wait for an act; show what became of it, and offer to undo it. */
  async keep(working) {
    const kept = await trying(() => working);
    this.list.refocus();
    if (!kept) return;
    this.mine.push(kept.edit.number);
    this.list.flash = kept.edit.number;
    toast(t("kept", { said: language === "en" ? kept.edit.english : kept.edit.said }), "success", { text: t("undo"), run: () => this.takeBack(kept.edit.number) });
    await this.refresh();
  }

  async withdraw(edit) {
    if (await sure(t("withdraw_sure"), t("withdraw"), { detail: language === "en" ? edit.english : edit.said })) await this.takeBack(edit.number);
  }

  async takeBack(number) {
    const done = await trying(async () => {
      await api("DELETE", `channels/${this.channel}/rundown/edits/${number}`);
      return true;
    });
    this.mine = this.mine.filter((n) => n !== number);
    if (done) toast(t("taken_back"));
    await this.refresh();
  }

  undo() {
    const number = this.mine.at(-1);
    if (number) this.takeBack(number);
    else toast(t("nothing_to_undo"), "info");
  }

  undoKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "z" && data.mayEdit && !event.target.closest("input, textarea, dialog")) {
      event.preventDefault();
      this.undo();
    }
  }
}
