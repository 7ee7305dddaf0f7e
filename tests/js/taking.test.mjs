import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { dataSafe, pageOf, parseTrace } from "../../assets/js/taking/page.js";
import { element, escaped, SvgContext } from "../../assets/js/taking/svg_context.js";
import { entriesOf } from "../../assets/js/taking/key.js";
import { header } from "./synthetic.mjs";
import { Tree } from "../../assets/js/log/tree.js";
import { Visible } from "../../assets/js/log/visible.js";

test("a run goes into the page as data and as nothing else", () => {
  const trace = `${JSON.stringify({ text: "</script><!-- $& $1 \u2028 @@comparison@@ &amp;" })}\n`;
  const page = pageOf("a @@comparison@@ b @@trace@@ c", trace, [{ name: "<b>", flops: 1 }]);
  const [, comparison, text] = /^a (.*) b (.*)\n c$/s.exec(page);
  assert.ok(!/[<>&\u2028]/.test(comparison + text));
  assert.deepEqual(JSON.parse(comparison), [{ name: "<b>", flops: 1 }]);
  assert.deepEqual(parseTrace(text), parseTrace(trace));
  assert.equal(dataSafe('"plain é 中"'), '"plain é 中"');
});

/** Measures five pixels for each letter; the middle of a line lies four above its base. */
const ruler = () => ({
  textBaseline: "alphabetic",
  measureText(text) {
    return { width: 5 * text.length, fontBoundingBoxAscent: this.textBaseline === "middle" ? 6 : 10 };
  },
});
const drawn = (act) => {
  const ctx = new SvgContext(ruler());
  act(ctx);
  return String(ctx);
};

test("text is escaped, and what XML has no place for is replaced", () => {
  assert.equal(escaped('<a b="c">&\0\u0008\ud800\uffff🌳'), "&lt;a b=&quot;c&quot;&gt;&amp;\ufffd\ufffd\ufffd\ufffd🌳");
  assert.equal(element("g", { x: 1.23456, y: null, z: "<" }), '<g x="1.23" z="&lt;"/>');
});

test("lines and areas become paths with the style of the moment", () => {
  const svg = drawn((ctx) => {
    ctx.strokeStyle = "#111111";
    ctx.lineWidth = 2;
    ctx.setLineDash([4, 3]);
    ctx.beginPath();
    ctx.moveTo(0, 1);
    ctx.lineTo(10, 1);
    ctx.bezierCurveTo(1, 2, 3, 4, 5, 6);
    ctx.stroke();
    ctx.globalAlpha = 0.5;
    ctx.fillStyle = "#222222";
    ctx.fillRect(1, 2, 3, 4);
  });
  assert.match(svg, /<path d="M0 1L10 1C1 2 3 4 5 6" fill="none" stroke="#111111" stroke-width="2" stroke-dasharray="4 3"\/>/);
  assert.match(svg, /<rect x="1" y="2" width="3" height="4" fill="#222222" opacity="0.5"\/>/);
});

test("a whole circle is two arcs that close", () => {
  const svg = drawn((ctx) => {
    ctx.beginPath();
    ctx.arc(10, 10, 5, 0, 2 * Math.PI);
    ctx.fill();
  });
  assert.match(svg, /d="M15 10A5 5 0 0 1 5 10A5 5 0 0 1 15 10Z"/);
});

test("a corner is rounded as a canvas rounds it", () => {
  const svg = drawn((ctx) => {
    ctx.beginPath();
    ctx.moveTo(0, 0);
    ctx.arcTo(10, 0, 10, 10, 4);
    ctx.lineTo(10, 10);
    ctx.stroke();
  });
  assert.match(svg, /d="M0 0L6 0A4 4 0 0 1 10 4L10 10"/);
});

/** The module and all that it imports, as their texts. */
function sources(module, found = new Map()) {
  if (found.has(module.href)) return found;
  found.set(module.href, readFileSync(module, "utf8"));
  for (const [, address] of found.get(module.href).matchAll(/^import [^;]*from "([^"]+)";/gm))
    sources(new URL(address, module), found);
  return found;
}

test("whatever the painter asks of a canvas, the drawing can do", () => {
  const asked = new Set();
  for (const source of sources(new URL("../../assets/js/picture/painter.js", import.meta.url)).values())
    for (const [, name] of source.matchAll(/\bctx\.(\w+)/g)) asked.add(name);
  assert.ok(asked.size > 20);
  const ctx = new SvgContext(ruler());
  // What is only made elsewhere: pictures of marks, for which a drawing has marks of its own.
  const sprites = new Set(["drawImage", "scale", "translate"]);
  assert.deepEqual([...asked].filter((name) => !(name in ctx) && !sprites.has(name)), []);
});

test("words stand where a canvas would put them, and stay words", () => {
  const svg = drawn((ctx) => {
    ctx.font = "600 13px system-ui";
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText("a < b", 10, 20);
    ctx.direction = "rtl";
    ctx.textAlign = "left";
    ctx.fillText("שלום", 1, 2);
  });
  assert.match(svg, /<text x="10" y="24" font-size="13" font-weight="600" text-anchor="middle" fill="#000000">a &lt; b<\/text>/);
  assert.match(svg, /<text x="1" [^>]*text-anchor="end" direction="rtl"[^>]*>שלום<\/text>/);
});

test("a canvas can be left as it was found", () => {
  const svg = drawn((ctx) => {
    ctx.save();
    ctx.fillStyle = "#ff0000";
    ctx.setLineDash([1]);
    ctx.restore();
    ctx.fillRect(0, 0, 1, 1);
    ctx.strokeRect(0, 0, 1, 1);
  });
  assert.ok(!svg.includes("#ff0000") && !svg.includes("dasharray"));
});

test("the key has what is to be seen, and no more", () => {
  const log = [
    header({}),
    { kind: "sampled", id: "0", text: "a", tokens: 1, logprob: -1 },
    { kind: "sampled", id: "1", text: "b", tokens: 1, logprob: -1 },
    { kind: "decided", round: 1, rule: "top_k", why: "So.", kept: [["0"]], pruned: [["1"]] },
  ].map((event, seq) => ({ ...event, seq, t: 0 }));
  const tree = Tree.fromEvents(log);
  const spec = (label) => ({ label, symbol: "square" });
  const palette = { states: { kept: spec("Kept"), pruned: spec("Pruned"), completed: spec("Answer") }, grades: {} };
  const words = (mode) => entriesOf(tree, new Visible(tree, mode, new Set()), palette).map((entry) => entry.words);
  assert.deepEqual(words("dim"), ["Kept 1", "Pruned 1"]);
  assert.deepEqual(words("hide"), ["Kept 1"]);
});
