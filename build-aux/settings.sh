# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# The settings of run, test, shell and flatpak.  Each may be given in the environment instead.

# Downloads, private roots, compiled objects and the stand-in Flatpak runtime; `rm -rf` it at will.
# Beside the folder of the program's own indexes, not in it.
HEAPWISE_CACHE=${HEAPWISE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/heapwise-build}

# Build folders, one a purpose: run, plain, engine, sanitize.  Ignored by git; `rm -rf` it at will.
HEAPWISE_BUILD=${HEAPWISE_BUILD:-$project/_build}

# yes: always the private Debian root.  no: always this host.  auto: this host where it is new enough.
HEAPWISE_ROOT=${HEAPWISE_ROOT:-auto}

# Compiler processes at once.
HEAPWISE_JOBS=${HEAPWISE_JOBS:-$(nproc 2>/dev/null || echo 2)}

# The Debian release of the private root, and the branch of org.gnome.Platform that matches it.
export TOOLROOT_SUITE=${TOOLROOT_SUITE:-trixie}
export RUNTIME_BRANCH=${RUNTIME_BRANCH:-48}

# Minutes after which a part of build-aux/test is given up.
HEAPWISE_PART_MINUTES=${HEAPWISE_PART_MINUTES:-15}

app_id=io.github.heapwise.Heapwise
run_packages=toolroot.packages
test_packages='toolroot.packages toolroot-dev.packages'
