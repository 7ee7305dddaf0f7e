// One page's part in a class: nobody's, the teacher's or a pupil's. It is kept in the tab, so that a
// refresh loses nothing, and nowhere else.

const KEY = "espalier-class";
/** While a teacher drags the cursor, so often at most its place is sent. */
const MOVE_MS = 100;

export class ClassSession {
  /**
   * @param {import("./wire.js").Wire} wire
   * @param {?Storage} store - the tab's.
   * @param {() => void} changed - something of what is below is another.
   */
  constructor(wire, store, changed) {
    Object.assign(this, { wire, store, changed });
    this.forget();
    /** What went wrong last, in a sentence; "": nothing. */
    this.trouble = "";
  }

  forget() {
    /** @type {?("teacher"|"pupil")} */
    this.role = null;
    this.code = "";
    this.token = "";
    /** What the server told last; null: nothing yet. */
    this.state = null;
    /** @type {?{number: number, place: number}} what this pupil has chosen. */
    this.choice = null;
    this.connected = false;
    this.sent = "";
    this.stand(null);
    /** What is done waits for what was done before it; another class has another line. */
    this.line = { last: Promise.resolve() };
    this.moving = false;
    this.stop?.();
    this.stop = null;
  }

  /** Go on with what this tab was part of; `code`: only if it is this class. Whether it was. */
  resume(code = "") {
    const kept = this.read();
    if (!kept || (code && kept.code !== code)) return false;
    Object.assign(this, kept);
    this.listen();
    return true;
  }

  /** Open a class at this place. */
  open(place) {
    return this.once(async () => {
      const { code, token } = await this.wire.post("open", "", place);
      this.begin("teacher", code, token);
      this.sent = JSON.stringify(place);
    });
  }

  /** Join the class of a code, as it was typed. */
  join(code) {
    return this.once(async () => {
      const told = await this.wire.post(`${encodeURIComponent(code.trim() || "?")}/join`, "");
      this.begin("pupil", told.code, told.token);
    });
  }

  /** Pressed again while the server has not answered yet, it is the same class. */
  once(act) {
    this.beginning ??= this.tried(act).finally(() => (this.beginning = null));
    return this.beginning;
  }

  begin(role, code, token) {
    this.forget();
    Object.assign(this, { role, code, token });
    this.write();
    this.listen();
  }

  listen() {
    this.stop = this.wire.follow(this.code, this.token, {
      told: (state) => this.told(state),
      lost: () => this.lose(),
      refused: (error) => this.over(error),
    });
  }

  told(state) {
    if (state.over) {
      this.leave(this.role === "pupil" ? state.over : "");
      return;
    }
    // What was sent while there was no connection may have been lost.
    if (!this.connected && this.state) this.sent = "";
    this.connected = true;
    this.state = state;
    if (this.choice && state.question?.number !== this.choice.number) this.choice = null;
    this.changed();
  }

  lose() {
    this.connected = false;
    this.changed();
  }

  /** The class will not have this page: it has ended, or a pupil was away for too long. */
  over(error) {
    const { role, code } = this;
    if (role === "pupil" && error.status === 403) this.join(code);
    else this.leave(role === "pupil" ? "The class has ended." : error.message);
  }

  /** This page is part of no class any more. */
  leave(why = "") {
    this.forget();
    this.trouble = why;
    this.store?.removeItem(KEY);
    this.changed();
  }

  // The teacher -------------------------------------------------------------------------------

  /** The teacher is here now; only the newest place is sent, and not too often. */
  move(place) {
    const last = this.wanted ? JSON.stringify(this.wanted) : this.sent;
    if (this.role !== "teacher" || JSON.stringify(place) === last) return;
    this.wanted = place;
    if (!this.moving) this.timer ??= setTimeout(() => this.send(), this.sent ? MOVE_MS : 0);
  }

  async send() {
    const place = this.stand(this.wanted);
    const { line } = this;
    this.moving = true;
    await this.act("move", place);
    if (line !== this.line) return;
    this.moving = false;
    if (this.wanted) this.timer ??= setTimeout(() => this.send(), MOVE_MS);
  }

  /** This place is about to be sent, and none waits any more. */
  stand(place) {
    clearTimeout(this.timer);
    this.timer = null;
    this.wanted = null;
    if (place) this.sent = JSON.stringify(place);
    return place;
  }

  /** Ask which of these branches it shall be, at that place. */
  ask(node, options, place) {
    return this.acts([["move", this.stand(place)], ["ask", { node, options }]]);
  }

  reveal() {
    return this.act("reveal");
  }

  goOn() {
    return this.act("go_on");
  }

  async end() {
    if (await this.act("end")) this.leave();
  }

  // Pupils ------------------------------------------------------------------------------------

  /** Choose a branch by its place among the options; another choice takes its place. */
  async choose(place) {
    const { question } = this.state ?? {};
    if (this.role !== "pupil" || !question || question.counts || this.chosen === place) return;
    const before = this.choice;
    this.choice = { number: question.number, place };
    this.changed();
    const done = await this.act("choose", { question: question.number, choice: place });
    if (!done && this.choice?.place === place) this.choice = before;
    this.write();
    this.changed();
  }

  /** What this pupil has chosen at the question that is asked; null: nothing. */
  get chosen() {
    return this.choice && this.choice.number === this.state?.question?.number ? this.choice.place : null;
  }

  /** Whether it was done. */
  act(name, values) {
    return this.acts([[name, values]]);
  }

  /** Whether all of it was done. The server hears of one act after the other, in the order in which they were done. */
  acts(steps) {
    const { line, code, token } = this;
    const sendAll = async () => {
      for (const [name, values] of steps) await this.wire.post(`${code}/${name}`, token, values);
    };
    line.last = line.last.then(() => line === this.line && this.tried(sendAll));
    return line.last;
  }

  async tried(act) {
    const before = this.trouble;
    this.trouble = "";
    try {
      await act();
      if (before) this.changed();
      return true;
    } catch (error) {
      this.trouble = error.message;
      this.changed();
      return false;
    }
  }

  read() {
    try {
      const { role, code, token, choice = null } = JSON.parse(this.store?.getItem(KEY) ?? "null") ?? {};
      return ["teacher", "pupil"].includes(role) && code && token ? { role, code, token, choice } : null;
    } catch (error) {
      console.info("What this tab knows of a class cannot be read.", error);
      return null;
    }
  }

  write() {
    const { role, code, token, choice } = this;
    try {
      this.store?.setItem(KEY, JSON.stringify({ role, code, token, choice }));
    } catch (error) {
      console.info("This tab cannot keep its class: a refresh leaves it.", error);
    }
  }
}
