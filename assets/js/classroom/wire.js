// To the server and back: acts are sent one by one, what changes comes as a stream of which only the
// newest message counts.

const HEADERS = { "X-Espalier": "class" };
const TOKEN = "X-Espalier-Class";
/** The server says that the connection stands every 15 seconds. */
const SILENT_MS = 40000;
/** An act that is not answered by then has failed: what was done after it waits. */
const ANSWER_MS = 20000;
const AGAIN_MS = { first: 500, most: 10000 };

/**
 * The newest message of what has come, and the beginning of the next one.
 *
 * @param {string} text - server-sent events, the last one perhaps not whole.
 * @returns {{newest: ?string, rest: string}} `newest`: a message's data; null: none was whole.
 */
export function newestOf(text) {
  const parts = text.split("\n\n");
  const rest = parts.pop();
  const data = parts.findLast((part) => part.startsWith("data: "));
  return { newest: data ? data.slice("data: ".length) : null, rest };
}

export class Wire {
  /**
   * @param {string} address - of the folder under which classes answer.
   * @param {typeof fetch} [fetcher]
   */
  constructor(address, fetcher = (...given) => fetch(...given)) {
    Object.assign(this, { address, fetcher });
  }

  /**
   * @param {string} path - such as "CODE/join".
   * @returns {Promise<Object>} the answer. Rejected with a sentence: `error.status` is 0 where no server answered.
   */
  async post(path, token, values = {}) {
    const headers = { ...HEADERS, [TOKEN]: token, "Content-Type": "application/json" };
    const signal = AbortSignal.timeout?.(ANSWER_MS);
    const reply = await this.ask(path, { method: "POST", headers, body: JSON.stringify(values), signal });
    return reply.json();
  }

  async ask(path, how) {
    let reply;
    try {
      reply = await this.fetcher(new URL(path, this.address), { cache: "no-store", ...how });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw refusal("The server does not answer. Look whether you are connected.", 0);
    }
    if (reply.ok) return reply;
    const { why } = await reply.json().catch(() => ({}));
    throw refusal(why ?? `The server answered ${reply.status}.`, reply.status);
  }

  /**
   * Hear of everything that changes, over lost connections too.
   *
   * @param {{told: (state: Object) => void, lost: () => void, refused: (error: Error) => void}} hear -
   *   `refused`: the class is gone, or will not have us; nothing more is heard.
   * @returns {() => void} ends it.
   */
  follow(code, token, hear) {
    const stopped = new AbortController();
    this.keepFollowing(code, token, hear, stopped.signal);
    return () => stopped.abort();
  }

  async keepFollowing(code, token, hear, signal) {
    let wait = AGAIN_MS.first;
    while (!signal.aborted) {
      try {
        await this.read(code, token, signal, (state) => {
          wait = AGAIN_MS.first;
          hear.told(state);
        });
      } catch (error) {
        if (signal.aborted) return;
        if (error.status >= 400 && error.status < 500 && error.status !== 429) {
          hear.refused(error);
          return;
        }
      }
      if (signal.aborted) return;
      hear.lost();
      // Not all of a class at once.
      await pause(wait * (0.5 + Math.random()));
      wait = Math.min(2 * wait, AGAIN_MS.most);
    }
  }

  async read(code, token, signal, told) {
    const silent = new AbortController();
    const either = AbortSignal.any ? AbortSignal.any([signal, silent.signal]) : signal;
    const reply = await this.ask(`${code}/events`, { headers: { ...HEADERS, [TOKEN]: token }, signal: either });
    const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const timer = setTimeout(() => silent.abort(), SILENT_MS);
      const { value, done } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      const found = newestOf(rest + value);
      ({ rest } = found);
      if (found.newest) told(JSON.parse(found.newest));
    }
  }
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const refusal = (why, status) => Object.assign(new Error(why), { status });
