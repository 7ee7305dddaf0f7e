// Texts of real models with their structure: headings, lists, tables, code, maths. markdown-it
// reads it and nothing but what it found becomes elements, from a short list, with text nodes in
// them: markup in a text stays text, a link is its words and its address, a picture its words.

import { splitMaths, writeMaths } from "./maths.js";
import { h } from "./dom.js";

/** Longer texts are shown as they are: reading their structure would hold up the page. */
const MOST_READ = 30000;
/** What Markdown gives structure: a mark of its own, or more than one line. */
const STRUCTURED = /\n|[*_`#>|~]|^\s*(?:[-+•]|\d+[.)])\s|\]\(/;
const TAGS = new Set(
  "p ul ol li blockquote strong em s code pre table thead tbody tr th td br hr".split(" "),
);
const OPTIONS = { html: false, linkify: false, typographer: false, breaks: true };
/** A formula keeps its place in the text as its number between two letters that nobody writes. */
const HELD = /\uE000(\d+)\uE001/g;
const HOLDERS = /[\uE000\uE001]/g;

/** What an element is waiting to show: it may be asked for another text meanwhile. */
const latest = new WeakMap();
let folder = "";
let loading = null;
let reader = null;

/** Tell where markdown-it lies: the URL of the folder with markdown-it.umd.min.js. */
export function setMarkdownFolder(url) {
  folder = url;
}

/**
 * Write a text into an element, with its structure and its maths as soon as what reads them is
 * there. Until then, and where that does not come, it is the plain text.
 */
export function writeStructured(element, text) {
  latest.delete(element);
  element.classList.remove("esp-structured");
  writeMaths(element, text);
  if (!STRUCTURED.test(text) || text.length > MOST_READ) return;
  const show = (markdown) => {
    element.classList.add("esp-structured");
    element.replaceChildren(...structure(markdown, text));
  };
  if (reader) {
    show(reader);
    return;
  }
  latest.set(element, text);
  load().then((made) => {
    if (made && latest.get(element) === text) show(made);
  });
}

function structure(markdown, text) {
  const formulas = [];
  const held = splitMaths(text.replace(HOLDERS, ""))
    .map((part) => (part.maths ? hold(formulas, part) : part.text))
    .join("");
  const root = h("div", {});
  build(root, markdown.parse(held, {}), formulas);
  return [...root.childNodes];
}

function hold(formulas, part) {
  formulas.push(part);
  return `\uE000${formulas.length - 1}\uE001`;
}

/** Tokens open and close elements in turn; what has no element here adds its contents alone. */
function build(root, tokens, formulas) {
  const open = [root];
  for (const token of tokens) {
    const top = open.at(-1);
    if (token.nesting > 0) {
      const element = elementFor(token);
      if (!token.hidden) top.append(element);
      open.push(token.hidden ? top : element);
    } else if (token.nesting < 0) open.pop();
    else leaf(top, token, formulas);
  }
}

function elementFor({ tag, type, attrs }) {
  if (type === "heading_open") return h("p", { class: "esp-md-heading" });
  if (type === "link_open") return h("span", { class: "esp-md-link", title: addressOf(attrs) });
  const element = h(TAGS.has(tag) ? tag : "span", { dir: tag === "p" || tag === "li" ? "auto" : null });
  if (type === "ordered_list_open" && attrs?.length) element.start = Number(attrs[0][1]) || 1;
  return element;
}

const addressOf = (attrs) => attrs?.find(([name]) => name === "href")?.[1] ?? "";

function leaf(top, token, formulas) {
  const { type, content, children } = token;
  if (type === "inline") build(top, children, formulas);
  else if (type === "text") words(top, content, formulas);
  else if (type === "code_inline") top.append(h("code", { text: restored(content, formulas) }));
  else if (type === "fence" || type === "code_block")
    top.append(h("pre", { dir: "ltr", tabindex: "0" }, h("code", { text: restored(content, formulas).replace(/\n$/, "") })));
  else if (type === "softbreak" || type === "hardbreak") top.append(h("br"));
  else if (type === "hr") top.append(h("hr"));
  else if (type === "image") words(top, content, formulas);
  else if (content) words(top, content, formulas);
}

/** Words with the formulas between them. */
function words(top, content, formulas) {
  for (const [index, piece] of content.split(HELD).entries()) {
    if (index % 2 === 0) top.append(piece);
    else if (formulas[piece]) {
      const formula = h("span", { class: formulas[piece].display ? "esp-md-display" : null });
      writeMaths(formula, formulas[piece].raw);
      top.append(formula);
    }
  }
}

/** In code a formula is what was written. */
const restored = (content, formulas) => content.replace(HELD, (_, number) => formulas[number]?.raw ?? "");

function load() {
  // A page of its own has it inside; another may have none at all.
  if (globalThis.markdownit) reader ??= new globalThis.markdownit(OPTIONS);
  if (reader || !folder) return Promise.resolve(reader);
  loading ??= import(`${folder}markdown-it.umd.min.js`).then(
    () => (reader = globalThis.markdownit ? new globalThis.markdownit(OPTIONS) : null),
    () => null,
  );
  return loading;
}
