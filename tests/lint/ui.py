#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ui.py SHIM: every .ui file is accepted by gtk4-builder-tool, which knows GTK's and libadwaita's types.

Types of our own are unknown to it: a template is checked against its parent's properties, and an object of
an own class as the nearest type of GTK's or libadwaita's it derives from, without the properties it adds.
Run inside `headless`.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

import project

OWN = re.compile(r'^Hw[A-Z]')
DEFINE = re.compile(r'G_DEFINE_[A-Z_]*TYPE[A-Z_]*\s*\(\s*(Hw\w+)\s*,\s*\w+\s*,\s*([A-Z0-9_]+)')


def type_name(macro):
    """GTK_TYPE_LIST_VIEW is GtkListView, HW_TYPE_PAGE is HwPage."""
    return ''.join(part.capitalize() for part in macro.replace('_TYPE_', '_').split('_'))


def parents():
    """Own type → its parent, out of the G_DEFINE_TYPE lines."""
    found = {}
    for path in (project.ROOT / 'src').rglob('*.c'):
        for name, macro in DEFINE.findall(path.read_text(encoding='utf-8')):
            found[name] = type_name(macro)
    return found


def known(name, table):
    while OWN.match(name) and name in table:
        name = table[name]
    return name


def adapt(root, table):
    """Replaces own classes by known ones and takes out what only the own class understands."""
    for element in root.iter():
        for child in list(element):
            if child.tag == 'object' and OWN.match(child.get('class', '')):
                child.set('class', known(child.get('class'), table))
                for inner in list(child):
                    if inner.tag in ('property', 'signal', 'binding', 'child'):
                        child.remove(inner)
    for template in root.iter('template'):
        if OWN.match(template.get('parent', '')):
            template.set('parent', known(template.get('parent'), table))
        own = {m for m in re.findall(r'"([a-z0-9-]+)"', properties_of(template.get('class')))}
        for inner in list(template):
            if inner.tag == 'property' and inner.get('name') in own:
                template.remove(inner)


def properties_of(name):
    """The text of the .c file that defines the type; its property names are strings there."""
    for path in (project.ROOT / 'src').rglob('*.c'):
        text = path.read_text(encoding='utf-8')
        if re.search(r'G_DEFINE_[A-Z_]*TYPE[A-Z_]*\s*\(\s*%s\b' % re.escape(name or '?'), text):
            return '\n'.join(re.findall(r'g_param_spec_\w+\s*\([^,]*', text))
    return ''


def main():
    project.need('gtk4-builder-tool')
    shim, table, faults, count = sys.argv[1], parents(), [], 0
    environment = dict(os.environ, LD_PRELOAD=shim, G_DEBUG='', ASAN_OPTIONS='detect_leaks=0')
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted((project.ROOT / 'src').rglob('*.ui')):
            tree = ET.parse(path)
            adapt(tree.getroot(), table)
            copy = pathlib.Path(folder) / path.name
            tree.write(copy, encoding='utf-8', xml_declaration=True)
            r = subprocess.run(['gtk4-builder-tool', 'validate', str(copy)], env=environment, capture_output=True, text=True, timeout=60)
            count += 1
            if r.returncode != 0:
                faults.append('%s: %s' % (path.relative_to(project.ROOT), (r.stdout + r.stderr).strip()))
    if count == 0:
        project.skip('there is no .ui file')
    project.finish(faults, '%d files accepted' % count)


if __name__ == '__main__':
    main()
