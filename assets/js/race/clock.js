// What a run has spent after each of its events, and where it is once so much is spent.
// `search_core/race/clock.py` is the same in Python; a test holds them against each other. Pure.

export const CLOCKS = ["tokens", "flops", "seconds"];

export class LaneClock {
  constructor() {
    this.after = Object.fromEntries(CLOCKS.map((name) => [name, []]));
    /** Of the calls that are accounted for, and of the steps since then by what they say themselves. */
    this.spent = { tokens: 0, flops: 0 };
    this.fresh = { tokens: 0, flops: 0 };
    /** Tokens of steps that were taken over from an earlier run: written there, paid for there. */
    this.again = 0;
  }

  get length() {
    return this.after.tokens.length;
  }

  /** Take a log's newest events into account; each is looked at once. */
  extend(events) {
    for (let index = this.length; index < events.length; index += 1) this.take(events[index]);
  }

  take(event) {
    const { spent, fresh } = this;
    if (event.kind === "spent") {
      spent.tokens += event.generated ?? 0;
      spent.flops += (event.solver_flops ?? 0) + (event.verifier_flops ?? 0);
      fresh.tokens = fresh.flops = 0;
    } else if (event.kind === "sampled") {
      if (event.again) this.again += event.tokens;
      else fresh.tokens += event.tokens;
      fresh.flops += event.flops ?? 0;
    } else if (event.kind === "scored") fresh.flops += event.flops ?? 0;
    this.add("tokens", this.again + spent.tokens + fresh.tokens);
    this.add("flops", spent.flops + fresh.flops);
    this.add("seconds", event.t);
  }

  /** A clock never goes back: the steps' own figures may say a little more than their call's. */
  add(name, value) {
    const after = this.after[name];
    after.push(Math.max(value, after.at(-1) ?? 0));
  }

  /** What is spent after the first `cursor` events. */
  at(name, cursor) {
    return cursor > 0 ? this.after[name][cursor - 1] : 0;
  }

  end(name) {
    return this.at(name, this.length);
  }

  /** How many events have happened once so much is spent. */
  cursor(name, value) {
    const after = this.after[name];
    let [low, high] = [0, after.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (after[middle] <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
