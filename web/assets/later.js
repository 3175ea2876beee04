// What comes when somebody needs it: pages stay light, and a line that fails meanwhile is only waited for.

/* global LATER_FILES */ // JSON, put in by build.mjs: {name: [its script, its style sheet if any], beside this file}

const files = JSON.parse(LATER_FILES);
const failures = {};

/**
 * Return the default export of what is bundled by itself (LATER in build.mjs); rejects while it cannot be fetched.
 *
 * A browser may remember for ever that an address gave no module (Chromium does from 150 on), so each try after a
 * failure goes to an address of its own.
 */
export async function later(name) {
  const [script, style] = files[name].map((file) => new URL(file, import.meta.url).href);
  try {
    const [found] = await Promise.all([import(failures[name] ? `${script}?${failures[name]}` : script), style && styled(style)]);
    return found.default;
  } catch (error) {
    failures[name] = (failures[name] ?? 0) + 1;
    throw error;
  }
}

/** Put a style sheet into the page, once; rejects when it cannot be fetched. */
function styled(href) {
  if (document.querySelector(`link[href="${href}"]`)) return null;
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve });
    link.onerror = () => {
      link.remove();
      reject(new TypeError("style sheet"));
    };
    document.head.append(link);
  });
}
