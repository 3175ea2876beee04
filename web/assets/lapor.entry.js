// The public form: location, a recording by the microphone, no second sending. Without this script the form works too.

import "./intake/lapor.css";

const form = document.querySelector('[data-role="report"]');
const one = (role) => form.querySelector(`[data-role="${role}"]`);
const said = form.dataset;

// ---- where

const latitude = form.elements.latitude;
const longitude = form.elements.longitude;

function showPlace() {
  const kept = latitude.value !== "" && longitude.value !== "";
  one("here-told").textContent = kept ? `${said.hereKept}: ${Number(latitude.value).toFixed(4)}, ${Number(longitude.value).toFixed(4)}` : "";
  one("here-drop").hidden = !kept;
}

if ("geolocation" in navigator && isSecureContext) {
  one("here-box").hidden = false;
  one("here").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition((found) => {
      latitude.value = found.coords.latitude.toFixed(6);
      longitude.value = found.coords.longitude.toFixed(6);
      showPlace();
    }, () => { one("here-told").textContent = said.hereRefused; }, { enableHighAccuracy: true, timeout: 15000 });
  });
  one("here-drop").addEventListener("click", () => {
    latitude.value = longitude.value = "";
    showPlace();
    one("here").focus();
  });
  showPlace();
}

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
