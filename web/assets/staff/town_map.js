// The town's map on pages of staff: fetched when somebody opens it.

import { later } from "../later.js";
import { data, root, t } from "./page.js";
import { toast } from "./toast.js";

/** Return the address of the map's file, or "" while there is none. */
export const mapUrl = (version = data.map.version) => (version ? `${root}lapor/peta.json?v=${version}` : "");

/** Open the map (web/assets/map/chooser.js says with what); undefined when it is given up or cannot be fetched. */
export async function onMap(options, version = data.map.version) {
  const before = document.activeElement;
  try {
    const choose = await later("map");
    return await choose({ url: mapUrl(version), words: data.map.words, centre: data.map.centre, button: ["btn", "btn btn-primary"], ...options });
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    toast(t("connection_lost"), "danger");
    return undefined;
  } finally {
    before?.focus?.();
  }
}
