// Asks the API as the logged-in person. A refusal is a Refused with the sentence to show and the problem itself.

import { csrf, language, root, t } from "./page.js";
import { toast } from "./toast.js";

export class Refused extends Error {
  constructor(problem) {
    super((language === "en" ? problem.english : problem.detail) || t("fault"));
    this.problem = problem;
    this.status = problem.status;
  }

  /** What is wrong by field: {"content.playlist": "harus diisi"}. */
  get fields() {
    const said = (e) => (language === "en" ? e.english : e.detail);
    return Object.fromEntries((this.problem.errors ?? []).map((e) => [e.field, said(e)]));
  }
}

/**
 * Ask `method` `path` (below api/v1, as "channels/tv/grid"); `body` is sent as JSON, a file as it is. Return the
 * answer's JSON, or null.
 * Raises Refused, and TypeError when the service cannot be reached. `once`: a key under which it is done only once.
 */
export async function api(method, path, body, { once = null, signal = undefined } = {}) {
  const headers = { Accept: "application/json" };
  const file = body instanceof Blob;
  if (body !== undefined) headers["Content-Type"] = file ? "application/octet-stream" : "application/json";
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (once) headers["Idempotency-Key"] = once;
  const response = await fetch(`${root}api/v1/${path}`, {
    method, headers, signal, credentials: "same-origin", body: body === undefined || file ? body : JSON.stringify(body),
  });
  if (response.status === 401) {
    toast(t("session_over"), "danger");
    const back = encodeURIComponent(location.pathname + location.search);
    setTimeout(() => location.assign(`${root}kerja/masuk?ke=${back}`), 1500);
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text ? JSON.parse(text) : null;
  } catch {
    answer = null;
  }
  if (!response.ok) throw new Refused({ status: response.status, ...(answer ?? {}) });
  return answer;
}

/** Run `work`; what is refused, or cannot be reached, is shown. Return its result, or undefined. */
export async function trying(work) {
  try {
    return await work();
  } catch (error) {
    if (error?.name === "AbortError") return undefined;
    toast(error instanceof Refused ? error.message : t("connection_lost"), "danger");
    if (!(error instanceof Refused) && !(error instanceof TypeError)) console.error(error);
    return undefined;
  }
}
