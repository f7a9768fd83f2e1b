# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What run, test, shell and flatpak share: where to build, how to enter it, how to build there.
# Sourced, never run:
#
#   here=$(cd -- "$(dirname -- "$0")" && pwd); . "$here/functions.sh"
#
# `choose run|test` decides between this host and the private root; `within CMD...` runs a command
# there; `build NAME ARG...` configures and compiles the folder NAME of $HEAPWISE_BUILD.

me=$(basename -- "$0")
project=$(dirname -- "${here:?}")
# shellcheck source=build-aux/settings.sh
. "$here/settings.sh"
export HEAPWISE_CACHE

assume_yes=
[ "${CI:-}" != true ] || assume_yes=1

say()  { printf '%s: %s\n' "$me" "$*" >&2; }
die()  { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# The text at the top of the script, without its comment signs.
usage() { sed -n '3,/^[^#]/p' "$here/$me" | sed '/^[^#]/d; s/^# \{0,1\}//'; }

# Yes where it was said beforehand or is answered; no where nobody can answer.
ask() {
  local answer
  [ -z "$assume_yes" ] || return 0
  [ -t 0 ] && [ -t 2 ] || return 1
  printf '%s: %s [Y/n] ' "$me" "$*" >&2
  read -r answer || return 1
  case $answer in ''|[yYjJ]*) return 0 ;; *) return 1 ;; esac
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo; then sudo "$@"
  else say "this needs root: $*"; return 1; fi
}

packages_of() { # packages_of LIST...: the names in the lists beside this file
  local list
  for list; do sed 's/#.*//' "$here/$list"; done | tr -s ' \t' '\n' | sed '/^$/d' | LC_ALL=C sort -u
}

# --- this host or the private root

# What meson.build asks for, "module version" a line; 0 where any will do.
floors() {
  sed -n "s/^.*= dependency('\([^']*\)'.*version: '>= \([0-9.]*\)'.*/\1 \2/p; t
          s/^.*= dependency('\([^']*\)'.*/\1 0/p" "$project/meson.build"
}

floor_of() { floors | awk -v m="$1" '$1 == m { print $2 }'; }

meson_floor() { sed -n "s/.*meson_version: '>= \([0-9.]*\)'.*/\1/p" "$project/meson.build"; }

at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Is all that a build needs installed and new enough?
host_ready() {
  local module version tool
  for tool in cc pkg-config meson ninja msgfmt itstool glib-compile-resources glib-compile-schemas; do have "$tool" || return 1; done
  at_least "$(meson --version)" "$(meson_floor)" || return 1
  [ -n "$(floor_of gtk4)" ] || die 'meson.build does not say which GTK it wants'
  while read -r module version; do
    pkg-config --exists "$module >= $version" || return 1
  done < <(floors)
}

# Could this host's package manager bring what is missing?
host_offers() {
  local module package version
  have apt-cache && have dpkg || return 1
  while read -r module package; do
    version=$(LC_ALL=C apt-cache policy "$package" 2>/dev/null | awk '$1 == "Candidate:" { print $2 }')
    case $version in ''|'(none)') return 1 ;; esac
    dpkg --compare-versions "$version" ge "$(floor_of "$module")" || return 1
  done <<'X'
gtk4 libgtk-4-dev
libadwaita-1 libadwaita-1-dev
glib-2.0 libglib2.0-dev
libsoup-3.0 libsoup-3.0-dev
X
}

# A fresh machine has no package lists yet; then its release says whether they are worth fetching.
host_release_new() {
  local ID='' VERSION_ID=''
  [ -r /etc/os-release ] && have apt-get || return 1
  # shellcheck source=/dev/null
  . /etc/os-release
  case $ID in
    debian) [ -z "$VERSION_ID" ] || at_least "$VERSION_ID" 13 ;;
    ubuntu) at_least "$VERSION_ID" 25.04 ;;
    *) return 1 ;;
  esac
}

host_missing() { # host_missing LIST...: packages that are not installed, where dpkg knows
  have dpkg-query || return 0
  # shellcheck disable=SC2046
  comm -23 <(packages_of "$@") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n${db:Status-Status} ${Provides}\n' 2>/dev/null |
      sed -n 's/^installed //p' | sed 's/([^)]*)//g' | tr -s ', ' '\n' | LC_ALL=C sort -u)
}

host_install() { # host_install PACKAGE...: after asking
  local command=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends)
  say "this host is new enough, but these of its packages are missing: $*"
  if ask 'install them with apt-get?'; then
    as_root "${command[@]}" "$@" >&2 || { as_root apt-get update >&2 && as_root "${command[@]}" "$@" >&2; }
  else
    say 'not installed. To install them:'
    say "  sudo apt-get install --no-install-recommends $*"
    say 'or say --yes; or leave this host alone and use a private Debian root: HEAPWISE_ROOT=yes'
    return 1
  fi
}

