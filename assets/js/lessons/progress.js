// What the browser remembers of lessons: where one was, what is done, what was predicted.

const KEY = "espalier-learn";
const NOTHING = { at: null, done: [], answers: {}, firsts: {} };

export class Progress {
  /** @param {?Storage} storage - null: nothing is kept beyond this page. */
  constructor(storage) {
    this.storage = storage;
    Object.assign(this, { ...NOTHING, done: [], answers: {}, firsts: {} }, this.read());
  }

  read() {
    try {
      const kept = JSON.parse(this.storage?.getItem(KEY) ?? "{}");
      const whole = kept && Array.isArray(kept.done ?? []) && [kept.answers, kept.firsts].every((part) => typeof (part ?? {}) === "object");
      return whole ? kept : {};
    } catch {
      return {}; // another version's, or somebody else's: begin anew
    }
  }

  write() {
    const { at, done, answers, firsts } = this;
    try {
      this.storage?.setItem(KEY, JSON.stringify({ at, done, answers, firsts }));
    } catch {
      // It is there as long as the page is.
    }
  }

  /** A page is on show; the last of a lesson ends it. */
  visit(place, isLast) {
    this.at = place;
    if (isLast && !this.done.includes(place.lesson)) this.done.push(place.lesson);
    this.write();
  }

  /** What was answered to the question of a page; null: nothing. */
  answer({ lesson, page }) {
    return this.answers[`${lesson}.${page}`] ?? null;
  }

  /** What was answered first: once the truth has been seen, it is no prediction any more. */
  first({ lesson, page }) {
    return this.firsts[`${lesson}.${page}`] ?? this.answer({ lesson, page });
  }

  /** @param {?{picked: string, sure: string}} answer - null: it is asked anew. */
  keep({ lesson, page }, answer) {
    const name = `${lesson}.${page}`;
    if (answer) this.answers[name] = answer;
    else delete this.answers[name];
    if (answer) this.firsts[name] ??= answer;
    this.write();
  }
}
