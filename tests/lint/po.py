#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""po.py potfiles|template|catalogues: what translators are given is complete.

potfiles    po/POTFILES is sorted and names exactly the files that hold words for a person
template    po/heapwise.pot has exactly the messages that are in those files now
catalogues  every po/*.po is well formed and named in po/LINGUAS
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import project

PO = project.ROOT / 'po'
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'ngettext:1,2', 'gettext', 'dgettext:2', 'dngettext:2,3', 'Q_:1g',
            'g_dgettext:2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext:2g', 'g_dpgettext2:2c,3']
CALL = re.compile(r'\b(?:_|N_|C_|NC_|Q_|n?gettext|g_d\w*gettext2?) ?\(\s*"')
UI = re.compile(r'translatable="(?:yes|true|1)"')


def listed(name):
    return [line.strip() for line in (PO / name).read_text(encoding='utf-8').splitlines()
            if line.strip() and not line.startswith('#')]


def holds_words(path):
    """Does the file hold anything to translate?"""
    if path.parts[0] == 'src':
        text = (project.ROOT / path).read_text(encoding='utf-8') if path.suffix in ('.c', '.h', '.ui') else ''
        return bool(UI.search(text) if path.suffix == '.ui' else CALL.search(text))
    return path.parts[0] == 'data' and re.search(r'\.(desktop|metainfo\.xml|mime\.xml|gschema\.xml)(\.in)+$', path.name)


def potfiles():
    names = listed('POTFILES')
    wanted = {str(p) for p in project.files() if holds_words(p)}
    yield from ('po/POTFILES: %s is missing' % n for n in sorted(wanted - set(names)))
    yield from ('po/POTFILES: %s has no words to translate or does not exist' % n for n in sorted(set(names) - wanted))
    if names != sorted(set(names)):
        yield 'po/POTFILES is not sorted, or names a file twice'


ENTRY = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?) "(.*)"$|^"(.*)"$')


def messages(pot):
    """The (context, message, plural) triples of a template; obsolete entries and the header are left out."""
    found, entry, field = set(), {}, None
    for line in pot.read_text(encoding='utf-8').splitlines() + ['msgctxt ""']:
        m = ENTRY.match(line)
        if not m:
            continue
        if m[1]:
            if m[1] in ('msgctxt', 'msgid') and 'msgstr' in entry:
                found.add((entry.get('msgctxt'), entry['msgid'], entry.get('msgid_plural')))
                entry = {}
            field = m[1].split('[')[0]
            entry[field] = m[2]
        elif field:
            entry[field] = entry.get(field, '') + m[3]
    return {e for e in found if e[1]}


def template():
    project.need('xgettext')
    pot = PO / 'heapwise.pot'
    if not pot.exists():
        yield 'po/heapwise.pot does not exist; make it: ninja -C BUILD heapwise-pot'
        return
    with tempfile.TemporaryDirectory() as folder:
        fresh = pathlib.Path(folder) / 'fresh.pot'
        r = subprocess.run(['xgettext', '--from-code=UTF-8', '--add-comments', '--files-from=' + str(PO / 'POTFILES'),
                            '--directory=' + str(project.ROOT), '--output=' + str(fresh),
                            *('--keyword=' + k for k in KEYWORDS)], capture_output=True, text=True)
        if r.returncode != 0:
            yield 'xgettext: ' + r.stderr.strip()
            return
        now, kept = messages(fresh), messages(pot)
    how = '; make it anew: ninja -C BUILD heapwise-pot'
    yield from ('po/heapwise.pot lacks %r%s' % (m[1], how) for m in sorted(now - kept, key=str))
    yield from ('po/heapwise.pot still has %r%s' % (m[1], how) for m in sorted(kept - now, key=str))


def catalogues():
    project.need('msgfmt')
    languages = listed('LINGUAS')
    if languages != sorted(languages):
        yield 'po/LINGUAS is not sorted'
    files = {p.stem for p in PO.glob('*.po')}
    yield from ('po/LINGUAS and po/%s.po do not agree' % n for n in sorted(files ^ set(languages)))
    for language in sorted(files):
        r = subprocess.run(['msgfmt', '--check', '-o', '/dev/null', str(PO / (language + '.po'))], capture_output=True, text=True)
        if r.returncode != 0:
            yield r.stderr.strip()


def main():
    check = {'potfiles': potfiles, 'template': template, 'catalogues': catalogues}[sys.argv[1]]
    project.finish(list(check()), 'po: %s in order' % sys.argv[1])


if __name__ == '__main__':
    main()