# choose run|test: sets where=host|root, and the package lists of that purpose.
choose() {
  local missing
  case $1 in run) lists=$run_packages ;; test) lists=$test_packages ;; esac
  where=host
  # Inside the root already: nothing to choose.
  [ -z "${HEAPWISE_TOOLROOT:-}" ] || return 0
  case $HEAPWISE_ROOT in
    yes) where=root ;;
    no) host_ready || say 'this host lacks something of what is needed; going on because HEAPWISE_ROOT=no' ;;
    auto)
      if host_ready || host_offers || host_release_new; then
        # shellcheck disable=SC2086
        mapfile -t missing < <(host_missing $lists)
        if [ ${#missing[@]} -gt 0 ] && ! host_install "${missing[@]}"; then
          host_ready || exit 1
          say 'going on without them'
        fi
      else
        where=root
      fi ;;
    *) die "HEAPWISE_ROOT is auto, yes or no, not $HEAPWISE_ROOT" ;;
  esac
  [ "$where" = root ] || return 0
  if ! have apt-get && ! have mmdebstrap; then
    say 'with these installed, this host could be used as it is:'
    say "  meson $(meson_floor), ninja, gettext, itstool and the development files of $(floors | tr '\n' ',')"
  fi
  # A root made for testing serves for running too; do not make a second one.
  if [ "$1" = run ] && ! root_exists "$run_packages" && root_exists "$test_packages"; then lists=$test_packages; fi
  toolroot ensure >/dev/null || exit 1
}

root_exists() { [ -e "$(TOOLROOT_PACKAGES=$1 "$here/toolroot" path)/.toolroot" ]; }
toolroot() { TOOLROOT_PACKAGES=$lists TOOLROOT_YES=$assume_yes "$here/toolroot" "$@"; }

# within CMD...: in the chosen place.
within() { if [ "$where" = root ]; then toolroot run "$@"; else "$@"; fi; }

# --- building

# The stamp of a build folder: a moved clone, another root or other options start it afresh.
stamp() {
  local place=host
  [ "$where" = host ] || place=$(toolroot key)
  printf '%s\n' "$project" "$place" "$@"
}

# build_folder NAME: its path; below the cache where the clone cannot be written.
build_folder() {
  if mkdir -p -- "$HEAPWISE_BUILD" 2>/dev/null && [ -w "$HEAPWISE_BUILD" ]; then
    printf '%s/%s\n' "$HEAPWISE_BUILD" "$1"
  else
    printf '%s/build/%s/%s\n' "$HEAPWISE_CACHE" "$(printf '%s' "$project" | sha256sum | cut -c1-12)" "$1"
  fi
}

# The folders that take part in the build.
folders() { (cd -- "$project" && find src tests data help po -name meson.build | LC_ALL=C sort); }

# build NAME ARG...: configure (once) with the meson options ARG and compile; installs into DIR/prefix.
build() {
  local name=$1 dir status compiler=() cached=("CCACHE_DIR=$HEAPWISE_CACHE/ccache")
  shift
  dir=$(build_folder "$name")
  mkdir -p -- "$(dirname -- "$dir")"
  exec 8>"$dir.lock"
  flock 8
  if [ ! -e "$dir/build.ninja" ] || [ "$(cat -- "$dir/.stamp" 2>/dev/null)" != "$(stamp "$@")" ]; then
    say "configuring $dir"
    rm -rf -- "$dir"
    within sh -c 'command -v ccache' >/dev/null && compiler=("CC=ccache ${CC:-gcc}")
    within env "${cached[@]}" ${compiler[@]+"${compiler[@]}"} meson setup --prefix="$dir/prefix" --libdir=lib "$@" "$dir" "$project" >"$dir.log" 2>&1 || {
      tail -n 30 -- "$dir.log" >&2
      exec 8>&-
      say "meson could not configure; all of it in $dir.log"
      return 1
    }
    stamp "$@" >"$dir/.stamp"
    folders >"$dir/.folders"
    say "building $dir (a minute or two, once)"
  elif [ "$(cat -- "$dir/.folders" 2>/dev/null)" != "$(folders)" ]; then
    # meson looks for new folders only when it is told to.
    within meson setup --reconfigure "$dir" "$project" >"$dir.log" 2>&1 || { tail -n 30 -- "$dir.log" >&2; exec 8>&-; return 1; }
    folders >"$dir/.folders"
  fi
  if [ -t 2 ]; then
    within env "${cached[@]}" ninja -C "$dir" -j "$HEAPWISE_JOBS" >&2
  else
    within env "${cached[@]}" ninja -C "$dir" -j "$HEAPWISE_JOBS" --quiet >"$dir.log" 2>&1 || {
      tail -n 80 -- "$dir.log" >&2
      false
    }
  fi
  status=$?
  exec 8>&-
  return $status
}

# build_installed: what run and shell use, built and installed beside its build folder; sets prefix.
build_installed() {
  local dir
  dir=$(build_folder run)
  # shellcheck disable=SC2034
  prefix=$dir/prefix
  build run -Dtests=false || return 1
  within meson install -C "$dir" --no-rebuild --only-changed --quiet >"$dir.log" 2>&1 || {
    tail -n 30 -- "$dir.log" >&2
    return 1
  }
}

# with_prefix PREFIX CMD...: in the chosen place, with the programs and data of PREFIX found first.
with_prefix() {
  local prefix=$1 path=$PATH data=${XDG_DATA_DIRS:-/usr/local/share:/usr/share}
  shift
  if [ "$where" = root ]; then
    path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    data=/usr/local/share:/usr/share:/run/host/share
  fi
  within env "PATH=$prefix/bin:$path" "XDG_DATA_DIRS=$prefix/share:$data" "MANPATH=$prefix/share/man:" "$@"
}
