// Lines and the headings of slots between them, as places 0, 1, 2... of one list. Pure.
//
// `headings`: [{number, slot}] sorted: each stands before the line of that number (from 1).

export class Places {
  constructor(total, headings) {
    this.total = total;
    this.headings = headings;
    this.at = headings.map((h, k) => h.number - 1 + k);
  }

  get count() {
    return this.total + this.headings.length;
  }

  /** How many headings stand at or before a place. */
  before(place) {
    let low = 0;
    let high = this.at.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at[middle] <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What stands at a place: {heading} or {number}. */
  what(place) {
    const k = this.before(place);
    return k && this.at[k - 1] === place ? { heading: this.headings[k - 1] } : { number: place - k + 1 };
  }

  /** The place of a line by its number. */
  of(number) {
    let low = 0;
    let high = this.headings.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.headings[middle].number <= number) low = middle + 1;
      else high = middle;
    }
    return number - 1 + low;
  }
}
