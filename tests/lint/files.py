#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""files.py spdx|length|words [--self-test]: rules for every file of the project.

spdx    the licence line is among the first lines
length  no source file is longer than 800 lines
words   nothing names a place or a document that a reader of the project does not have
"""
import pathlib
import sys
import tempfile

import project

LINE = 'SPDX-License-Identifier: GPL-3.0-or-later'
LIMIT = 800

# Formats without comments, generated files, the licence itself, and captures of other programs.
NO_SPDX_SUFFIXES = {'.json', '.gz', '.zst', '.png', '.heapsnapshot', '.heaptimeline', '.ndjson', '.csv', '.bin', '.pot'}
NO_SPDX_NAMES = {'COPYING'}
NO_SPDX_FOLDERS = {'fixtures', 'corpus'}

# In pieces, so that this file does not name them either.
FORBIDDEN = ['/' + 'work/', '/tmp/' + 'hw', '../' + 'shared', 'shared/' + 'spec', 'shared/' + 'design',
             'shared/' + 'fixtures', 'shared/' + 'tools', 'shared/' + 'corpus', 'helper ' + 'session']
# Documents; forbidden unless the project has a file of that name.
DOCUMENTS = [name + '.md' for name in ('house', 'environment', 'experience', 'anchors', 'memory-panel',
                                       'v8-heapsnapshot', 'oracle-json', 'inspector-protocols')]


def spdx(root):
    for path in project.files(root):
        if path.suffix in NO_SPDX_SUFFIXES or path.name in NO_SPDX_NAMES or NO_SPDX_FOLDERS & set(path.parts):
            continue
        text = project.text_of(root / path)
        if text and LINE not in '\n'.join(text.splitlines()[:4]):
            yield '%s: no line "%s" at its start' % (path, LINE)


def length(root):
    for path in project.files(root):
        if path.parts[0] != 'src' or path.suffix not in ('.c', '.h', '.ui', '.css'):
            continue
        lines = (root / path).read_text(encoding='utf-8').count('\n')
        if lines > LIMIT:
            yield '%s: %d lines, %d at most; split it by concern' % (path, lines, LIMIT)


def words(root):
    paths = project.files(root)
    names = {p.name for p in paths}
    forbidden = FORBIDDEN + [d for d in DOCUMENTS if d not in names]
    for path in paths:
        text = project.text_of(root / path) if path.suffix not in ('.gz', '.zst', '.png') else None
        if path == pathlib.Path('tests/lint/files.py') or not text:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for word in forbidden:
                if word in line:
                    yield '%s:%d: names %s' % (path, number, word)


CHECKS = {'spdx': spdx, 'length': length, 'words': words}
CASES = {
    'spdx': [('a.c', '/* %s */\n' % LINE, 0), ('a.c', 'int x;\n' * 9 + LINE, 1), ('a.json', '{}', 0)],
    'length': [('src/a.c', '\n' * LIMIT, 0), ('src/a.c', '\n' * (LIMIT + 1), 1), ('tests/a.c', '\n' * 999, 0)],
    'words': [('a.md', 'see ' + FORBIDDEN[0], 1), ('a.md', 'see ' + DOCUMENTS[0], 1), ('a.md', 'shared library', 0)],
}


def self_test(check):
    """Plants each fault in a tree of its own, so that a check which sees nothing is noticed."""
    wrong = []
    for name, text, expected in CASES[check]:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding='utf-8')
            found = list(CHECKS[check](pathlib.Path(folder)))
        if len(found) != expected:
            wrong.append('%s %r gives %r' % (name, text[:40], found))
    project.finish(wrong, '%d planted files judged rightly' % len(CASES[check]))


def main():
    check = sys.argv[1]
    if '--self-test' in sys.argv[2:]:
        self_test(check)
    else:
        project.finish(list(CHECKS[check](project.ROOT)), 'every file keeps the rule: ' + check)


if __name__ == '__main__':
    main()
