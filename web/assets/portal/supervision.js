// Decides when a player is in trouble and when to try again. Pure: times come in as milliseconds.

export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_LAST_MS = 5000;
/** Standing still this long is told to the viewer. */
export const SLOW_MS = 2500;
/** Standing still this long without a sign of life is trouble. */
export const STUCK_MS = 6000;
/** Standing still this long is trouble, whatever still arrives. */
export const HOPELESS_MS = 30000;
/** A clock that jumps this far between two looks was asleep: everything gets a fresh chance. */
const ASLEEP_MS = 10000;

/** Wait before try number `tries` (0 first): 0.5 s doubling to 5 s, a quarter less or more by chance. */
export function backoff(tries, random = Math.random) {
  const wait = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.min(BACKOFF_LAST_MS, wait * (0.75 + 0.5 * random()));
}

/** Watches a position that ought to move. */
export class Watch {
  #position = NaN;
  #moved = 0;
  #sign = 0;
  #looked = 0;

  /** Begin again at `now`: nothing is expected yet. */
  reset(now) {
    this.#position = NaN;
    this.#moved = this.#sign = this.#looked = now;
  }

  /** Something arrived: slow is not dead. */
  sign(now) {
    this.#sign = now;
  }

  /** Look at the position; returns "moving", "still", "slow" or "stuck". */
  look(now, position) {
    if (now - this.#looked > ASLEEP_MS) this.#moved = this.#sign = now;
    this.#looked = now;
    if (position !== this.#position) {
      const first = Number.isNaN(this.#position);
      this.#position = position;
      if (!first) {
        this.#moved = now;
        return "moving";
      }
    }
    const still = now - this.#moved;
    if (still > HOPELESS_MS || (still > STUCK_MS && now - this.#sign > STUCK_MS)) return "stuck";
    return still > SLOW_MS ? "slow" : "still";
  }
}
