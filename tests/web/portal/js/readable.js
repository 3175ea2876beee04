// Lists what a person with a screen reader, a keyboard or weak eyes would stumble over.
() => {
  const bad = [];
  const named = e => (e.getAttribute("aria-label") || "").trim() || e.textContent.trim() || (e.labels && e.labels.length)
    || (e.getAttribute("aria-labelledby") || "").split(" ").some(id => document.getElementById(id)?.textContent.trim());
  for (const e of document.querySelectorAll("button, a, input, select, progress, video, audio, nav, [role=group]"))
    if (!named(e)) bad.push("no name: " + e.outerHTML.slice(0, 120));
  const levels = [...document.querySelectorAll("h1, h2, h3, h4")].map(e => Number(e.tagName[1]));
  if (levels.filter(l => l === 1).length !== 1) bad.push("not one h1");
  levels.forEach((l, i) => { if (i && l > levels[i - 1] + 1) bad.push("heading level jumps"); });
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size !== ids.length) bad.push("an id twice");
  for (const e of document.querySelectorAll("svg")) if (e.getAttribute("aria-hidden") !== "true") bad.push("svg spoken");
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby], label[for]"))
    for (const id of (e.getAttribute("aria-labelledby") || e.getAttribute("aria-describedby") || e.htmlFor).split(" "))
      if (!document.getElementById(id)) bad.push("points nowhere: " + id);
  for (const tag of ["main", "header", "footer", "nav"]) if (!document.querySelector(tag)) bad.push("no " + tag);
  const parse = c => { const m = c.match(/[\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const light = ([r, g, b]) => { const f = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
    return .2126 * f(r) + .7152 * f(g) + .0722 * f(b); };
  for (const e of document.querySelectorAll("main *, footer *")) {
    if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility() || e.closest(":disabled")) continue;
    let up = e; while (up && parse(getComputedStyle(up).backgroundColor)[3] < .9) up = up.parentElement;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(parse(getComputedStyle(up).backgroundColor))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`contrast ${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`);
  }
  return bad;
}
