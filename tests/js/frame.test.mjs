// The outer address of a Space follows the inner one, and nobody else hears of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tellFrame } from "../../assets/js/dom/frame.js";

function framed({ ancestorOrigins, referrer = "", search = "?run=abc&node=0.1&__theme=dark&__sign=secret" }) {
  const said = [];
  const view = {
    location: { search, hash: "#here", ancestorOrigins },
    document: { referrer },
    parent: { postMessage: (...message) => said.push(message) },
  };
  return { view, said };
}

test("a Space's page is told the query, without what is secret", () => {
  const { view, said } = framed({ ancestorOrigins: ["https://huggingface.co"] });
  tellFrame(view);
  assert.deepEqual(said, [[{ queryString: "run=abc&node=0.1", hash: "#here" }, "https://huggingface.co"]]);
});

test("a browser that does not name ancestors goes by the referrer", () => {
  const { view, said } = framed({ referrer: "https://huggingface.co/spaces/a/b" });
  tellFrame(view);
  assert.equal(said.length, 1);
});

test("another site hears nothing, nor does a page in no frame", () => {
  for (const given of [
    { ancestorOrigins: ["https://huggingface.co.example.org", "https://huggingface.co"] },
    { referrer: "https://example.org/huggingface.co" },
    { referrer: "" },
  ]) {
    const { view, said } = framed(given);
    tellFrame(view);
    assert.deepEqual(said, []);
  }
  const alone = framed({ ancestorOrigins: [] });
  alone.view.parent = alone.view;
  tellFrame(alone.view);
});
