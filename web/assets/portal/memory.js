// What a browser remembers of its owner's choices. Private windows may refuse: then nothing is remembered.

const PREFIX = "lppl.";

export function remember(key, value) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify(value));
  } catch {
    // A refusal or a full store costs a convenience only.
  }
}

export function remembered(key, fallback) {
  try {
    const text = localStorage.getItem(PREFIX + key);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback;
  }
}
