// Which page of which lesson is on show, and what the address says of it. Pure.

/** What a teacher may hide with `?hide=`, and what that is. */
export const HIDEABLE = {
  lessons: "the list of lessons",
  question: "questions",
  score: "the score of what was predicted",
  tally: "the votes",
  legend: "the key to the picture",
  noise: "the slider of noise",
  rollouts: "the rollouts that are written now",
  cost: "what a search costs",
  share: "the share of rollouts that arrive",
  timeline: "the timeline",
  text: "the tree as text",
  source: "where it comes from",
  test: "the test before and after",
};

/**
 * @typedef {Object} Place
 * @property {number} lesson - from 1.
 * @property {number} page - from 1.
 */

export class Course {
  /** @param {{number: number, title: string, pages: Object[]}[]} lessons - as the server sends them. */
  constructor(lessons) {
    this.lessons = lessons;
  }

  /** @param {Place} place */
  page({ lesson, page }) {
    return this.lessons[lesson - 1].pages[page - 1];
  }

  pagesOf(lesson) {
    return this.lessons[lesson - 1].pages.length;
  }

  has({ lesson, page }) {
    return Boolean(this.lessons[lesson - 1]?.pages[page - 1]);
  }

  /** The place so many pages further, over the ends of lessons; null: there is none. */
  beside({ lesson, page }, by) {
    if (this.has({ lesson, page: page + by })) return { lesson, page: page + by };
    if (!this.lessons[lesson - 1 + by]) return null;
    return { lesson: lesson + by, page: by > 0 ? 1 : this.pagesOf(lesson + by) };
  }

  /** Terms that this page, or one before it, has introduced. @returns {Set<string>} */
  known({ lesson, page }) {
    const before = this.lessons.slice(0, lesson).flatMap(({ pages }, index) => (index + 1 === lesson ? pages.slice(0, page) : pages));
    return new Set(before.flatMap(({ introduces }) => introduces ?? []));
  }

  isLast({ lesson, page }) {
    return page === this.pagesOf(lesson);
  }

  /**
   * The place that an address names; a lesson alone is its first page.
   *
   * @param {string} search - the address's query.
   * @returns {{place: ?Place, notice: string}} null: it names none; what is wrong with it, else "".
   */
  asked(search) {
    const query = new URLSearchParams(search);
    if (!query.has("lesson")) return { place: null, notice: "" };
    const place = { lesson: Number(query.get("lesson")), page: Number(query.get("page") ?? 1) };
    if (this.has(place)) return { place, notice: "" };
    const first = this.lessons[place.lesson - 1];
    const notice = first
      ? `Lesson ${place.lesson} has ${first.pages.length} pages; the link asks for another one.`
      : `There are ${this.lessons.length} lessons; the link asks for another one.`;
    return { place: first ? { lesson: place.lesson, page: 1 } : null, notice };
  }

  /** Every question whose answer counts, with its place, in the order of reading. */
  questions() {
    return this.lessons.flatMap(({ pages }, at) =>
      pages.flatMap(({ question }, index) =>
        question?.sure ? [{ lesson: at + 1, page: index + 1, question }] : [],
      ),
    );
  }
}

/** The query that names a place; whatever else the address says stays. */
export function queryOf({ lesson, page }, search) {
  const query = new URLSearchParams(search);
  query.set("lesson", String(lesson));
  query.set("page", String(page));
  return `?${query}`;
}

/**
 * What is to be hidden.
 *
 * @param {string} search - the address's query.
 * @returns {{hidden: Set<string>, notice: string}} what is wrong with it, else "".
 */
export function hiddenBy(search) {
  const asked = (new URLSearchParams(search).get("hide") ?? "").split(",").filter(Boolean);
  const unknown = asked.filter((name) => !Object.hasOwn(HIDEABLE, name));
  const notice = unknown.length
    ? `Nothing here is called ${unknown.join(", ").slice(0, 60)}; ?hide= knows ${Object.keys(HIDEABLE).join(", ")}.`
    : "";
  return { hidden: new Set(asked.filter((name) => Object.hasOwn(HIDEABLE, name))), notice };
}
