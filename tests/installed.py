#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""installed.py PREFIX APP_ID: what `meson install` made is whole, and the program in it starts.

Run inside `headless`, with PREFIX/bin on PATH and PREFIX/share in XDG_DATA_DIRS.
"""
import pathlib
import subprocess
import sys

import uitest as ui

FILES = [
    'bin/heapwise',
    'bin/heapwise-cli',
    'share/applications/{id}.desktop',
    'share/applications/mimeinfo.cache',
    'share/dbus-1/services/{id}.service',
    'share/glib-2.0/schemas/{id}.gschema.xml',
    'share/glib-2.0/schemas/gschemas.compiled',
    'share/help/C/heapwise/index.page',
    'share/icons/hicolor/scalable/apps/{id}.svg',
    'share/icons/hicolor/symbolic/apps/{id}-symbolic.svg',
    'share/man/man1/heapwise-cli.1',
    'share/metainfo/{id}.metainfo.xml',
    'share/mime/packages/{id}.xml',
    'share/mime/mime.cache',
]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def main():
    prefix, app_id = pathlib.Path(sys.argv[1]), sys.argv[2]
    sample = sorted((pathlib.Path(__file__).parents[1] / 'data/samples').glob('*.heapsnapshot.gz'))[0]

    missing = [f for f in (name.format(id=app_id) for name in FILES) if not (prefix / f).exists()]
    assert not missing, 'not installed: %s' % ', '.join(missing)

    version = output('heapwise-cli', '--version')
    assert version.strip(), 'heapwise-cli tells no version'
    assert output('heapwise-cli', 'summary', '--no-cache', str(sample)).strip(), 'the summary is empty'

    kind = output('gio', 'mime', 'application/vnd.v8.heapsnapshot')
    assert app_id in kind, 'no program opens heap snapshots: %s' % kind

    with ui.running(['heapwise', sample], 'heapwise') as app:
        ui.wait(lambda: app.find('table row'), 30, what='rows of ' + sample.name)
    print('installed and started:', version.strip())


if __name__ == '__main__':
    main()
