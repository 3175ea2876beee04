// Reminders ask for a subscription under the station's key, and for another when the station has a new one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Reminders } from "../../../../web/assets/audience/reminders.js";

const KEY = Uint8Array.from([1, 2, 250]);

/** A browser whose subscription was made under `held` (null: it has none); returns what happens. */
function browser(held) {
  const happened = [];
  const subscription = (key) => ({
    endpoint: "https://push.example/a",
    options: { applicationServerKey: key.buffer },
    toJSON: () => ({ key: [...key] }),
    unsubscribe: async () => happened.push("unsubscribed"),
  });
  const pushManager = {
    getSubscription: async () => held && subscription(held),
    subscribe: async ({ applicationServerKey }) => subscription(applicationServerKey),
  };
  const serviceWorker = { ready: Promise.resolve({ pushManager }) };
  Object.defineProperty(globalThis, "navigator", { value: { serviceWorker }, configurable: true });
  globalThis.Notification = { requestPermission: async () => "granted" };
  globalThis.fetch = async (url, { method, body } = {}) => {
    if (method === "POST") happened.push(JSON.parse(body).subscription.key);
    return { ok: true, status: 200, json: async () => ({ key: Buffer.from(KEY).toString("base64url") }) };
  };
  return happened;
}

for (const [held, expected] of [
  [null, [[1, 2, 250]]],
  [KEY, [[1, 2, 250]]],
  [Uint8Array.from([9, 9, 9]), ["unsubscribed", [1, 2, 250]]],
]) {
  test(`subscribed under ${held}`, async () => {
    const happened = browser(held);
    assert.equal(await new Reminders("").remind({ channel: "tv", uid: "tv.x", language: "id" }), true);
    assert.deepEqual(happened, expected);
  });
}
