import assert from "node:assert/strict";
import { test } from "node:test";
import {
  capital,
  count,
  flops,
  list,
  percent,
  plural,
  readable,
  score,
  scoreBeside,
  seconds,
  shorten,
  signed,
} from "../../assets/js/words/format.js";

const says = (format, ...cases) => {
  for (const [expected, ...values] of cases) assert.equal(format(...values), expected, `${values}`);
};

test("scores have two decimals, small ones more", () => {
  says(score, ["0.50", 0.5], ["0.00", 0], ["1.00", 1], ["0.10", 0.0996], ["0.099", 0.0994], ["0.010", 0.00996]);
  says(score, ["0.0099", 0.0099], ["0.0000", 0.00001], ["not scored", null], ["not scored", undefined]);
});

test("scores that differ look different, as far as six decimals", () => {
  says(scoreBeside, ["0.71", 0.71, 0.62], ["0.711", 0.711, 0.712], ["0.71", 0.71, 0.71], ["0.50", 0.5, null]);
  says(scoreBeside, ["0.123457", 0.1234567, 0.1234568], ["not scored", null, 0.4], ["0.50", 0.5, undefined]);
});

test("differences have a sign, and are never shown as nothing where there is something", () => {
  says(signed, ["+0.12", 0.12], ["−0.03", -0.03], ["+0.00", 0], ["−0.0004", -0.0004], ["+0.000000", 1e-9]);
});

test("counts and nouns", () => {
  says(count, ["12,345", 12345], ["3", 2.6], ["0", 0]);
  says(plural, ["1 step", 1, "step"], ["0 steps", 0, "step"], ["1,200 steps", 1200, "step"]);
  says(plural, ["2 entries", 2, "entry", "entries"]);
});

test("FLOPs with a prefix; nothing is unknown", () => {
  says(flops, ["unknown", 0], ["unknown", null], ["820 FLOPs", 820], ["3.20 GFLOPs", 3.2e9], ["1.00 TFLOPs", 1e12]);
  says(flops, ["1.00e+3 YFLOPs", 1e27], ["0.500 FLOPs", 0.5]);
});

test("seconds", () => {
  says(seconds, ["0.42 s", 0.42], ["9.99 s", 9.99], ["10 s", 10], ["59 s", 59.4], ["2 min 5 s", 125]);
});

test("only nothing is no part, and only all is the whole", () => {
  says(percent, ["37 %", 37, 100], ["0 %", 0, 5], ["under 1 %", 1, 1000], ["over 99 %", 999, 1000], ["100 %", 3, 3]);
  says(percent, ["0 %", 3, 0], ["1 %", 1, 100], ["99 %", 99, 100]);
});

test("texts are shortened to a limit, their end marked", () => {
  says(shorten, ["abc", "abc", 3], ["ab…", "abcd", 3], ["a…", "a  bcd", 4]);
});

test("lists, names and beginnings", () => {
  says(list, ["", []], ["a", ["a"]], ["a and b", ["a", "b"]], ["a, b and c", ["a", "b", "c"]]);
  says(readable, ["Beam search", "beam_search"], ["N", "n"], ["7", 7]);
  says(capital, ["Kept", "kept"], ["", ""]);
});
