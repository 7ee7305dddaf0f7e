"""The tree carries its words: where they stand on the page, and what can be done with them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.explorer import ask, settle, show, wait
from tests.browser.stage import HOSTILE, Events, Stage, with_texts

pytestmark = pytest.mark.browser

TRACES = Path(__file__).resolve().parents[2] / "assets" / "traces"
EXAMPLES = (
    "countdown-best-of-n",
    "countdown-exhaustive",
    "countdown-lookahead-search",
    "countdown-mcts",
    "countdown-rebase",
    "countdown-self-revision",
    "countdown-single-stream",
    "smollm2-best-of-n-its-judge-passes-over-the-right-answer",
)
WORDS = ".esp-words:not(.esp-words-measured) .esp-word"

# What is wrong with the words as they stand on the page: with each other, with the picture's
# border, with marks, and with the boxes that they were given; and marks that are cut off.
FAULTS = """(() => {
  const frame = x.canvas.frame.getBoundingClientRect();
  const boxes = [...x.canvas.frame.querySelectorAll('WORDS, .esp-word-header')].map((e) => {
    const r = e.getBoundingClientRect();
    const [left, top] = [r.left - frame.left, r.top - frame.top];
    return { id: e.dataset.id, text: e.textContent, left, top, right: left + r.width,
             bottom: top + r.height };
  });
  const faults = [];
  const meet = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 &&
    a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
  for (const word of x.canvas.frame.querySelectorAll('WORDS'))
    for (const part of [word, ...word.querySelectorAll('.esp-word-figures')])
      if (part.scrollWidth > part.clientWidth + 1) faults.push('has no room: ' + word.textContent);
  for (const mark of x.canvas.frame.querySelectorAll('WORDS .esp-word-mark'))
    if (mark.getBoundingClientRect().right > mark.closest('li').getBoundingClientRect().right + 1)
      faults.push('right or wrong is cut off: ' + mark.closest('li').textContent);
  boxes.forEach((box, index) => {
    if (box.left < 0 || box.top < 0 || box.right > frame.width + 0.5 ||
        box.bottom > frame.height + 0.5) faults.push('cut off: ' + box.text);
    for (const other of boxes.slice(index + 1))
      if (meet(box, other)) faults.push(box.text + ' lies on ' + other.text);
    const plan = x.canvas.words.plan.words.get(box.id);
    if (plan && (Math.abs(plan.left - box.left) > 1 || box.right > plan.left + plan.width + 1 ||
        Math.abs(plan.top - box.top) > 1 || box.bottom > plan.top + plan.height + 1))
      faults.push(box.text + ' is not where it was placed');
  });
  const extent = x.canvas.painter.extents(x.canvas.to ?? x.canvas.camera);
  const names = x.canvas.vertical ? 0 : 24;
  for (const item of x.canvas.scene.items.values()) {
    const mark = x.canvas.positionOf(item.id);
    const box = { left: mark.x - 4, right: mark.x + 4, top: mark.y - 4, bottom: mark.y + 4 };
    for (const word of boxes) if (meet(box, word)) faults.push(word.text + ' lies on a mark');
    const half = extent(item);
    if (!x.canvas.overflowing && item.id !== 'root' &&
        (mark.x < half || mark.y < half + names || mark.x > frame.width - half ||
         mark.y > frame.height - half)) faults.push('cut off: the mark ' + item.id);
  }
  return { faults, count: boxes.length };
})()""".replace("WORDS", WORDS)


# Words whose box is not what the page makes of them where they have that room.
MISJUDGED = """(() => {
  const { sizes, plan, boxes } = x.canvas.words;
  return plan.texts.filter(({ id, width, height, room }) => {
    const copy = boxes.get(id).element.cloneNode(true);
    Object.assign(copy.style, { width: '', height: '', maxWidth: `${sizes.fitFor(room).width}px` });
    sizes.element.append(copy);
    const seen = copy.getBoundingClientRect();
    copy.remove();
    return Math.ceil(seen.width) !== width || Math.ceil(seen.height) !== height;
  }).map(({ id }) => boxes.get(id).element.textContent);
})()"""


# The same in the middle of a transition: the moment is set, so that no clock decides what is seen.
UNDER_WAY = """((part) => {
  const { canvas } = x;
  canvas.glide = performance.now() - 250 * part;
  canvas.paint();
  const stood = canvas.words.boxes.size;
  const boxes = [...canvas.words.boxes].map(([id, { element }]) => {
    const [left, top] = element.style.transform.match(/-?[0-9]+/g).map(Number);
    const { offsetWidth: width, offsetHeight: height } = element;
    const shown = getComputedStyle(element).opacity !== '0';
    return { id, shown, left, top, right: left + width, bottom: top + height };
  }).filter((box) => box.shown);
  const meet = (a, b) => a.left < b.right - 2 && b.left < a.right - 2 &&
    a.top < b.bottom - 2 && b.top < a.bottom - 2;
  const faults = [];
  boxes.forEach((box, index) => {
    for (const other of boxes.slice(index + 1))
      if (meet(box, other)) faults.push(`${box.id} lies on ${other.id}`);
    for (const { id, x: left, y: top } of canvas.painter.shown) {
      const mark = { left: left - 4, right: left + 4, top: top - 4, bottom: top + 4 };
      if (id !== box.id && meet(box, mark)) faults.push(`${box.id} lies on the mark ${id}`);
    }
  });
  // On a slow machine the motion is over by now, and nobody would end the one that was set here.
  canvas.redraw();
  return { faults, stood, shown: boxes.length };
})(PART)"""


def recorded(name: str) -> Events:
    lines = (TRACES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    events: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [{**events[0], "run": name}, *events[1:]]


WIDTHS = (1280, 390)


def show_at(page: Page, width: int) -> None:
    """Give the window a width, and wait until the picture is drawn for it."""
    page.set_viewport_size({"width": width, "height": 800})
    wait(page, f"innerWidth === {width} && x.canvas.vertical === {str(width < 400).lower()}")
    wait(page, "Math.abs(x.canvas.size.width - x.canvas.element.clientWidth) < 1")
    settle(page)


def test_words_meet_nothing_on_the_page(stage: Stage, view: Page) -> None:
    view.add_style_tag(content="#explorer .esp { height: 700px !important; }")
    for name in EXAMPLES:
        stage.runs[name] = recorded(name)
        show(view, name)
        for width in WIDTHS:
            show_at(view, width)
            found = ask(view, FAULTS)
            assert found["faults"] == [], (name, width)
            assert found["count"] >= 4, (name, width)
            assert ask(view, MISJUDGED) == [], (name, width)


def test_words_meet_nothing_while_the_tree_moves(stage: Stage, view: Page) -> None:
    view.emulate_media(reduced_motion="no-preference")
    view.add_style_tag(content="#explorer .esp { height: 700px !important; }")
    stage.runs["countdown-rebase"] = recorded("countdown-rebase")
    show(view, "countdown-rebase")
    length = ask(view, "x.log.length")
    for width in WIDTHS:
        ask(view, "x.seek(0)")
        show_at(view, width)
        stood = shown = moved = 0
        for place in range(1, 12):
            ask(view, f"x.seek(Math.ceil({length} * {place} / 12))")
            ask(view, "x.refreshNow()")
            moved += bool(ask(view, "Boolean(x.canvas.glide)"))
            for part in (0, 0.15, 0.4, 0.7, 0.95):
                found = ask(view, UNDER_WAY.replace("PART", str(part)))
                assert found["faults"] == [], (width, place, part)
                stood += found["stood"]
                shown += found["shown"]
            settle(view)
            assert ask(view, FAULTS)["faults"] == [], (width, place)
        assert moved > 4, width
        assert shown > stood / 2, "most words stay in sight on the way"


def test_what_a_call_has_still_to_write_stands_as_hollow_places(view: Page) -> None:
    wait(view, "x.log.complete")
    first = ask(view, "x.log.events.findIndex(e => e.kind === 'sampled')")
    ask(view, f"x.seek({first} + 3)")
    ask(view, "x.refreshNow()")
    told = ask(
        view,
        "[...x.canvas.scene.items.values()].filter(i => i.hollow).map(i => i.id)",
    )
    later = ask(view, f"x.log.events.slice({first} + 3).findIndex(e => e.kind !== 'sampled')")
    assert len(told) == later > 0
    where = "(({toU, toD}) => [toU, toD])(x.canvas.scene.items.get({0!r}))"
    places = {node: ask(view, where.replace("{0!r}", repr(node))) for node in told}
    ask(view, f"x.seek({first} + 3 + {later})")
    ask(view, "x.refreshNow()")
    assert {node: ask(view, where.replace("{0!r}", repr(node))) for node in told} == places
    assert ask(view, "[...x.canvas.scene.items.values()].some(i => i.hollow)") is False


def test_a_step_says_its_text_and_its_score_and_is_selected_by_it(view: Page) -> None:
    chosen = ask(view, "x.tree().path(x.tree().chosen)[0].id")
    word = view.locator(f"{WORDS}[data-id='{chosen}']")
    text = ask(view, f"x.tree().nodes.get({chosen!r}).text")
    expect(word).to_contain_text(text[:12])
    expect(word.locator(".esp-word-bar")).to_be_visible()
    assert "Step 1" in word.inner_text() or "Step 1" in (word.text_content() or "")
    expect(view.get_by_role("list", name="Steps that can be read in the picture")).to_be_visible()
    word.locator(".esp-word-text").click()
    assert ask(view, "x.selected") == chosen


def test_marking_a_text_selects_no_step(view: Page) -> None:
    word = view.locator(WORDS).filter(has=view.locator(".esp-word-bar")).first
    box = word.locator(".esp-word-text").bounding_box()
    assert box is not None
    view.mouse.move(box["x"] + 1, box["y"] + 6)
    view.mouse.down()
    view.mouse.move(box["x"] + min(40, box["width"]), box["y"] + 6, steps=4)
    view.mouse.up()
    assert view.evaluate("String(getSelection()).length") > 0
    assert ask(view, "x.selected") is None


def test_answers_and_steps_are_set_as_maths_everywhere(stage: Stage, view: Page) -> None:
    answer = r"12 \times 3"
    events = stage.runs["recorded-beam"]
    run = [
        {**event, "answer": answer}
        if event["kind"] in {"completed", "finished"}
        else {**event, "tally": [[group, answer, *rest] for group, _, *rest in event["tally"]]}
        if event["kind"] == "voted"
        else event
        for event in with_texts(events, r"So \(x^2 + 1 = 10\), and \(x = 3\)")
    ]
    stage.runs["latex"] = [{**run[0], "run": "latex"}, *run[1:]]
    show(view, "latex")
    expect(view.locator(f"{WORDS} .esp-word-text .katex").first).to_be_visible()
    for place in (".esp-word-answer", ".esp-answers .esp-link", ".esp-story-text", ".esp-moment"):
        expect(view.locator(f"{place} .katex").first).to_be_attached()
    view.get_by_role("tab", name="Answers").click()
    expect(view.locator(".esp-answers .esp-link").first).to_have_accessible_name(
        re.compile(r"^Answer 12 × 3: ")
    )
    settle(view)
    assert ask(view, FAULTS)["faults"] == []


LONG = r"""## Work it out

