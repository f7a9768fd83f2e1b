#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs.py [--self-test]: every function that another folder may call has a doc comment.

The comment stands in the .c file (or above an inline function) and begins with the function's name; it
names every parameter. Private headers, types and error quarks are left out.
"""
import pathlib
import re
import sys
import tempfile

import project

COMMENT = re.compile(r'/\*\*\n \* (hw_\w+):(.*?)\*/', re.S)
DECLARATION = re.compile(r'^(?!static|#|G_|typedef|\s)[^;{}()#]*?\b(hw_\w+)\s+\(((?:[^()]|\([^()]*\))*)\)[^;{]*;', re.M)
PARAMETER = re.compile(r'(\w+)(?:\[\w*\])?$')
LEFT_OUT = ('_get_type', '_quark')


def parameters(text):
    """The names in a parameter list; callbacks written out in place are rare enough to be left out."""
    names = []
    for part in text.split(','):
        m = PARAMETER.search(part.strip())
        if m and m[1] not in ('void',) and '(' not in part and '...' not in part:
            names.append(m[1])
    return names


def faults_of(src):
    comments = {}
    for path in sorted(p for p in src.rglob('*') if p.suffix in ('.c', '.h')):
        comments.update(COMMENT.findall(path.read_text(encoding='utf-8')))
    faults = []
    for path in sorted(src.rglob('*.h')):
        if path.name.endswith('-private.h'):
            continue
        text = re.sub(r'/\*.*?\*/', '', path.read_text(encoding='utf-8'), flags=re.S)
        for name, rest in DECLARATION.findall(text):
            if name.endswith(LEFT_OUT):
                continue
            if name not in comments:
                faults.append('src/%s: %s() has no doc comment' % (path.relative_to(src), name))
                continue
            faults += ['src/%s: the comment of %s() does not name @%s' % (path.relative_to(src), name, p)
                       for p in parameters(rest) if '@%s:' % p not in comments[name]]
    return faults


CASES = [
    ('void hw_a_b (int c);\n', '/**\n * hw_a_b:\n * @c: a number\n */\n', None),
    ('void hw_a_b (void);\n', '/**\n * hw_a_b:\n *\n * Does it.\n */\n', None),
    ('GType hw_a_get_type (void);\n', '', None),
    ('const char *hw_a_b (HwA         *self,\n                    const guint *counts);\n', '/**\n * hw_a_b:\n * @self: an a\n */\n', '@counts'),
    ('gboolean hw_a_b (HwA  *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;\n', '', 'no doc comment'),
]


def self_test():
    wrong = []
    for header, source, expected in CASES:
        with tempfile.TemporaryDirectory() as folder:
            src = pathlib.Path(folder)
            (src / 'a.h').write_text(header, encoding='utf-8')
            (src / 'a.c').write_text(source, encoding='utf-8')
            found = faults_of(src)
        if (expected is None) != (found == []) or expected and expected not in found[0]:
            wrong.append('%r gives %r, not %r' % (header, found, expected))
    project.finish(wrong, '%d planted headers judged rightly' % len(CASES))


def main():
    if sys.argv[1:] == ['--self-test']:
        self_test()
    else:
        project.finish(faults_of(project.ROOT / 'src'), 'every public function has its comment')


if __name__ == '__main__':
    main()
