// Search in the texts of the steps. The log only grows, so what was searched is not searched again.

/** Case and the width of spaces do not matter. */
const folded = (text) => text.toLowerCase().replace(/\s+/g, " ");

export class Finder {
  constructor() {
    this.clear();
  }

  clear() {
    this.text = "";
    this.begin();
  }

  /** Search from the start: another text is looked for, or another log. */
  begin() {
    this.searched = 0;
    /** Ids of the steps that say it, in the order of writing, and the numbers of their events. */
    this.ids = [];
    this.numbers = [];
  }

  /** Look for this text; "": for nothing. */
  look(text) {
    const wanted = folded(text).trim();
    if (wanted === this.text) return;
    this.text = wanted;
    this.begin();
  }

  /** Ids of the steps among the first `cursor` events that say it. */
  upTo(events, cursor) {
    if (!this.text) return [];
    for (; this.searched < events.length; this.searched += 1) {
      const event = events[this.searched];
      if (event.kind !== "sampled" || !folded(event.text).includes(this.text)) continue;
      this.ids.push(event.id);
      this.numbers.push(this.searched);
    }
    let end = this.ids.length;
    while (end > 0 && this.numbers[end - 1] >= cursor) end -= 1;
    return end === this.ids.length ? this.ids : this.ids.slice(0, end);
  }
}
