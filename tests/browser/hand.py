"""A person's hand at the page: acts by mouse, by keyboard or by touch alone."""

from __future__ import annotations

from typing import Literal

from playwright.sync_api import Locator, Page, expect

Means = Literal["mouse", "keyboard", "touch"]
NAMES = {
    "keep": "Keep",
    "cut": "Cut",
    "grow": "Grow more",
    "edit": "Edit step",
    "write": "Write a step",
    "go_on": "Go on with…",
}
KEYS = {"keep": "k", "cut": "x", "grow": "g", "edit": "t", "write": "i", "go_on": "o"}


def act(page: Page, name: str) -> Locator:
    return page.locator(".esp-acts-buttons").get_by_role("button", name=name, exact=True)


class Hand:
    """A person at the page, with one means alone."""

    def __init__(self, page: Page, means: Means) -> None:
        self.page, self.means = page, means

    def press(self, target: Locator) -> None:
        if self.means == "keyboard":
            target.press("Enter")
            return
        if self.means == "touch":
            box = target.bounding_box()
            assert box
            assert min(box["width"], box["height"]) >= 44, target
            target.tap()
            return
        target.click()

    def key(self, key: str) -> None:
        self.page.locator("#explorer canvas").first.focus()
        self.page.keyboard.press(key)

    def act(self, name: str) -> None:
        """Press an act's button, or its key in the tree."""
        if self.means == "keyboard":
            self.key(KEYS[name])
            return
        if not act(self.page, NAMES[name]).is_visible():
            # What came of the last act has the sheet's room.
            self.press(self.page.get_by_role("tab", name="Step", exact=True))
        self.press(act(self.page, NAMES[name]))

    def fill(self, label: str, text: str) -> None:
        field = self.page.locator(".esp-acts-form").get_by_label(label, exact=True)
        if self.means == "keyboard":
            # What is asked for has the focus; the rest is reached by Tab.
            for _ in range(8):
                if field.evaluate("field => field === document.activeElement"):
                    break
                self.page.keyboard.press("Tab")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.type(text)
            return
        self.press(field)
        field.fill(text)

    def choose(self, label: str, option: str) -> None:
        """Of a list that is the browser's own, unless it is walked through by its letters."""
        field = self.page.locator(".esp-acts-form").get_by_label(label, exact=True)
        if self.means == "keyboard":
            expect(field).to_be_focused()
            self.page.keyboard.type(option[:2])
        else:
            field.select_option(label=option)

    def submit(self, text: str) -> None:
        self.press(self.page.locator(".esp-acts-form").get_by_role("button", name=text))

    def steered(self, name: str) -> None:
        """Undo, redo: by their keys in the tree, or by their buttons."""
        if self.means == "keyboard":
            self.key({"Undo": "u", "Redo": "Shift+U"}[name])
        else:
            self.press(self.page.get_by_role("button", name=name, exact=True))
