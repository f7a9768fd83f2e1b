#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ids.py BUILT_DATA_FOLDER APP_ID: desktop file, metainfo, service, schema, icons and Flatpak say one id.

Also: what the sandbox may do is what is written here, no more.
"""
import configparser
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as ET

import project

PERMISSIONS = {'--share=ipc', '--share=network', '--socket=fallback-x11', '--socket=wayland', '--device=dri'}


def declared():
    """The released id, as meson.build has it."""
    text = (project.ROOT / 'meson.build').read_text(encoding='utf-8')
    return re.search(r"^app_id = '([^']+)'", text, re.M)[1]


def desktop(folder, app_id):
    entry = configparser.ConfigParser(interpolation=None, delimiters=('=',))
    entry.optionxform = str
    entry.read(folder / (app_id + '.desktop'), encoding='utf-8')
    main = entry['Desktop Entry']
    if main.get('Icon') != app_id:
        yield 'desktop file: Icon is %s' % main.get('Icon')
    mime = ET.parse(folder / (app_id + '.xml')).getroot()
    types = {e.get('type') for e in mime if e.tag.endswith('mime-type')}
    opened = set(filter(None, main.get('MimeType', '').split(';')))
    if types != opened:
        yield 'desktop file and MIME package do not name the same types: %s' % sorted(types ^ opened)
    component = ET.parse(folder / (app_id + '.metainfo.xml')).getroot()
    provided = {e.text for e in component.iter('mediatype')}
    if types != provided:
        yield 'metainfo and MIME package do not name the same types: %s' % sorted(types ^ provided)
    if component.findtext('id') != app_id:
        yield 'metainfo: id is %s' % component.findtext('id')
    if component.findtext('launchable') != app_id + '.desktop':
        yield 'metainfo: launchable is %s' % component.findtext('launchable')


def others(folder, app_id):
    service = (folder / (app_id + '.service')).read_text(encoding='utf-8')
    if 'Name=%s\n' % app_id not in service:
        yield 'D-Bus service: its Name is not %s' % app_id
    schemas = [s.get('id') for s in ET.parse(folder / (app_id + '.gschema.xml')).getroot().iter('schema')]
    if not all(s.startswith(app_id) for s in schemas):
        yield 'schema: ids are %s' % schemas


def sources(app_id):
    hicolor = project.ROOT / 'data/icons/hicolor'
    for icon in ('scalable/apps/%s.svg', 'symbolic/apps/%s-symbolic.svg', 'scalable/mimetypes/%s-heapsnapshot.svg'):
        if not (hicolor / (icon % app_id)).exists():
            yield 'no icon data/icons/hicolor/' + icon % app_id
    settings = (project.ROOT / 'build-aux/settings.sh').read_text(encoding='utf-8')
    if 'app_id=%s\n' % app_id not in settings:
        yield 'build-aux/settings.sh has another app_id'


def manifests(app_id):
    for name, devel in ((app_id, False), (app_id + '.Devel', True)):
        path = project.ROOT / 'flatpak' / (name + '.json')
        manifest = json.loads(path.read_text(encoding='utf-8'))
        if manifest.get('id') != name:
            yield '%s: id is %s' % (path.name, manifest.get('id'))
        if manifest.get('command') != 'heapwise':
            yield '%s: command is %s' % (path.name, manifest.get('command'))
        if manifest.get('separate-locales') is not False:
            yield '%s: without "separate-locales": false a bundle has no translations' % path.name
        given = set(manifest.get('finish-args', []))
        yield from ('%s: permission %s is not agreed on' % (path.name, p) for p in sorted(given - PERMISSIONS))
        yield from ('%s: permission %s is missing' % (path.name, p) for p in sorted(PERMISSIONS - given))
        module = manifest['modules'][-1]
        if ('-Ddevelopment=true' in module.get('config-opts', [])) != devel:
            yield '%s: -Ddevelopment=true is %s' % (path.name, 'missing' if devel else 'for the Devel manifest only')
        if '--share=network' in module.get('build-options', {}).get('build-args', []):
            yield '%s: the build asks for the network' % path.name


def main():
    folder, app_id = pathlib.Path(sys.argv[1]), sys.argv[2]
    released = declared()
    faults = [*desktop(folder, app_id), *others(folder, app_id), *sources(released), *manifests(released)]
    project.finish(faults, 'everything says ' + app_id)


if __name__ == '__main__':
    main()
