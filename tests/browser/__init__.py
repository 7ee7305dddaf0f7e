"""The page in a real headless Chromium: one browser, closed after the last of these tests."""
