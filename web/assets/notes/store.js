// Notes in this browser until the service has them: in IndexedDB, or in the page's memory where a browser refuses.
//
// A note: {token, source, made, event, body, state, code, urgent, told, reason, fields}. `state`: "waiting", "refused"
// (somebody has to mend it), "kept" (the service has it; `body` is gone from here then). `token` is given before it is
// first sent: by it the service knows a note that comes again.

const NAME = "lppl-catatan";
const NOTES = "notes";

/** Return a token that no other note has; it works without HTTPS, too. */
export function newToken() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(NOTES, { keyPath: "token" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

export class NoteStore {
  #database = null;
  #memory = new Map();
  /** Whether what is put here outlives the page. */
  durable = true;

  /** Return all notes, oldest first. */
  async all() {
    let found = [];
    try {
      found = await this.#run("readonly", (notes) => notes.getAll());
    } catch {
      this.durable = false;
    }
    const merged = new Map(found.map((note) => [note.token, note]));
    for (const [token, note] of this.#memory) merged.set(token, note);
    return [...merged.values()].sort((a, b) => (a.made < b.made ? -1 : 1));
  }

  /** Keep a note; once this returns it outlives the page, unless `durable` is false. */
  async put(note) {
    try {
      await this.#run("readwrite", (notes) => notes.put(note));
      this.#memory.delete(note.token);
    } catch {
      this.durable = false;
      this.#memory.set(note.token, note);
    }
  }

  async remove(token) {
    this.#memory.delete(token);
    await this.#run("readwrite", (notes) => notes.delete(token)).catch(() => {}); // a store that refuses holds nothing
  }

  async clear() {
    this.#memory.clear();
    await this.#run("readwrite", (notes) => notes.clear()).catch(() => {});
  }

  async #run(mode, work) {
    if (!this.#database) {
      this.#database = await opened();
      this.#database.onclose = () => { this.#database = null; }; // the browser took it away, as after logging out
      this.#database.onversionchange = () => { this.#database.close(); this.#database = null; };
    }
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(NOTES, mode, { durability: "strict" });
      const request = work(transaction.objectStore(NOTES));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}
