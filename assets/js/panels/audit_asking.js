// Asks the server what the cuts of a run cost. The work is a job of its own there: it is begun, asked
// how it stands, and stopped.

const ASKED_HERE = { "X-Espalier": "explore" };

/**
 * @param {string} address - of the app's `audit/`.
 * @param {"start"|"state"|"stop"} act
 * @param {string} name - a run's id to start, the job's otherwise.
 * @returns {Promise<{id: string, state: string, before: number, said: string, audit: ?Object}>}
 * @throws {Error} with a sentence for the visitor.
 */
export async function askAudit(address, act, name) {
  const method = act === "state" ? "GET" : "POST";
  let reply;
  try {
    reply = await fetch(`${address}${act}/${encodeURIComponent(name)}`, { method, headers: ASKED_HERE });
  } catch (error) {
    console.warn(error);
    throw new Error("The server did not answer. Try again.");
  }
  const values = await reply.json().catch(() => ({}));
  if (!reply.ok) throw new Error(values.why ?? "The server refused this. Try again in a minute.");
  return values;
}
