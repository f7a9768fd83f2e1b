#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""layers.py [--self-test]: every #include keeps the order of layers.

Headers of our own are named with their folder ("heap/hw-heap.h"); a folder includes only the folders
the table allows; a -private.h stays in its folder; the toolkit is seen by widgets and app alone.
"""
import pathlib
import re
import sys
import tempfile

import project

ENGINE = {'base', 'snapshot', 'heap', 'cache', 'inspector', 'record', 'model'}

MAY_INCLUDE = {
    'base': set(),
    'snapshot': {'base'},
    'heap': {'base', 'snapshot'},
    'cache': {'base', 'snapshot', 'heap'},
    'inspector': {'base', 'snapshot'},
    'record': {'base'},
    'model': {'base', 'heap', 'cache', 'record'},
    'widgets': {'base', 'model'},
    'app': ENGINE | {'widgets'},
    'cli': {'base', 'snapshot', 'heap', 'cache', 'inspector', 'record'},
}

# System headers that only some folders may see.
KEPT = [
    (re.compile(r'^(gtk|gdk|gsk|adwaita|libadwaita|graphene|pango|cairo)\b'), {'widgets', 'app'}, 'the toolkit'),
    (re.compile(r'^sqlite3'), {'cache', 'record'}, 'SQLite'),
    (re.compile(r'^libsoup'), {'inspector'}, 'libsoup'),
]

INCLUDE = re.compile(r'^\s*#\s*(?:include|import)\s*([<"])([^>"]+)[>"]')
GENERATED = {'config.h'}


def faults_of(src):
    """Every break of the rules below the folder @src, as lines for a person."""
    faults = []
    for folder in sorted(p for p in src.iterdir() if p.is_dir()):
        if folder.name not in MAY_INCLUDE:
            faults.append('src/%s: a folder that the table of layers does not know' % folder.name)
            continue
        for path in sorted(p for p in folder.rglob('*') if p.suffix in ('.c', '.h')):
            for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
                m = INCLUDE.match(line)
                fault = m and fault_of(folder.name, m[1], m[2])
                if fault:
                    faults.append('src/%s:%d: %s' % (path.relative_to(src), number, fault))
    return faults


def fault_of(folder, mark, header):
    """What is wrong with @folder including @header, or None."""
    if mark == '<':
        for pattern, allowed, name in KEPT:
            if pattern.match(header) and folder not in allowed:
                return '<%s>: %s is for %s only' % (header, name, ' and '.join(sorted(allowed)))
        return None
    if header in GENERATED:
        return None
    target, slash, name = header.partition('/')
    if not slash or target not in MAY_INCLUDE:
        return '"%s" is not named with its folder' % header
    if target != folder and target not in MAY_INCLUDE[folder]:
        return '"%s": %s may not include %s' % (header, folder, target)
    if target != folder and name.endswith('-private.h'):
        return '"%s" is private to %s' % (header, target)
    return None


# file, line in it, what the fault must say (None: there is none)
CASES = [
    ('base/a.c', '#include "config.h"', None),
    ('base/a.c', '#include <gio/gio.h>', None),
    ('base/a.c', '#include "base/hw-text.h"', None),
    ('base/a.c', '#include "base/hw-text-private.h"', None),
    ('base/a.h', '#include "snapshot/hw-snapshot-reader.h"', 'base may not include snapshot'),
    ('snapshot/a.c', '#include "heap/hw-heap.h"', 'snapshot may not include heap'),
    ('heap/a.c', '#include "hw-heap.h"', 'not named with its folder'),
    ('heap/a.c', '  #  include "../base/hw-text.h"', 'not named with its folder'),
    ('heap/a.c', '#include "snapshot/hw-snapshot-reader-private.h"', 'private to snapshot'),
    ('cache/a.c', '#include <sqlite3.h>', None),
    ('heap/a.c', '#include <sqlite3.h>', 'SQLite is for cache and record only'),
    ('record/a.c', '#include <sqlite3.h>', None),
    ('record/a.c', '#include "cache/hw-cache.h"', 'record may not include cache'),
    ('model/a.c', '#include <gtk/gtk.h>', 'the toolkit is for app and widgets only'),
    ('cli/a.c', '#include <adwaita.h>', 'the toolkit is for app and widgets only'),
    ('cli/a.c', '#include "model/hw-row.h"', 'cli may not include model'),
    ('widgets/a.c', '#include "heap/hw-heap.h"', 'widgets may not include heap'),
    ('app/a.c', '#include "cli/hw-cli.h"', 'app may not include cli'),
    ('app/a.c', '#include <adwaita.h>', None),
    ('extra/a.c', '', 'does not know'),
]


def self_test():
    """Plants each fault in a tree of its own, so that a check which sees nothing is noticed."""
    wrong = []
    for name, line, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            src = pathlib.Path(folder)
            (src / name).parent.mkdir()
            (src / name).write_text('/* before */\n%s\n' % line, encoding='utf-8')
            found = faults_of(src)
        if (expected is None) != (found == []) or expected and expected not in found[0]:
            wrong.append('%s: %r gives %r, not %r' % (name, line, found, expected))
    project.finish(wrong, '%d planted lines judged rightly' % len(CASES))


def main():
    if sys.argv[1:] == ['--self-test']:
        self_test()
    else:
        project.finish(faults_of(project.ROOT / 'src'), 'every include keeps the layers')


if __name__ == '__main__':
    main()
