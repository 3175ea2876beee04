// Packages that come when somebody needs them: pages stay light, and a line that fails meanwhile is only waited for.

/* global LATER_FILES */ // JSON, put in by build.mjs: {package: its bundle's file, beside this one}

const files = JSON.parse(LATER_FILES);
const failures = {};

/**
 * Return the default export of a package that is bundled by itself; rejects while it cannot be fetched.
 *
 * A browser may remember for ever that an address gave no module (Chromium does from 150 on), so each try after a
 * failure goes to an address of its own.
 */
export async function later(name) {
  const url = new URL(files[name], import.meta.url).href;
  try {
    return (await import(failures[name] ? `${url}?${failures[name]}` : url)).default;
  } catch (error) {
    failures[name] = (failures[name] ?? 0) + 1;
    throw error;
  }
}
