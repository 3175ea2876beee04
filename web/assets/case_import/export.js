// A list of cases to download: the links follow what is chosen.

import { data, root } from "../staff/page.js";

export function showExport() {
  const form = document.querySelector('[data-role="export"]');
  if (!form) return;
  const links = [...form.querySelectorAll("[data-format]")];
  const day = (text, later) => {
    const date = new Date(`${text}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() + later); // the end is not included: the day after, at its beginning
    return `${date.toISOString().slice(0, 10)}T00:00:00${data.offset}`;
  };
  const point = () => {
    const given = new FormData(form);
    for (const link of links) {
      const wanted = new URLSearchParams({ format: link.dataset.format });
      if (given.get("which")) wanted.set("open", given.get("which"));
      if (given.get("since")) wanted.set("since", day(given.get("since"), 0));
      if (given.get("until")) wanted.set("until", day(given.get("until"), 1));
      link.href = `${root}api/v1/cases/export?${wanted}`;
    }
  };
  form.addEventListener("change", point);
  form.addEventListener("submit", (event) => event.preventDefault());
  point();
}
