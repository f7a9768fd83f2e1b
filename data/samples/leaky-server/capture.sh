#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# capture.sh [FOLDER]: runs server.js and writes the three samples beside this folder.
#
# A snapshot holds the paths of its script and of node, and whatever of the environment the program
# read. So both are copied to a neutral FOLDER (removed afterwards) and the environment is empty.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
run=${1:-/srv/leaky-server}
node=$(readlink -f "$(command -v "${NODE:-node}")")

[ ! -e "$run" ] || { echo "capture.sh: $run is in the way" >&2; exit 1; }
trap 'rm -rf "$run"' EXIT
mkdir -p "$run/bin"
cp "$node" "$run/bin/node"
cp "$here/server.js" "$run/"
(cd "$run" && env -i ./bin/node server.js)

for capture in 1-before 2-during 3-after
do
  gzip -9 -n < "$run/$capture.heapsnapshot" > "$here/../$capture.heapsnapshot.gz"
done
ls -l "$here"/../*.heapsnapshot.gz
