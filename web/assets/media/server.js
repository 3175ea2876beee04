// A folder of the station's own computer brought into the media folder: choosing it, and how far it is.

import { api, trying } from "../staff/api.js";
import { ask } from "../staff/dialog.js";
import { field, formDialog } from "../staff/fields.js";
import { el, icon, language, t } from "../staff/page.js";
import { bytes } from "./shown.js";

const LOOK_MS = 1000;
const OPEN = ["dilihat", "berjalan"];
const SIGNS = { selesai: "check", dihentikan: "ban", gagal: "alert-triangle" };
const list = document.querySelector('[data-role="upload-list"]');
let changed = () => {};

/** Ask for a folder and bring it in. */
async function choose() {
  const path = field({ name: "path", label: t("server_path"), help: t("server_help"), more: { maxlength: 4000, autocomplete: "off", required: true } });
  const input = path.querySelector("input");
  const folders = el("ul", { class: "media-choices", "aria-label": t("folders") });
  const files = el("p", { class: "form-hint", role: "status" });

  async function look(to, event) {
    const told = await trying(() => api("GET", `media-import-folders?${new URLSearchParams({ path: to })}`));
    if (!told) return;
    input.value = told.path;
    const choice = (at, name, sign) => el("li", {}, el("button", { type: "button", onclick: (e) => look(at, e) }, icon(sign), " ", el("bdi", {}, name)));
    folders.replaceChildren(...(told.path ? [choice(told.parent, t("server_up"), "arrow-up")] : []), ...told.folders.map((f) => choice(f, told.path ? f.split("/").pop() : f, "folder")));
    files.textContent = told.path ? t("server_files", { n: told.files }) : "";
    if (event) folders.querySelector("button")?.focus();
  }

  input.addEventListener("change", () => look(input.value.trim()));
  look("");
  const into = field({ name: "into", label: t("upload_to"), value: document.getElementById("into").value, more: { list: "folders", maxlength: 500, placeholder: "/" } });
  const how = field({ name: "how", label: t("server_how"), help: t("server_how_help"), options: [{ value: "biarkan", text: t("server_keep") }, { value: "pindahkan", text: t("server_move") }] });
  const made = await formDialog(t("server_import"), [path, folders, files, into, how], t("server_begin"), (given) => api("POST", "media-imports", given));
  if (made) follow(made);
}

/** Put the line of an import into the list of uploads; return what draws it anew. */
function line(job) {
  const [bar, said, sign] = [el("progress", { max: 1, "aria-label": job.folder }), el("small", { class: "text-secondary" }), el("span", { class: "media-up-sign" })];
  const refused = el("button", { class: "btn btn-sm btn-link", type: "button", onclick: () => tell(job) });
  const end = el("button", { class: "btn btn-sm btn-icon", type: "button" }, icon("x"));
  const row = el("li", { class: "list-group-item media-up", "data-role": "import" }, sign, el("div", { class: "media-up-what" }, el("bdi", {}, job.folder), bar, said), refused, end);
  end.addEventListener("click", () => (OPEN.includes(job.state) ? trying(() => api("DELETE", "media-imports")) : remove(row)));
  list.prepend(row);
  list.closest("section").hidden = false;
  return (now) => {
    job = now;
    const open = OPEN.includes(job.state);
    row.dataset.state = job.state;
    bar.hidden = !open;
    bar.value = job.size ? job.reached / job.size : 0;
    said.textContent = [
      t(`im_${job.state}`),
      language === "en" ? job.error_english : job.error,
      job.files && t("im_files", { done: job.done, files: job.files, new: job.new }),
      open && job.size && bytes(job.size),
    ].filter(Boolean).join(" · ");
    sign.replaceChildren(icon(SIGNS[job.state] ?? "file-import"));
    refused.hidden = !job.refused;
    refused.textContent = t("im_refused", { n: job.refused });
    end.setAttribute("aria-label", t(open ? "im_stop" : "im_clear", { name: job.folder }));
  };
}

function remove(row) {
  row.remove();
  list.closest("section").hidden = !list.children.length;
}

function tell(job) {
  const lines = job.told.map((f) => el("li", {}, el("bdi", {}, f.path), el("div", { class: "text-secondary" }, language === "en" ? f.english : f.detail)));
  ask(t("refused_files"), [el("ul", { class: "media-plain" }, lines)], []);
}

/** Show how far an import is, until it is over. */
async function follow(job) {
  const draw = line(job);
  draw(job);
  while (OPEN.includes(job.state)) {
    await new Promise((later) => setTimeout(later, LOOK_MS));
    const [told] = await api("GET", "media-imports").catch(() => [job]);
    job = told ?? { ...job, state: "gagal" }; // the service began anew meanwhile
    draw(job);
  }
  changed();
}

/** Begin; `ended` is called when a folder has been brought in. */
export async function begin(ended) {
  const button = document.querySelector('[data-do="server"]');
  if (!button) return;
  changed = ended;
  button.addEventListener("click", choose);
  const [job] = await api("GET", "media-imports").catch(() => []);
  if (job && OPEN.includes(job.state)) follow(job);
}
