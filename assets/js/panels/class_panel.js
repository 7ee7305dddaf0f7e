// A class, above everything: opened or joined, led or followed, asked and revealed.

import { ClassQuestion } from "./class_question.js";
import { copyText } from "../dom/sharing.js";
import { fill, h, setText, uniqueId } from "../dom/dom.js";
import { plural } from "../words/format.js";
import { tellPage } from "../dom/standing.js";

const COPY = "Copy class link";
const SAID_MS = 2000;
const ASKING = "To ask, select the problem or a step from which two branches or more go out.";
const SPOILT = "Everybody sees the end: go back in the timeline before you ask.";
const ASKED = "All are asked: which branch would you keep?";

/** Where the page is, as one types it: whoever sees a code on a wall has no link to press. */
const hereWords = () => `${location.host}${location.pathname}`.replace(/\/$/, "");

export class ClassPanel {
  /** @param {{actions: import("./list.js").Actions}} given */
  constructor({ actions }) {
    this.attending = actions.attending;
    this.copied = "";
    this.bar = h("div", { class: "esp-class-bar" });
    this.trouble = h("p", { class: "esp-class-trouble", role: "alert" });
    this.spoken = h("p", { class: "esp-sr", "aria-live": "polite" });
    this.question = new ClassQuestion(this.attending, (text) => setText(this.spoken, text));
    this.element = h(
      "section",
      { class: "esp-class", "aria-label": "Class", hidden: true },
      this.trouble,
      this.bar,
      this.question.element,
      this.spoken,
    );
    this.drawn = "";
  }

  update() {
    const { attending } = this;
    const { session, lobby, role } = attending;
    this.element.hidden = !role && !lobby && !session.trouble;
    this.element.dataset.role = role ?? (lobby ? "lobby" : "none");
    this.element.dataset.asking = String(Boolean(attending.question));
    setText(this.trouble, session.trouble);
    this.trouble.hidden = !session.trouble;
    const shown = role === "teacher" ? this.teacher() : role === "pupil" ? this.pupil() : this.lobby();
    if (shown.key !== this.drawn) this.draw(shown);
    // Most who press Class have a code before them: what they type goes there, and is no shortcut.
    if (lobby && !this.welcomed) this.bar.querySelector("[name=code]").focus();
    this.welcomed = lobby;
    this.question.update();
    this.tellPage();
  }

  tellPage() {
    const { hidden, dataset } = this.element;
    const asking = this.attending.question ? (this.question.element.hidden ? "led" : "listed") : null;
    tellPage(this.element, { class: hidden ? null : dataset.role, asking });
  }

  /** What has the focus keeps it, where it is still there. */
  draw({ key, parts }) {
    const name = this.bar.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    this.drawn = key;
    fill(this.bar, parts());
    if (name) (this.bar.querySelector(`[data-name="${name}"]:not(:disabled)`) ?? this.bar.querySelector("button:not(:disabled)"))?.focus();
  }

  dispose() {
    clearTimeout(this.telling);
  }

  /** For a moment the button says what came of it, also where all is drawn anew meanwhile. */
  tellCopied(word) {
    const tell = (copied) => {
      this.copied = copied;
      this.attending.explorer.refreshNow();
    };
    tell(word);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => tell(""), SAID_MS);
  }

  lobby() {
    const { attending } = this;
    return {
      key: `lobby|${attending.lobby}`,
      parts: () => {
        if (!attending.lobby) return [press("close", "Close", () => this.dismiss())];
        const id = uniqueId("class-code");
        const code = h("input", { id, class: "esp-class-field", name: "code", size: "8", maxlength: "12", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
        const join = (event) => {
          event.preventDefault();
          attending.join(code.value);
        };
        return [
          h(
            "div",
            { class: "esp-class-way" },
            press("open", "Open a class", () => attending.open()),
            h("span", { class: "esp-quiet", text: "Others follow this page by a short code. No accounts, no names, nothing is kept." }),
          ),
          h(
            "form",
            { class: "esp-class-way", on: { submit: join } },
            h("label", { for: id, text: "or join one by its code" }),
            code,
            h("button", { type: "submit", class: "esp-button", text: "Join", "data-name": "join" }),
          ),
          press("close", "Close", () => attending.toggleLobby()),
        ];
      },
    };
  }

  dismiss() {
    this.attending.session.trouble = "";
    this.attending.explorer.refreshNow();
  }

  teacher() {
    const { attending } = this;
    const { session, question } = attending;
    const following = session.state?.following ?? 0;
    const asking = Boolean(question);
    const can = !asking && attending.askable();
    const key = `teacher|${session.code}|${following}|${session.connected}|${asking}|${Boolean(question?.counts)}|${question?.answered}|${Boolean(can)}|${attending.atEnd}|${this.copied}`;
    return {
      key,
      parts: () => [
        h("p", { class: "esp-class-code" }, h("span", { class: "esp-quiet", text: "Class " }), h("strong", { "aria-hidden": true, text: session.code }), h("span", { class: "esp-sr", text: [...session.code].join(" ") })),
        h("p", { class: "esp-quiet", text: `Open ${hereWords()}, press Class, type the code.` }),
        h("p", { class: "esp-class-following", text: session.connected ? `${plural(following, "page")} joined` : "Connecting …" }),
        !asking && !can && h("p", { class: "esp-quiet", text: ASKING }),
        !asking && attending.atEnd && h("p", { class: "esp-quiet", text: SPOILT }),
        asking && !question.counts && h("p", { text: ASKED }),
        asking && !question.counts && h("p", { class: "esp-class-answered" }, h("strong", { text: String(question.answered) }), question.answered === 1 ? " has chosen" : " have chosen"),
        h(
          "div",
          { class: "esp-class-buttons" },
          !asking && press("ask", "Ask here", () => attending.ask(), { disabled: !can, title: can ? "Which of the selected step's branches shall it be? Everybody sees the moment before they are judged." : "Select the problem, or a step, that has two branches or more." }),
          asking && !question.counts && press("reveal", "Reveal", () => attending.reveal()),
          asking && press("go-on", question.counts ? "Go on" : "Take back", () => attending.goOn()),
          press("copy", this.copied || COPY, async () => this.tellCopied((await copyText(attending.link())) ? "Copied" : "Not allowed")),
          press("end", "End class", () => attending.end()),
        ),
      ],
    };
  }

  pupil() {
    const { attending } = this;
    const { session, away, waiting } = attending;
    const said = !session.state || !session.connected ? "Connecting to the class …" : away && attending.asking ? "The teacher asks something meanwhile." : away ? "You look around by yourself." : waiting ? "The run is on its way …" : "You follow the teacher.";
    return {
      key: `pupil|${session.code}|${said}`,
      parts: () => [
        h("p", { class: "esp-class-following" }, h("span", { class: "esp-quiet", text: `Class ${session.code} ` }), said),
        h(
          "div",
          { class: "esp-class-buttons" },
          away && press("back", "Back to the teacher", () => attending.back(), { class: "esp-button esp-class-main" }),
          press("leave", "Leave", () => attending.leave()),
        ),
      ],
    };
  }
}

const press = (name, text, act, attributes = {}) =>
  h("button", { ...{ type: "button", class: "esp-button", "data-name": name, text, on: { click: (event) => act(event.currentTarget) } }, ...attributes });
