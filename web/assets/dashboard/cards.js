// The cards of the dashboard: from what the API tells to nodes. Nothing is said by colour alone.

import { data, el, icon, language, t } from "../staff/page.js";
import { bars, lines } from "../report/chart.js";
import { length, lengthInWords, longDay, moment, number, percent, shortDay, size } from "../report/format.js";
import { table } from "../report/table.js";

const nameOf = (channel) => data.channels[channel] ?? (channel || t("whole_station"));
const known = (key, other) => (t(key) === key ? other : t(key));
const said = (one) => (language === "en" ? one.english : one.indonesian);
const sign = (kind, name, text) => el("span", { class: `sign sign-${kind}` }, icon(name), text);
const none = (key, good = true) => el("p", { class: "mb-0" }, sign(good ? "good" : "some", good ? "check" : "info-circle", t(key)));
const heading = (text) => el("h3", { class: "h4 mt-3 mb-1" }, text);
const folded = (key, inside) => el("details", { class: "numbers" }, el("summary", {}, t(key)), inside);

export function now({ health, live }) {
  const state = health?.status ?? "unknown";
  const kinds = { ok: ["good", "check"], degraded: ["some", "alert-triangle"], "off-air": ["bad", "alert-triangle"], unknown: ["some", "info-circle"] };
  const sum = live.reduce((n, one) => n + one.listeners, 0);
  const columns = [{ text: t("channel") }, { text: t("quality") }, { text: t("count"), figure: true }];
  const rows = live.map((one) => [nameOf(one.channel), known(`quality_${one.quality}`, one.quality), number(one.listeners, 0)]);
  return [
    el("p", { class: "figure-big" }, sign(...kinds[state], t(`health_${state}`))),
    ...(health?.warnings ?? []).map((text) => el("p", { class: "mb-1" }, text)),
    heading(t("listeners")),
    el("p", { class: "figure-big mb-1" }, t("listeners_now", { n: number(sum, 0) })),
    rows.length ? table(t("listeners"), columns, rows, { cards: false }) : el("p", { class: "text-secondary mb-0" }, t("nobody")),
  ];
}

export function air({ air: channels }) {
  const columns = [{ text: t("channel") }, ...[1, 7, 30].map((n) => ({ text: t(`spell_${n}`), figure: true }))];
  const cell = (spell) => [percent(spell.percent, 2), el("div", { class: "text-secondary" }, lengthInWords(spell.aired_seconds)), spell.silent_seconds >= 1 && el("div", { class: "sign sign-some" }, `− ${lengthInWords(spell.silent_seconds)}`)];
  const rows = channels.map((one) => [one.name, ...one.spells.map((spell) => el("div", {}, cell(spell).filter(Boolean)))]);
  const days = channels[0]?.days ?? [];
  const series = channels.map((one) => ({ name: one.name, values: one.days.map((d) => d.aired_seconds / 3600) }));
  const each = [{ text: t("date") }, ...channels.map((one) => ({ text: one.name, figure: true }))];
  const dayRows = days.map((d, n) => [longDay(d.day), ...channels.map((one) => length(one.days[n].aired_seconds))]);
  const names = days.map((d, n) => (n % 7 === days.length % 7 || days.length < 8 ? shortDay(d.day) : ""));
  return [
    table(t("on_air_hours"), columns, rows, { cards: false }),
    bars(t("chart_air"), names, series, { unit: t("chart_hours"), most: 26 }),
    folded("numbers", table(t("on_air_hours"), each, dayRows, { cards: false })),
  ];
}

const SEVERITY = { berat: ["bad", "alert-triangle"], peringatan: ["some", "alert-triangle"], catatan: ["good", "info-circle"] };

export function coming({ outlooks, air: channels }) {
  const inside = outlooks.flatMap((one) => {
    const name = channels.find((c) => c.channel === one.channel)?.name ?? one.channel;
    const counts = Object.entries(one.counts).filter(([, n]) => n).map(([kind, n]) => sign(...SEVERITY[kind], `${n} ${t(`severity_${kind}`)}`));
    const columns = [{ text: t("severity") }, { text: t("when") }, { text: t("problem"), wide: true }];
    const row = (p) => [sign(...SEVERITY[p.severity], t(`severity_${p.severity}`)), p.at ? moment(p.at) : "–", el("div", {}, said(p), p.remedy && language === "id" ? el("div", { class: "text-secondary" }, p.remedy) : null)];
    const shown = one.problems.slice(0, 8).map(row);
    const rest = one.problems.slice(8).map(row);
    return [
      heading(name),
      counts.length ? el("p", { class: "d-flex flex-wrap gap-3" }, counts) : none("no_problems"),
      shown.length ? table(`${t("coming")}: ${name}`, columns, shown) : null,
      rest.length ? folded("more", table(`${t("coming")}: ${name}`, columns, rest)) : null,
      pairs(one),
    ];
  });
  return inside.filter(Boolean);
}

function pairs(one) {
  const parts = [];
  if (one.unplanned.length) parts.push([t("unplanned"), one.unplanned.map((u) => `${longDay(u.day)}: ${lengthInWords(u.seconds)}`)]);
  if (one.live.length) parts.push([t("live_slots"), one.live.map((l) => `${moment(l.start)} ${l.programme}`)]);
  if (one.late.length) parts.push([t("late"), one.late.map((l) => `${l.title}: ${t("needed")} ${moment(l.needed)}, ${t("ready")} ${moment(l.ready)}`)]);
  if (!parts.length) return null;
  return el("div", { class: "row g-2" }, parts.map(([title, items]) => el("div", { class: "col-12 col-md-4" }, el("h4", { class: "h5 mb-1" }, title), el("ul", { class: "mb-0 ps-3" }, items.slice(0, 12).map((text) => el("li", {}, text)), items.length > 12 ? el("li", {}, `+ ${items.length - 12}`) : null))));
}

