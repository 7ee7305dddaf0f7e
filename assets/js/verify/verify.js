// Verify: asks for a report, says how it is getting on, and shows it below the form.

import { mountHeader } from "../dom/header.js";
import { ask } from "./talk.js";

const ASKING_MS = 700;
const MOST_BYTES = 16_000_000;
const SHIPPED = { name: "embedded", title: "The embedded verifiers" };

const at = (id) => document.getElementById(id);
const form = at("ask");
const frame = at("report");
const section = document.querySelector(".report");
let job = null;
let title = "";

const chosen = () => form.elements.source.value;

mountHeader();

/** Only what belongs to the chosen source is asked for. */
function follow() {
  for (const part of form.querySelectorAll("[data-source]")) part.hidden = part.dataset.source !== chosen();
  const models = [...form.querySelectorAll("[name=judge]:not([value=columns])")];
  if (chosen() === "drawn" && !models.some((box) => box.checked))
    for (const box of form.querySelectorAll("[data-first]")) box.checked = true;
}

/** What is asked for, as a query; throws a sentence where something is missing. */
function query() {
  const asked = new URLSearchParams();
  const judges = [...form.querySelectorAll("[name=judge]:checked")].filter((box) => !box.closest("[hidden]"));
  if (!judges.length) throw new Error("Choose whose scores are judged: tick at least one box.");
  asked.set("judges", judges.map(({ value }) => value).join(","));
  const threshold = at("threshold");
  if (!threshold.validity.valid) throw new Error("The threshold is no number from 0 to 1.");
  if (threshold.value) asked.set("threshold", threshold.value);
  if (chosen() === "drawn") {
    const { value, max } = at("problems");
    if (!/^[0-9]+$/.test(value) || Number(value) < 1 || Number(value) > Number(max))
      throw new Error(`The number of problems is ${value || "missing"}; expected 1 to ${max}.`);
    asked.set("problems", value);
    return asked;
  }
  const [file] = at("file").files;
  if (!file) throw new Error("Choose a file first.");
  if (file.size > MOST_BYTES) throw new Error("This file is too large: at most 16 MB are taken. Bring fewer rows.");
  asked.set("name", file.name);
  if (at("kind").value) asked.set("kind", at("kind").value);
  return asked;
}

function refuse(why) {
  at("mistake").textContent = why;
  at("mistake").hidden = !why;
  if (why) at("mistake").scrollIntoView({ block: "nearest" });
}

function say(what) {
  at("state").textContent = what;
}

function working(on) {
  at("make").disabled = on;
  at("stop").hidden = !on;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse("");
  try {
    const asked = query();
    const [file] = at("file").files;
    const body = chosen() === "file" ? file : null;
    title = body ? file.name : "Attempts of the embedded solver";
    working(true);
    say(body ? "Sending the file…" : "Asking…");
    at("state").scrollIntoView({ block: "nearest" });
    job = (await ask(`upload?${asked}`, { method: "POST", body })).id;
    await watch();
  } catch (error) {
    working(false);
    say("");
    refuse(error.message);
  }
});

/** Ask how it stands until it is over. */
async function watch() {
  for (;;) {
    const told = await ask(`state/${job}`);
    if (told.state === "waiting") say(told.before ? `Waiting: ${told.before} before yours.` : "Beginning…");
    else if (told.state === "running") say(told.said || "Reading…");
    else return end(told);
    await new Promise((resolve) => setTimeout(resolve, ASKING_MS));
  }
}

function end(told) {
  working(false);
  say(told.state === "stopped" ? "Stopped." : told.state === "done" ? "The report is below." : "");
  if (told.state === "failed") refuse(told.said);
  if (told.state !== "done") return;
  show(told.id, title);
  section.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

at("stop").addEventListener("click", async () => {
  try {
    await ask(`stop/${job}`, { method: "POST" });
  } catch (error) {
    refuse(error.message);
  }
});

function show(name, called) {
  section.hidden = false;
  at("report-name").textContent = called;
  frame.src = `report/${name}`;
  at("alone").href = at("save").href = `report/${name}`;
  at("figures").href = `report/${name}.json`;
  at("back").hidden = name === SHIPPED.name || !frame.dataset.shipped;
}

at("back").addEventListener("click", () => show(SHIPPED.name, SHIPPED.title));

/** The report is as tall as it is long, and has the page's theme. */
function fit() {
  const root = frame.contentDocument?.documentElement;
  if (!root?.querySelector("main")) return;
  const dark = document.documentElement.classList.contains("dark");
  root.classList.toggle("dark", dark);
  root.classList.toggle("light", !dark);
  // The margins around it, too: else the wheel turns in the frame first, by those few lines.
  const height = `${Math.ceil(Math.max(root.querySelector("body").scrollHeight, root.offsetHeight)) + 2}px`;
  if (frame.style.height !== height) frame.style.height = height;
}

frame.addEventListener("load", () => {
  fit();
  const body = frame.contentDocument?.body;
  if (body) new ResizeObserver(fit).observe(body);
});
new MutationObserver(fit).observe(document.documentElement, { attributeFilter: ["class"] });
form.addEventListener("change", ({ target }) => target.name === "source" && follow());
follow();
fit();
