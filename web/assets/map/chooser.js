// The map in a dialog: people tap, drag or steer a point to where something is. A bundle of its own (later.js).

import { Control, DivIcon, Map as Leaflet, Marker, Polygon, TileLayer, latLng, latLngBounds } from "leaflet/dist/leaflet-src.esm.js";
import "leaflet/dist/leaflet.css";
import { areaAt, unpacked } from "./areas.js";
import "./map.css";

const CLOSE = 16; // zoom at which houses can be told apart
const DEEPEST = 19;
const TOWN = 13;
const COUNTRY = 5;
const STEP = 4; // pixels of an arrow key
const ARROWS = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };
const LETTER = 7.6; // pixels of a name, about
const LINE = 16;

let numbered = 0;

function make(name, attributes, ...content) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "onclick") node.addEventListener("click", value);
    else if (value !== false && value !== null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...content.filter(Boolean));
  return node;
}

/**
 * Let people choose a point. `url`: of the areas and the tile server; `point`: {latitude, longitude} or null;
 * `kelurahan`: where to begin without one; `centre`: [latitude, longitude] of the town; `fixed`: only look;
 * `locate`: offer the phone's own place; `droppable`: a point may be taken away; `button`: classes of buttons.
 * Resolves to {latitude, longitude, kelurahan}, null when the point was taken away, undefined when given up. Rejects
 * when the map cannot be fetched.
 */
export default async function choose({ url, words, point = null, kelurahan = "", centre = null, fixed = false, locate = false, droppable = false, button = ["", ""] }) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`map: ${response.status}`);
  const { areas: packed, tiles } = await response.json();
  const areas = unpacked(packed);
  const dialog = new Dialog(words, fixed, button);
  const chart = new Chart(dialog.field, areas, tiles, words, fixed);
  return new Promise((resolve) => {
    let result;
    const finish = (value) => {
      result = value;
      dialog.box.close();
    };
    const told = (at) => {
      const area = at && areaAt(areas, at.lat, at.lng);
      dialog.say(at ? [area ? name(area) : areas.length ? words.outside : "", `${at.lat.toFixed(5)}, ${at.lng.toFixed(5)}`] : [fixed ? "" : words.none]);
      dialog.ready(Boolean(at));
    };
    dialog.box.addEventListener("close", () => {
      chart.map.remove();
      dialog.box.remove();
      resolve(result);
    });
    if (!fixed) {
      dialog.add(words.middle, "map-middle", () => chart.put(chart.map.getCenter()));
      if (locate) dialog.add(words.here, "map-here", () => located(chart, dialog, words));
      if (droppable && point) dialog.add(words.drop, "map-drop", () => finish(null));
      dialog.use.addEventListener("click", () => {
        const at = chart.point.wrap();
        finish({ latitude: at.lat, longitude: at.lng, kelurahan: areaAt(areas, at.lat, at.lng)?.name ?? "" });
      });
    }
    dialog.open();
    chart.begin({ point, area: areas.find((a) => a.name === kelurahan), centre, told });
  });
}

const name = (area) => (area.kecamatan ? `${area.name}, ${area.kecamatan}` : area.name);