We have **two** kinds of fruit, and each of them has a price of its own in this shop:

| fruit | price |
|-------|-------|
| apple | 3     |

1. Multiply: \[
12 \times 3
= 36
\]
2. Add `4`

```python
print(12 * 3)  # \(not maths\)
```
[a link](javascript:alert(1)) ![a picture](https://example.org/x.png) """


def test_a_long_step_shows_its_gist_in_the_tree_and_its_structure_beside_it(
    stage: Stage, view: Page
) -> None:
    run = with_texts(stage.runs["recorded-beam"], LONG + HOSTILE)
    stage.runs["structured"] = [{**run[0], "run": "structured"}, *run[1:]]
    show(view, "structured")
    word = view.locator(f"{WORDS}[data-tone='chosen']:not([data-kind='problem'])").first
    expect(word.locator(".katex")).to_have_count(1)
    assert not {"|", "#"} & set(word.inner_text())
    ask(view, "x.select(x.tree().path(x.tree().chosen)[0].id)")
    text = view.locator(".esp-inspector .esp-here .esp-step-text")
    for tag in ("table th", "ol > li", "pre code", "strong", ".esp-md-heading", ".katex"):
        expect(text.locator(tag).first).to_be_visible()
    expect(text.locator("pre")).to_contain_text(r"\(not maths\)")
    assert text.locator("a, img, script").count() == 0
    expect(text).to_contain_text("<img src=x")
    assert view.evaluate("window.pwned") is None


def test_duplicates_are_folded_into_their_original_and_can_be_opened(
    stage: Stage, view: Page
) -> None:
    stage.runs["merged"] = [
        {**event, "run": "merged"} if "run" in event else event
        for event in recorded("countdown-beam-search")
    ]
    show(view, "merged")
    merged = "[...x.tree().nodes.values()].filter(n => n.state === 'merged')"
    shown = f"{merged}.filter(n => x.canvas.scene.items.has(n.id)).length"
    assert ask(view, f"{merged}.length") > 3
    assert ask(view, shown) == 0
    count = view.locator(".esp-word-count").first
    original = count.locator("xpath=ancestor::li").get_attribute("data-id")
    times = int(count.inner_text().removeprefix("×"))
    assert times > 1
    count.click()
    assert ask(view, f"{merged}.filter(n => n.merged_into === {original!r}).length") == times - 1
    assert ask(view, shown) == times - 1
    assert ask(view, "x.selected") is None
    button = view.locator(f"{WORDS}[data-id='{original}'] .esp-word-count")
    if button.count():
        expect(button).to_have_attribute("aria-expanded", "true")
        button.click()
        assert ask(view, shown) == 0
    ask(view, f"x.select({merged}[0].id)")
    assert ask(view, "x.canvas.scene.items.has(x.selected)")