export function incidents({ incidents: all, incident_sums: sums }) {
  if (!all.length) return [none("no_incidents")];
  const kind = (one) => known(`incident_${one.kind}`, one.kind);
  const columns = [{ text: t("kind") }, { text: t("channel") }, { text: t("count"), figure: true }, { text: t("lasted"), figure: true }];
  const rows = sums.map((one) => [kind(one), nameOf(one.channel), number(one.count, 0), lengthInWords(one.seconds)]);
  const each = [{ text: t("began") }, { text: t("kind") }, { text: t("channel") }, { text: t("lasted"), figure: true }, { text: t("acknowledged") }];
  const row = (one) => [moment(one.began), kind(one), nameOf(one.channel), one.ended ? lengthInWords(one.seconds) : sign("bad", "alert-triangle", t("goes_on")), one.acknowledged ? `${one.acknowledged_by}, ${moment(one.acknowledged)}` : sign("some", "eye", t("not_acknowledged"))];
  const more = all.slice(6).map(row);
  return [
    table(t("incidents"), columns, rows, { cards: false }),
    heading(t("newest")),
    table(t("incidents"), each, all.slice(0, 6).map(row)),
    more.length ? folded("more", table(t("incidents"), each, more)) : null,
  ];
}

export function audience({ listened, air: channels }) {
  if (!listened.length) return [none("nobody", false)];
  const hours = [...new Set(listened.map((one) => one.hour))].sort();
  const at = (channel, hour) => listened.find((one) => one.channel === channel && one.hour === hour);
  const series = channels.map((one) => ({ name: one.name, values: hours.map((hour) => at(one.channel, hour)?.average ?? 0) }));
  const columns = [{ text: t("time") }, ...channels.flatMap((one) => [{ text: `${one.name}: ${t("average")}`, figure: true }, { text: t("peak"), figure: true }])];
  const rows = [...hours].reverse().map((hour) => [moment(hour), ...channels.flatMap((one) => [number(at(one.channel, hour)?.average ?? 0), number(at(one.channel, hour)?.peak ?? 0, 0)])]);
  return [lines(t("chart_audience"), hours.map((hour) => moment(hour).split(/[ ,]+/).at(-1)), series), folded("numbers", table(t("audience_hours"), columns, rows, { cards: false }))];
}

export function storage({ storage: disk }) {
  if (!disk) return [none("no_disk", false)];
  const full = disk.full ? t("full_at", { when: longDay(disk.full.slice(0, 10)) }) : t(disk.house === null ? "full_unknown" : "full_never");
  const soon = disk.full && new Date(disk.full).getTime() - Date.now() < 30 * 86_400_000;
  const rows = [[t("library_size"), size(disk.media)], [t("house_size"), disk.house === null ? t("counting") : size(disk.house)], [t("journal_size"), size(disk.journal)], [t("backup_size"), size(disk.backups)], [t("growth"), disk.house === null ? "–" : size(disk.a_day)]];
  return [
    el("p", { class: "figure-big mb-1" }, size(disk.free)),
    el("p", { class: "mb-1" }, `${t("free")}: ${t("of", { free: size(disk.free), total: size(disk.total) })}`),
    el("p", {}, soon ? sign("bad", "alert-triangle", full) : sign(disk.house === null ? "some" : "good", disk.house === null ? "info-circle" : "check", full)),
    table(t("storage"), [{ text: t("part") }, { text: t("size"), figure: true }], rows, { cards: false }),
  ];
}

export function queue({ queue: jobs }) {
  if (!jobs.waiting && !jobs.running && !jobs.failed) return [none("queue_empty")];
  const columns = [{ text: t("title"), wide: true }, { text: t("duration"), figure: true }, { text: t("needed") }];
  return [
    el("p", {}, t("queue_sums", { waiting: jobs.waiting, running: jobs.running, failed: jobs.failed, length: lengthInWords(jobs.seconds) })),
    jobs.next.length ? table(t("queue"), columns, jobs.next.slice(0, 8).map((one) => [one.title, length(one.seconds), one.needed ? moment(one.needed) : "–"])) : null,
  ];
}

export function rights({ rights: ending }) {
  if (!ending.length) return [none("no_problems")];
  return [table(t("rights"), [{ text: t("title"), wide: true }, { text: t("last_day") }], ending.map((one) => [one.title, longDay(one.last_day)]))];
}

function jobName(job) {
  const live = /^live-(.+)$/.exec(job);
  return live ? t("job_live", { channel: nameOf(live[1]) }) : known(`job_${job}`, job);
}

export function jobs({ jobs: runs, storage: disk }) {
  const columns = [{ text: t("job") }, { text: t("due") }, { text: t("outcome"), wide: true }];
  const outcome = (run) => {
    if (!run.finished) return sign("some", "clock", t(Date.now() - new Date(run.started).getTime() > 6 * 3_600_000 ? "not_finished" : "running"));
    if (run.outcome === "done" || run.outcome === "entered") return sign("good", run.outcome === "done" ? "check" : "clock", t(`outcome_${run.outcome}`));
    return sign("bad", "alert-triangle", run.outcome);
  };
  const backup = disk?.newest_backup ? t("newest_backup", { when: moment(disk.newest_backup) }) : t("no_backup");
  return [
    el("p", {}, disk?.newest_backup ? sign("good", "check", backup) : sign("some", "alert-triangle", backup)),
    runs.length ? table(t("jobs"), columns, runs.map((run) => [jobName(run.job), moment(run.due), outcome(run)])) : null,
  ];
}
