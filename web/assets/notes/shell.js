// Keeps the page for events, with its scripts, styles and icons, so that it opens without a line. Nothing of any other
// page of staff is kept; the session's token is left out, and logging out forgets it all.

import { root } from "../staff/page.js";

/** The service worker answers from this cache; it knows the name by itself, since it is one file. */
export const SHELL = "lppl-acara-1";
const PACKED = ["content-encoding", "content-length", "vary"];

/** Keep the page as the service shows it now; return "kept", "failed" or "insecure" (no HTTPS, or a browser too old). */
export async function keepShell() {
  if (!("serviceWorker" in navigator) || !("caches" in self)) return "insecure";
  const page = new URL(location.pathname, location.href);
  try {
    await navigator.serviceWorker.register(`${root}sw.js`);
    await navigator.serviceWorker.ready;
    await keep(page);
  } catch {
    // no line, or a private window: what was kept before may still do
  }
  return (await caches.match(page, { cacheName: SHELL }).catch(() => null)) ? "kept" : "failed";
}

async function keep(page) {
  const answer = await fetch(page, { cache: "no-store", credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return;
  const text = (await answer.text()).replace(/(name="csrf" (?:content|value)=")[^"]*/g, "$1");
  const cache = await caches.open(SHELL);
  const parts = await kept(cache, partsOf(text, page));
  const headers = new Headers(answer.headers);
  for (const name of PACKED) headers.delete(name);
  await cache.put(page, new Response(text, { headers })); // last: it is never there without its parts
  const wanted = new Set([page.href, ...parts]);
  for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
}

/** Keep parts, and the parts that those name in turn; return all their addresses. Names carry hashes: one fetch does. */
async function kept(cache, first) {
  const seen = new Set(first);
  for (const url of seen) { // a set is walked to its end, also what is added meanwhile
    let answer = await cache.match(url);
    if (!answer) {
      await cache.add(url);
      answer = await cache.match(url);
    }
    if (!/\.(js|css)$/.test(new URL(url).pathname)) continue;
    for (const [, name] of (await answer.text()).matchAll(/["'(]\.\/([\w.-]+-[A-Z0-9]{8}\.(?:js|css|woff2?|svg|png))["')]/g)) {
      seen.add(new URL(name, url).href);
    }
  }
  return seen;
}

/** Return the addresses of scripts, styles and icons that a page names. */
function partsOf(text, page) {
  const found = new DOMParser().parseFromString(text, "text/html");
  const named = [...found.querySelectorAll('script[src], link[rel="stylesheet"], use')].map((node) => {
    const url = new URL(node.getAttribute("src") ?? node.getAttribute("href"), page);
    url.hash = "";
    return url;
  });
  return named.filter((url) => url.origin === location.origin).map((url) => url.href);
}
