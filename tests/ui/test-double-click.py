#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-double-click.py BUILD HEADLESS: what a file manager does with a snapshot opens the window.

Installs the program into a folder of its own, so that the desktop file, the MIME types and the D-Bus
service are the real ones, and opens files with `gio open`.
"""
import gzip
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'data/samples'


def output(*command):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True, timeout=120).stdout


def install(build, folder):
    """Installs below @folder and returns the prefix there."""
    output('meson', 'install', '-C', build, '--no-rebuild', '--quiet', '--destdir', folder)
    program = next(folder.rglob('bin/heapwise'))
    prefix = program.parents[1]
    # The service names the place the program was configured for.
    service = next((prefix / 'share/dbus-1/services').iterdir())
    configured = '/' + str(program.relative_to(folder))
    service.write_text(service.read_text().replace(configured, str(program)))
    # What an installation into its place does by itself
    output('update-desktop-database', prefix / 'share/applications')
    output('update-mime-database', prefix / 'share/mime')
    output('glib-compile-schemas', prefix / 'share/glib-2.0/schemas')
    return prefix


def outside(build, headless):
    with tempfile.TemporaryDirectory() as folder:
        prefix = install(build, pathlib.Path(folder))
        environment = {**os.environ,
                       'PATH': '%s/bin:%s' % (prefix, os.environ['PATH']),
                       'XDG_DATA_DIRS': '%s/share:/usr/local/share:/usr/share' % prefix}
        # The installed schema and samples are to be found without help.
        for name in ('GSETTINGS_SCHEMA_DIR', 'HEAPWISE_SAMPLES'):
            environment.pop(name, None)
        return subprocess.run([headless, '-size', '1280x900', sys.executable, __file__, '--inside'],
                              env=environment).returncode


def inside():
    import uitest as ui

    home = pathlib.Path.home()
    packed, plain = home / 'before.heapsnapshot.gz', home / 'with space & ünïcode.heapsnapshot'
    shutil.copy(SAMPLES / '1-before.heapsnapshot.gz', packed)
    plain.write_bytes(gzip.decompress((SAMPLES / '2-during.heapsnapshot.gz').read_bytes()))

    for file, kind in (packed, 'application/vnd.v8.heapsnapshot+gzip'), (plain, 'application/vnd.v8.heapsnapshot'):
        assert 'standard::content-type: %s\n' % kind in output('gio', 'info', '-a', 'standard::content-type', file), file
        assert 'heapwise' in output('gio', 'mime', kind).lower(), kind

    output('gio', 'open', packed)
    app = ui.wait(lambda: ui.app('heapwise'), 30, what='the program starts')
    ui.wait(lambda: app.frame().name == 'before – Heapwise', 30, what='the window shows the file')
    ui.wait(lambda: app.find('table row', prefix='Session', shown=True), 60, what='constructors')

    # The second one goes to the same window.
    output('gio', 'open', plain)
    ui.wait(lambda: app.frame().name == 'with space & ünïcode – Heapwise', 30, what='the second file')
    items = app.find('list', name='Open snapshots').children()
    assert len([i for i in items if i.role == 'list item']) == 2, items
    ui.key('ctrl+q')
    ui.wait(lambda: not ui.app('heapwise'), 30, what='the program ends')


if __name__ == '__main__':
    if sys.argv[1:] == ['--inside']:
        inside()
    else:
        sys.exit(outside(*sys.argv[1:]))
