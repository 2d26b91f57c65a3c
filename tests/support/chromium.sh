#!/bin/sh
# Chromium ($CHROMIUM) without the two pages that it loads behind the address bar of every new window, which nobody
# sees: they took more processor time than ours. Chromium takes the last list of features it is given alone, so they
# are added to Playwright's.
number=$#
while [ "$number" -gt 0 ]; do
  case $1 in
    --disable-features=*) set -- "$@" "$1,WebUIOmniboxPopup,WebUIOmniboxAimPopup" ;;
    *) set -- "$@" "$1" ;;
  esac
  shift
  number=$((number - 1))
done
exec "$CHROMIUM" "$@"
