// The public form: the place by a map or by the phone, a recording by the microphone, no second sending. Without this
// script the form works too.

import "./intake/lapor.css";
import { later } from "./later.js";

const form = document.querySelector('[data-role="report"]');
const one = (role) => form.querySelector(`[data-role="${role}"]`);
const said = form.dataset;

// ---- where

const latitude = form.elements.latitude;
const longitude = form.elements.longitude;

const kelurahan = form.elements.kelurahan; // there is none where the station has written none down
const located = "geolocation" in navigator && isSecureContext;
const mapped = Boolean(said.map) && typeof HTMLDialogElement === "function";
const kept = () => (latitude.value === "" || longitude.value === "" ? null : { latitude: Number(latitude.value), longitude: Number(longitude.value) });

/** Keep a point, or none, and say so; `name`: of the kelurahan that it is in. */
function keep(point, name = "") {
  latitude.value = point ? point.latitude.toFixed(6) : "";
  longitude.value = point ? point.longitude.toFixed(6) : "";
  if (kelurahan && [...kelurahan.options].some((option) => option.value && option.value === name)) kelurahan.value = name;
  showPlace(name);
}

function showPlace(name = "") {
  const point = kept();
  const where = point && [name, `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}`].filter(Boolean).join(" · ");
  one("here-told").textContent = point ? `${said.hereKept}: ${where}` : "";
  one("here-drop").hidden = !point;
}

async function chooseOnMap() {
  const button = one("map");
  if (button.getAttribute("aria-disabled")) return;
  button.setAttribute("aria-disabled", "true");
  try {
    const choose = await later("map");
    const found = await choose({
      url: said.map, words: JSON.parse(said.mapWords), centre: said.centre.split(",").map(Number), point: kept(),
      kelurahan: kelurahan?.value ?? "", locate: located, droppable: true, button: ["action", "action strong"],
    });
    if (found !== undefined) keep(found, found?.kelurahan);
    button.focus();
  } catch (error) {
    if (!(error instanceof TypeError)) console.error(error);
    one("here-told").textContent = said.mapAway;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

one("place").hidden = !(located || mapped || kept());
one("map").hidden = !mapped;
one("here").hidden = !located;
one("map").addEventListener("click", chooseOnMap);
one("here").addEventListener("click", () => {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => keep(coords),
    () => { one("here-told").textContent = said.hereRefused; },
    { enableHighAccuracy: true, timeout: 15000 },
  );
});
one("here-drop").addEventListener("click", () => {
  keep(null);
  (mapped ? one("map") : one("here")).focus();
});
showPlace();

// ---- files

const files = form.elements.files;

function judge() {
  const chosen = [...files.files];
  files.setCustomValidity(chosen.length > Number(said.most) ? said.tooMany : chosen.some((f) => f.size > Number(said.largest)) ? said.tooLarge : "");
  files.reportValidity();
}

files.addEventListener("change", judge);

// ---- a recording, added to the files

const types = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
const type = window.MediaRecorder ? types.find((t) => MediaRecorder.isTypeSupported(t)) : undefined;
const LONGEST_MS = 300_000;

if (type && navigator.mediaDevices && isSecureContext) {
  one("record-box").hidden = false;
  const button = one("record");
  let recorder = null;
  button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      one("record-told").textContent = said.recordRefused;
      return;
    }
    const pieces = [];
    const began = Date.now();
    recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32000 });
    recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
    recorder.addEventListener("stop", () => {
      stream.getTracks().forEach((track) => track.stop());
      const plain = type.split(";")[0];
      const recording = new File(pieces, `rekaman-${files.files.length + 1}.${plain.split("/")[1]}`, { type: plain });
      const all = new DataTransfer();
      for (const file of [...files.files, recording]) all.items.add(file);
      files.files = all.files;
      judge();
      one("record-told").textContent = said.recordKept.replace("{seconds}", String(Math.round((Date.now() - began) / 1000)));
      button.textContent = said.record;
      button.removeAttribute("aria-pressed");
      recorder = null;
    });
    recorder.start(1000);
    setTimeout(() => recorder?.state === "recording" && recorder.stop(), LONGEST_MS);
    button.textContent = said.recordStop;
    button.setAttribute("aria-pressed", "true");
  });
}

// ---- once

form.addEventListener("submit", (event) => {
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  one("send").setAttribute("aria-disabled", "true");
  one("send-told").textContent = said.sending;
});
addEventListener("pageshow", () => {
  delete form.dataset.sent;
  one("send").removeAttribute("aria-disabled");
  one("send-told").textContent = "";
});
