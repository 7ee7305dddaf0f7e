// The name with which a person signs what they do, where they have given one: kept in this browser alone.

import { storage } from "./storage.js";

const KEY = "espalier-author";

/** "" where nobody has given one. */
export const nameOfPerson = () => storage()?.getItem(KEY) ?? "";

/** @param {string} name */
export function namePerson(name) {
  storage()?.setItem(KEY, name);
}
