// Texts in the chosen language, and times and dates in the station's zone.

export class Words {
  #data;

  constructor(data, language) {
    this.#data = data;
    this.language = language;
  }

  /** The text of `key`; `{name}` and the like are filled from `values`. */
  text(key, values = {}) {
    const found = this.#data.words[this.language][key] ?? "";
    return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** Make `element` say `key` (nothing for ""), only touching it when that changes what is read out. */
  put(element, key, values) {
    const text = key ? this.text(key, values) : "";
    if (element.textContent !== text) element.textContent = text;
  }

  #parts(ms, options) {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: this.#data.zone, ...options });
    return Object.fromEntries(format.formatToParts(ms).map((p) => [p.type, p.value]));
  }

  /** `22.00`, in English `22:00`. */
  clock(ms) {
    const { hour, minute } = this.#parts(ms, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return `${hour}${this.language === "id" ? "." : ":"}${minute}`;
  }

  /** `22.00 WIB`. */
  clockZone(ms) {
    return `${this.clock(ms)} ${this.#data.zone_text}`;
  }

  /** `Minggu, 22 November 2026`. */
  date(ms) {
    const locale = this.language === "id" ? "id-ID" : "en-GB";
    const options = { timeZone: this.#data.zone, weekday: "long", day: "numeric", month: "long", year: "numeric" };
    const parts = new Intl.DateTimeFormat(locale, options).formatToParts(ms);
    const { weekday, day, month, year } = Object.fromEntries(parts.map((p) => [p.type, p.value]));
    return `${weekday}, ${day} ${month} ${year}`;
  }

  /** A length as `3 mnt 20 dtk` or `1 jam 3 mnt`: never like a time of day, which Indonesian writes with the same dots. */
  length(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    const [hour, minute, second] = this.language === "id" ? ["jam", "mnt", "dtk"] : ["h", "min", "s"];
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const parts = h ? [[h, hour], [m, minute]] : [[m, minute], [s, second]];
    return parts.filter(([n]) => n).map(([n, unit]) => `${n} ${unit}`).join(" ") || `0 ${second}`;
  }

  /** Put every text that the server wrote into the chosen language. */
  translate(root) {
    document.documentElement.lang = this.language;
    document.title = this.text("title", { station: this.#data.station });
    for (const element of root.querySelectorAll("[data-t]")) element.textContent = this.text(element.dataset.t);
    for (const element of root.querySelectorAll("[data-t-label]")) {
      const name = element.closest("[data-name]")?.dataset.name;
      element.setAttribute("aria-label", this.text(element.dataset.tLabel, { name }));
    }
    for (const option of root.querySelectorAll("option[data-tail]")) {
      const head = option.dataset.head ?? this.text(option.dataset.headT);
      option.textContent = `${head} · ${JSON.parse(option.dataset.tail)[this.language]}`;
    }
    for (const time of root.querySelectorAll("time[data-ms]")) time.textContent = this.clock(Number(time.dataset.ms));
    for (const link of root.querySelectorAll("[data-lang]")) {
      if (link.dataset.lang === this.language) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }
}
