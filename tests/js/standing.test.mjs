import assert from "node:assert/strict";
import { test } from "node:test";

import { tellPage } from "../../assets/js/dom/standing.js";

class Column {
  attributes = new Map();

  getAttribute = (name) => this.attributes.get(name) ?? null;

  setAttribute = (name, value) => this.attributes.set(name, value);

  removeAttribute = (name) => this.attributes.delete(name);
}

const within = (column) => ({ closest: (where) => (where === ".contain > .column" ? column : null) });

test("the page's column has what stands on it, and has it no more once it is gone", () => {
  const column = new Column();
  tellPage(within(column), { notice: "error", warnings: true, class: null });
  assert.deepEqual([...column.attributes], [["data-notice", "error"], ["data-warnings", ""]]);
  tellPage(within(column), { notice: "", warnings: false });
  assert.deepEqual([...column.attributes], []);
});

test("what stands on no page of the app tells nobody", () => {
  tellPage(within(null), { notice: "info" });
});