function located(chart, dialog, words) {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => chart.put(latLng(coords.latitude, coords.longitude), CLOSE),
    () => dialog.say([words.here_refused]),
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

/** The dialog around the map. `button`: classes of an ordinary and of the main button. */
class Dialog {
  constructor(words, fixed, [plain, main]) {
    const id = `map-title-${(numbered += 1)}`;
    const close = () => this.box.close();
    this.plain = plain;
    this.field = make("div", { class: "map-field", role: "application", "aria-label": words.map });
    this.told = make("p", { class: "map-told", role: "status" });
    this.use = fixed ? null : make("button", { type: "button", class: main, "data-role": "map-use" }, words.use);
    this.acts = make("div", { class: "map-acts" }, make("button", { type: "button", class: plain, "data-role": "map-cancel", onclick: close }, fixed ? words.close : words.cancel), this.use);
    this.more = make("div", { class: "map-acts" });
    this.box = make("dialog", { class: "map-dialog", "aria-labelledby": id }, make("div", { class: "map-head" },
      make("h2", { id }, fixed ? words.title_view : words.title), fixed ? null : make("p", {}, words.help)),
    this.field, make("div", { class: "map-foot" }, this.told, this.more, this.acts));
  }

  open() {
    document.body.append(this.box);
    this.box.showModal();
  }

  add(text, role, onclick) {
    this.more.append(make("button", { type: "button", class: this.plain, "data-role": role, onclick }, text));
  }

  say(lines) {
    this.told.replaceChildren(...lines.filter(Boolean).map((line) => make("span", {}, line)));
  }

  ready(is) {
    if (this.use) this.use.disabled = !is;
  }
}

/** The map itself. `point`: where the pin is, or null. */
class Chart {
  constructor(field, areas, tiles, words, fixed) {
    Object.assign(this, { field, areas, tiles, words, fixed, point: null, pin: null, map: null });
  }

  /** Draw it; the field is on the page by now. */
  begin({ point, area, centre, told }) {
    const { areas, tiles, words } = this;
    this.told = told;
    this.map = new Leaflet(this.field, { zoomControl: false, attributionControl: false, maxZoom: DEEPEST, zoomSnap: 0.5, zoomAnimation: false, fadeAnimation: false });
    this.map.addControl(new Control.Zoom({ zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }));
    if (tiles) {
      this.map.addControl(new Control.Attribution({ prefix: false }));
      const owner = make("span", {}, tiles.attribution).innerHTML; // plain text, whatever is written there
      this.map.addLayer(new TileLayer(tiles.url, { maxZoom: DEEPEST, attribution: owner, referrerPolicy: "strict-origin" }));
    }
    const town = areas.length ? latLngBounds(areas.flatMap((a) => a.rings.flat())) : null;
    this.look(point, area, town, centre);
    if (town) this.map.setMaxBounds(town.pad(0.5));
    this.draw();
    if (!this.fixed) this.steer();
    if (point) this.put(latLng(point.latitude, point.longitude));
    else this.told(null);
    this.field.focus();
  }

  look(point, area, town, centre) {
    const held = point && !this.tiles && areaAt(this.areas, point.latitude, point.longitude);
    if (held) this.map.fitBounds(latLngBounds(held.rings.flat())); // nothing else tells where it is
    else if (point) this.map.setView([point.latitude, point.longitude], CLOSE);
    else if (area) this.map.fitBounds(latLngBounds(area.rings.flat()));
    else if (town) this.map.fitBounds(town);
    else this.map.setView(centre, this.tiles && centre ? TOWN : COUNTRY);
  }

  draw() {
    const names = this.areas.map((area) => {
      const shape = new Polygon(area.rings, { interactive: false, className: "map-area", smoothFactor: 0.5 }).addTo(this.map);
      const label = new Marker(area.label, { interactive: false, keyboard: false, icon: new DivIcon({ className: "map-name", iconSize: null, html: make("span", {}, area.name) }) }).addTo(this.map);
      return { label, bounds: shape.getBounds(), half: (area.name.length * LETTER) / 2 };
    });
    const across = (bounds) => bounds.getEast() - bounds.getWest();
    names.sort((one, other) => across(other.bounds) - across(one.bounds));
    const settle = () => {
      const shown = [];
      for (const { label, bounds, half } of names) {
        const [west, east] = [bounds.getNorthWest(), bounds.getNorthEast()].map((at) => this.map.latLngToContainerPoint(at).x);
        const { x, y } = this.map.latLngToContainerPoint(label.getLatLng());
        const hidden = east - west < half * 1.6 || shown.some((s) => Math.abs(s.x - x) < s.half + half && Math.abs(s.y - y) < LINE);
        label.getElement().hidden = hidden;
        if (!hidden) shown.push({ x, y, half });
      }
    };
    this.map.on("zoomend", settle);
    settle();
  }

  /** People put the point where they tap, or with Enter in the middle. */
  steer() {
    this.map.on("click", (event) => this.put(event.latlng));
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== this.field) return;
      event.preventDefault();
      this.put(this.map.getCenter());
    });
  }

  /** Put the point somewhere; `zoom`: look at it as closely as that. */
  put(at, zoom = null) {
    this.point = at;
    if (!this.pin) this.pin = this.pinned(at);
    this.pin.setLatLng(at);
    if (zoom !== null) this.map.setView(at, zoom);
    this.told(at);
  }

  pinned(at) {
    const icon = new DivIcon({ className: "map-pin", iconSize: [44, 44], iconAnchor: [22, 40], html: make("span", {}) });
    const pin = new Marker(at, { draggable: !this.fixed, autoPan: true, icon, interactive: !this.fixed, keyboard: !this.fixed }).addTo(this.map);
    if (this.fixed) return pin;
    const node = pin.getElement();
    node.setAttribute("aria-label", this.words.pin);
    pin.on("drag dragend", () => this.put(pin.getLatLng()));
    node.addEventListener("keydown", (event) => {
      const way = ARROWS[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation(); // the map would move, too
      const to = this.map.latLngToContainerPoint(this.point).add(way);
      this.put(this.map.containerPointToLatLng(to));
      this.map.panInside(this.point, { padding: [40, 40], animate: false });
    });
    return pin;
  }
}
