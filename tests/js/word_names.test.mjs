// What a step's words are called where the picture is a moment behind the timeline.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WordLayer } from "../../assets/js/picture/word_layer.js";

test("a step that the timeline has taken back has no name, until the picture follows", () => {
  const visible = { writing: new Map() };
  const layer = { moment: { tree: { nodes: new Map() }, visible } };
  assert.equal(WordLayer.prototype.nameOf.call(layer, "0.1"), "");
});
