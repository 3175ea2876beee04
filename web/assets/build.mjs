// Bundles every web/assets/<name>.entry.js (and <name>.entry.css) into web/static/dist.
//
// Names carry a hash of the content, so the files can be cached for ever; manifest.json maps the plain
// name to the hashed one (icons.svg holds the icons named in icons.txt): {"portal.js": "portal-1A2B3C4D.js", "portal.css": "portal-5E6F7A8B.css"}.
// Style sheets imported by an entry come out as <name>.css. licenses.txt holds the licence of every
// package of which something is in a bundle. The old folder stays in use until the new one is complete.

import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const assets = dirname(fileURLToPath(import.meta.url));
const root = resolve(assets, "../..");
const staticFolder = join(root, "web/static");
const dist = join(staticFolder, "dist");

/** What pages fetch when somebody needs it (later.js), each a bundle of its own: packages, and files of ours. */
const LATER = { hls: "hls.js", htmx: "htmx.org", map: "./web/assets/map/chooser.js" };

/** Return `{name: path}` of the entry points; a script wins over a style sheet of the same name. */
function entryPoints() {
  const found = {};
  for (const file of readdirSync(assets).sort()) {
    const match = /^(.+)\.entry\.(css|js)$/.exec(file);
    if (match) found[match[1]] = join(assets, file);
  }
  return found;
}

/** Map the plain names of the entry points and of their style sheets to the hashed names written. */
function manifestOf(outputs) {
  const manifest = {};
  for (const [path, { entryPoint, cssBundle }] of Object.entries(outputs)) {
    const match = /([^/]+)\.entry\.(css|js)$/.exec(entryPoint ?? "");
    if (match) manifest[`${match[1]}.${match[2]}`] = basename(path);
    if (match && cssBundle) manifest[`${match[1]}.css`] = basename(cssBundle);
  }
  return Object.fromEntries(Object.entries(manifest).sort());
}

/** Return the bundle of a package or a file of ours, and its style sheet if it has one: [script, style]. */
function filesOf(source, outputs) {
  const from = source.startsWith("./") ? source.slice(2) : `node_modules/${source}/`;
  const [path, { cssBundle }] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.startsWith(from));
  return [path, cssBundle].filter(Boolean).map((file) => basename(file));
}

/** Join the licence texts of the packages that went into the bundles. */
function licencesOf(inputs) {
  const packages = new Set();
  for (const path of Object.keys(inputs)) {
    const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
    if (match) packages.add(match[1]);
  }
  return [...packages].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : "";
    return `${name} ${version} (${license})\n\n${text}\n`;
  }).join(`\n${"-".repeat(72)}\n\n`);
}

/** Write the icons named in icons.txt as symbols of one hashed SVG; return its name. */
function writeIcons(folder) {
  const source = join(root, "node_modules/@tabler/icons/icons/outline");
  const names = readFileSync(join(assets, "icons.txt"), "utf8").split(/\s+/).filter(Boolean);
  const symbols = names.map((name) => {
    const inside = readFileSync(join(source, `${name}.svg`), "utf8").replace(/^[^>]*<svg[^>]*>|<\/svg>\s*$/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
  const name = `icons-${createHash("sha256").update(svg).digest("hex").slice(0, 8).toUpperCase()}.svg`;
  writeFileSync(join(folder, name), svg);
  return name;
}

mkdirSync(staticFolder, { recursive: true });
const beside = mkdtempSync(join(staticFolder, ".dist-"));
try {
  const common = {
    absWorkingDir: root,
    outdir: beside,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    minify: true,
    metafile: true,
    legalComments: "inline",
    // Ten-year-old phones are in daily use among the audience; these still get updates of WebView or Safari.
    target: ["chrome87", "firefox78", "safari14"],
    // Safari 14 has one rare fault in destructuring, for which esbuild would refuse all of it.
    supported: { destructuring: true },
    loader: { ".woff2": "file", ".woff": "file", ".svg": "file", ".png": "file" },
    logLevel: "warning",
    logOverride: { "unsupported-css-nesting": "silent" }, // only rules for right-to-left pages, which there are none of
    logLimit: 5,
  };
  const apart = (await build({ ...common, entryPoints: LATER })).metafile;
  const later = Object.fromEntries(Object.entries(LATER).map(([name, source]) => [name, filesOf(source, apart.outputs)]));
  // as text: of an object esbuild would make a module that every bundle imports, and a service worker cannot import
  const define = { LATER_FILES: JSON.stringify(JSON.stringify(later)) };
  const { metafile } = await build({ ...common, entryPoints: entryPoints(), splitting: true, define });
  const iconsOf = "node_modules/@tabler/icons/package.json";
  writeFileSync(join(beside, "licenses.txt"), licencesOf({ ...apart.inputs, ...metafile.inputs, [iconsOf]: {} }));
  const manifest = { ...manifestOf(metafile.outputs), "icons.svg": writeIcons(beside) };
  writeFileSync(join(beside, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  chmodSync(beside, 0o755); // temporary folders are private; this one is served
  const old = `${beside}.old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(beside, dist);
  rmSync(old, { recursive: true, force: true });
} catch (error) {
  rmSync(beside, { recursive: true, force: true });
  throw error;
}
