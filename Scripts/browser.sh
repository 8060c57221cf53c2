#!/bin/bash
# A browser for tests, Chromium without a window, driven by Playwright.
#
#   Scripts/browser.sh    prints `export TEST_BROWSER=…`, the Python that drives it, once it has opened a page
#
# Needs chromium, or $CHROMIUM, and a Python with playwright: $PYTHON, python3, or one it makes itself in .build with venv and
# pip. No other browser is downloaded.
set -euo pipefail
. "$(dirname "$0")/python.sh"

browser=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
if [ -z "$browser" ]; then
    echo "browser: no chromium: apt-get install chromium, or set CHROMIUM to its path" >&2
    exit 69
fi
find_python playwright playwright 1.65.2 || {
    echo "browser: no playwright: apt-get install python3-venv, or pip install playwright" >&2
    exit 69
}
"$python" - "$browser" <<'PYTHON'
import sys
from playwright.sync_api import Error, sync_playwright

with sync_playwright() as playwright:
    try:
        chromium = playwright.chromium.launch(executable_path=sys.argv[1], args=["--no-sandbox"], timeout=300_000)
        chromium.new_page().goto("data:text/html,here", timeout=300_000)
        chromium.close()
    except Error as problem:
        sys.exit(f"browser: '{sys.argv[1]}' does not start: {problem}")
PYTHON
printf 'export TEST_BROWSER=%q\n' "$(command -v "$python")"
