// The lessons by number and name. Where ten names do not fit, they are a row of numbers, which a button
// opens as a list; a number that is pointed at, or has the focus, says its name.

import { fill, h, setAttribute } from "../dom/dom.js";
import { queryOf } from "./course.js";

export class LessonList {
  /**
   * @param {HTMLElement} beside - what stands at the end of the row
   * @param {(lesson: number) => void} open
   */
  constructor(beside, open) {
    this.openLesson = open;
    this.list = h("ol", { class: "learn-list", id: "learn-list" });
    this.all = h("button", {
      type: "button",
      class: "esp-button learn-all",
      "aria-label": "All lessons",
      "aria-controls": "learn-list",
      "aria-expanded": "false",
      text: "☰",
      on: { click: () => this.unfold(!this.unfolded) },
    });
    this.element = h("nav", { class: "learn-lessons", "aria-label": "Lessons", on: { keydown: (event) => this.onKey(event) } }, this.all, this.list, beside);
    this.unfold(false);
    // A phone that is turned is another width.
    addEventListener("resize", () => this.lesson && this.centre());
  }

  get unfolded() {
    return this.all.getAttribute("aria-expanded") === "true";
  }

  unfold(unfolded) {
    setAttribute(this.all, "aria-expanded", String(unfolded));
    setAttribute(this.element, "data-unfolded", String(unfolded));
  }

  onKey(event) {
    if (event.key !== "Escape" || !this.unfolded) return;
    event.preventDefault();
    this.unfold(false);
    this.all.focus();
  }

  /**
   * @param {{number: number, title: string, summary: string}[]} lessons
   * @param {{lesson: number}} place - the one that is open @param {number[]} done
   */
  show(lessons, place, done) {
    this.unfold(false);
    fill(this.list, lessons.map((lesson) => this.entry(lesson, lesson.number === place.lesson, done.includes(lesson.number))));
    this.lesson = place.lesson;
    this.centre();
  }

  /** Where the row is too narrow for all of them, it stands at the one that is open. */
  centre() {
    const { offsetLeft, offsetWidth } = this.list.children[this.lesson - 1];
    this.list.scrollLeft = offsetLeft + (offsetWidth - this.list.clientWidth) / 2;
  }

  entry({ number, title, summary }, current, done) {
    return h(
      "li",
      {},
      h(
        "a",
        {
          href: queryOf({ lesson: number, page: 1 }, location.search),
          "aria-current": current ? "page" : null,
          title: summary,
          on: { click: (event) => this.follow(event, number) },
        },
        h("span", { class: "learn-number", "data-done": done, "aria-hidden": "true", text: String(number) }),
        h("span", { class: "learn-name", text: title }),
        done && h("span", { class: "esp-sr", text: " (done)" }),
      ),
    );
  }

  /** The link of a lesson turns to it here; held keys open it elsewhere, as ever. */
  follow(event, lesson) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.openLesson(lesson);
  }
}
