#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What run and test decide by: versions out of meson.build, package lists, answers to questions.
set -u
here=$(cd -- "$(dirname -- "$0")/../../build-aux" && pwd)
me=functions
CI='' HEAPWISE_CACHE=$(mktemp -d)
trap 'rm -rf -- "$HEAPWISE_CACHE"' EXIT
# shellcheck source=build-aux/functions.sh
. "$here/functions.sh"
assume_yes=
failed=0

check() { # check WHAT CMD...
  local what=$1
  shift
  if "$@"; then echo "ok: $what"; else echo "not ok: $what"; failed=1; fi
}
fails() { ! "$@"; }
same() { [ "$1" = "$2" ] || { printf 'have %s, want %s\n' "$1" "$2"; return 1; }; }

check 'a version is at least itself' at_least 1.7.0 1.7.0
check 'versions are compared by number' at_least 4.18 4.9
check 'an older one is told' fails at_least 4.8.3 4.18

check 'every dependency of meson.build is read' same "$(floors | wc -l)" "$(grep -c "= dependency('" "$project/meson.build")"
check 'with its version' same "$(floor_of gtk4)" "$(sed -n "s/.*'gtk4', version: '>= \([0-9.]*\)'.*/\1/p" "$project/meson.build")"
check 'one without a version takes any' same "$(floor_of zlib)" 0
check 'what meson itself must be' same "$(meson_floor)" "$(sed -n "s/.*meson_version: '>= \(.*\)',/\1/p" "$project/meson.build")"

# shellcheck disable=SC2086,SC2154
{
  check 'lists have names without comments' fails grep -q '#' <(packages_of $run_packages)
  check 'the tests need what running needs' same "$(comm -23 <(packages_of $run_packages) <(packages_of $test_packages))" ''
}
check 'a root is named by its lists, whichever way they are given' same \
  "$(TOOLROOT_PACKAGES=$test_packages "$here/toolroot" key)" "$(lists="toolroot-dev.packages toolroot.packages" toolroot key)"
check 'other lists are another root' fails same "$(lists=$run_packages toolroot key)" "$(lists=$test_packages toolroot key)"
check 'there is none yet' fails root_exists "$run_packages"

check 'nobody there means no' fails ask 'really?' </dev/null
assume_yes=1
check 'unless it was said before' ask 'really?' </dev/null

where=host
check 'build folders are the clone'\''s' same "$(HEAPWISE_BUILD=$HEAPWISE_CACHE/b build_folder run)" "$HEAPWISE_CACHE/b/run"
check 'other options are another build' fails same "$(stamp -Dapp=enabled)" "$(stamp -Dapp=disabled)"
exit $failed
