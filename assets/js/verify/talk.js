// Verify: asks the server, and says what it refuses.

const ASKED_HERE = { "X-Espalier": "verify" };

/** The answer of the server as values; throws its sentence where it refuses. */
export async function ask(address, options = {}) {
  const reply = await fetch(address, { ...options, headers: { ...ASKED_HERE, ...options.headers } });
  const text = await reply.text();
  let values = null;
  try {
    values = JSON.parse(text);
  } catch {
    throw new Error(text.slice(0, 300) || "The server does not answer. Try again.");
  }
  if (!reply.ok) throw new Error(values.why ?? "The server refused this.");
  return values;
}

/** An element with attributes and children; texts become text nodes. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Who is asked last is answered: an older question is given up when a newer one comes.
 * @returns {(question: (signal: AbortSignal) => Promise) => Promise} resolves to null where given up.
 */
export function newest() {
  let running = null;
  return async (question) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const answer = await question(mine.signal);
      return mine.signal.aborted ? null : answer;
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    } finally {
      if (running === mine) running = null;
    }
  };
}
