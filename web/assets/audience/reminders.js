// Reminders: asks the browser for a push subscription and tells the station which broadcasts are meant.

function bytesOf(key) {
  const text = atob(key.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

async function ask(url, method, body) {
  const answer = await fetch(url, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

export class Reminders {
  #root;

  constructor(root) {
    this.#root = root;
  }

  static get possible() {
    return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  }

  /** The subscription that this browser has, or null. */
  async subscription() {
    const registration = await navigator.serviceWorker.getRegistration(new URL(this.#root || "./", location.href));
    return (await registration?.pushManager.getSubscription()) ?? null;
  }

  /** What this browser will be reminded of: a set of `channel|programme|start in ms`. */
  async known() {
    const subscription = await this.subscription();
    if (!subscription) return new Set();
    const { reminders } = await ask(`${this.#root}pengingat/daftar`, "POST", { endpoint: subscription.endpoint });
    return new Set(reminders.map((r) => `${r.channel}|${r.programme}|${Date.parse(r.start)}`));
  }

  /** Ask to be reminded; resolves to false when the owner does not allow notifications. */
  async remind({ channel, uid, language }) {
    if ((await Notification.requestPermission()) !== "granted") return false;
    const subscription = await this.#subscribed((await navigator.serviceWorker.ready).pushManager);
    await ask(`${this.#root}pengingat`, "POST", { subscription: subscription.toJSON(), language, channel, uid });
    return true;
  }

  /** The subscription under the station's present key: one under a key that the station has lost reaches nobody. */
  async #subscribed(manager) {
    const key = await this.#key();
    const known = await manager.getSubscription();
    const held = known?.options?.applicationServerKey;
    if (known && (!held || String(new Uint8Array(held)) === String(key))) return known;
    await known?.unsubscribe();
    return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  }

  async #key() {
    const answer = await fetch(`${this.#root}pengingat/kunci`, { cache: "no-store" });
    if (!answer.ok) throw new Error(`pengingat/kunci: ${answer.status}`);
    return bytesOf((await answer.json()).key);
  }

  async forget({ channel, programme, start }) {
    const subscription = await this.subscription();
    if (subscription) await ask(`${this.#root}pengingat`, "DELETE", { endpoint: subscription.endpoint, channel, programme, start });
  }
}
