#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-shell.py HEAPWISE [--narrow | HEAPWISE-CLI]: the window as a person without a mouse uses it.

Run inside `headless`; with --narrow on a screen of 360 pixels; with the other program, what is there after a restart.
"""
import gzip
import os
import pathlib
import subprocess
import sys

import uitest as ui

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'data/samples'
NAMES = ['1-before', '2-during', '3-after']


def write_files(folder):
    """The three samples as plain files, an hour between them, and two that are not whole."""
    folder.mkdir()
    files = []
    for i, name in enumerate(NAMES):
        data = gzip.decompress((SAMPLES / (name + '.heapsnapshot.gz')).read_bytes())
        path = folder / (name + '.heapsnapshot')
        path.write_bytes(data)
        os.utime(path, (1700000000 + 3600 * i,) * 2)
        files.append(path)
    cut, page = folder / 'cut.heapsnapshot', folder / 'page.heapsnapshot'
    cut.write_bytes(data[:len(data) * 6 // 10])
    page.write_text('<!DOCTYPE html><title>Not found</title>')
    return files, cut, page


def rows(app):
    """The list's rows. The list is looked for once, since the tables beside it are big."""
    found = getattr(app, 'snapshots', None)
    if not found:
        found = app.snapshots = app.find('list', name='Open snapshots', shown=True)
    return [c for c in found.children() if c.role == 'list item'] if found and found.has('showing') else []


def row(app, title):
    return next((r for r in rows(app) if r.name.split(',')[0] == title), None)


def titled(app, title):
    return ui.wait(lambda: app.frame().name == '%s – Heapwise' % title, 20, what='the window shows ' + title)


def loaded(app, title):
    return ui.wait(lambda: 'MB' in row(app, title).name, 30, what=title + ' is loaded')


def focus_list(app):
    """Tab until the list of snapshots has the focus."""
    for _ in range(60):
        if any(r.has('focused') for r in rows(app)):
            return
        ui.key('Tab')
    ui.dump()
    raise AssertionError('the list cannot be reached with Tab')


def focused_row(app):
    return next((r for r in rows(app) if r.has('focused')), None)


def menu_item(app, name):
    return app.find('menu item', name=name, shown=True)


def note_entry(app):
    return app.find(name='Note', shown=True, pred=lambda n: n.editable() and n.has('focused'))


def write_note(app, text):
    ui.wait(lambda: note_entry(app), what='a place for the note')
    ui.type_text(text)
    ui.key('ctrl+Return')
    ui.wait(lambda: not app.find(name='Note', shown=True), what='the note is kept')


def remembered(program, heapwise_cli):
    """Names and notes come back after the program has ended, with the indexes gone and the file moved."""
    files, _, _ = write_files(pathlib.Path.home() / 'remembered')
    notebook = pathlib.Path(os.environ['XDG_DATA_HOME']) / 'heapwise/notebook.sqlite'
    with ui.running([program, files[0]], 'heapwise') as app:
        loaded(app, '1-before')
        focus_list(app)
        ui.key('F2')
        ui.wait(lambda: app.find(pred=lambda n: n.editable() and n.has('focused')), what='entry in the row')
        ui.key('ctrl+a')
        ui.type_text('start')
        ui.key('Return')
        titled(app, 'start')
        ui.wait(lambda: row(app, 'start').has('focused'))
        ui.key('Menu')
        ui.wait(lambda: menu_item(app, 'Note…').has('showing'), what='menu of the row')
        ui.key('Down', 'Return')
        write_note(app, 'cold')
        ui.wait(lambda: row(app, 'start').name.endswith(', note: cold'))
        ui.key('ctrl+q')
        assert app.process.wait(30) == 0
        app.process = None

    subprocess.run([heapwise_cli, 'cache', 'clear'], check=True, stdout=subprocess.DEVNULL)
    moved = files[0].rename(files[0].with_name('moved.heapsnapshot'))
    with ui.running([program, moved, files[1]], 'heapwise') as app:
        ui.wait(lambda: row(app, 'start').name.endswith(', note: cold'), 30, what='name and note')
        loaded(app, '2-during')
        assert 'note' not in row(app, '2-during').name
        ui.key('ctrl+q')
        assert app.process.wait(30) == 0
        app.process = None

    # Bytes that are no notebook hinder nothing, and are told of once
    notebook.write_bytes(b'no notebook' * 1000)
    with ui.running([program, moved, files[1]], 'heapwise') as app:
        loaded(app, 'moved')
        loaded(app, '2-during')
        ui.wait(lambda: app.find('button', name='Details', shown=True), what='toast').do()
        ui.wait(lambda: app.find('label', contains='notebook.sqlite.damaged', shown=True), what='details')
        ui.key('Escape')
        ui.wait(lambda: not app.find('label', contains='notebook.sqlite.damaged', shown=True))
        assert not app.find('label', name='Trouble with notes', shown=True)
        focus_list(app)
        ui.key('shift+F2')
        write_note(app, 'anew')
        ui.wait(lambda: focused_row(app).name.endswith(', note: anew'))
        ui.key('ctrl+q')
        assert app.process.wait(30) == 0
        app.process = None
    assert notebook.with_suffix('.sqlite.damaged').read_bytes().startswith(b'no notebook')


def wide(program):
    files, cut, page = write_files(pathlib.Path.home() / 'snapshots')
    with ui.running([program, files[0], files[1]], 'heapwise') as app:
        # Both are there, the later one is shown, with its change in words
        loaded(app, '1-before')
        loaded(app, '2-during')
        titled(app, '2-during')
        ui.wait(lambda: 'more than before' in row(app, '2-during').name)
        assert [r.name.split(',')[0] for r in rows(app)] == NAMES[:2]

        # From one to the next and around
        ui.key('ctrl+Tab')
        titled(app, '1-before')
        ui.key('ctrl+shift+Tab')
        titled(app, '2-during')
        ui.key('ctrl+Page_Down')
        titled(app, '1-before')

        # Through the dialog, and from another start of the program
        app.open_file(files[2])
        titled(app, '3-after')
        loaded(app, '3-after')
        assert subprocess.run([program, files[1]], timeout=30).returncode == 0
        titled(app, '2-during')
        assert len(rows(app)) == 3

        # Rename in place; the name can be taken back while typing
        focus_list(app)
        ui.key('F2')
        ui.wait(lambda: app.find(pred=lambda n: n.editable() and n.has('focused')), what='entry in the row')
        assert app.find(name='Name of the snapshot', shown=True)
        ui.key('ctrl+a')
        ui.type_text('two')
        ui.key('Return')
        titled(app, 'two')
        ui.wait(lambda: row(app, 'two').has('focused'))
        ui.key('F2')
        ui.type_text('three')
        ui.key('Escape')
        ui.wait(lambda: row(app, 'two').has('focused'))

        # A note, by its key; Escape writes nothing
        ui.key('shift+F2')
        write_note(app, 'Before lunch')
        ui.wait(lambda: row(app, 'two').name.endswith(', note: Before lunch'), what='the note is spoken')
        ui.wait(lambda: row(app, 'two').has('focused'))
        ui.key('shift+F2')
        ui.wait(lambda: note_entry(app), what='the note, to be edited')
        ui.type_text('nonsense')
        ui.key('Escape')
        ui.wait(lambda: row(app, 'two').has('focused'))
        assert row(app, 'two').name.endswith(', note: Before lunch'), row(app, 'two')

        # Arrows choose, the menu key says what can be done
        ui.key('Down')
        titled(app, '3-after')
        ui.key('Menu')
        ui.wait(lambda: menu_item(app, 'Remove From List'), what='menu of the row')
        ui.key('Escape')
        ui.wait(lambda: not menu_item(app, 'Remove From List'))

        # Remove, go on at the neighbour, and take it back
        ui.wait(lambda: row(app, '3-after').has('focused'))
        ui.key('Delete')
        ui.wait(lambda: len(rows(app)) == 2)
        ui.wait(lambda: focused_row(app).name.startswith('two'))
        ui.wait(lambda: app.find('button', name='Undo', shown=True))
        ui.key('ctrl+z')
        titled(app, '3-after')
        loaded(app, '3-after')

        # What was written stays with what was removed
        ui.wait(lambda: row(app, 'two').has('focused'))
        ui.key('Delete')
        ui.wait(lambda: len(rows(app)) == 2)
        ui.key('ctrl+z')
        titled(app, 'two')
        loaded(app, 'two')
        assert row(app, 'two').name.endswith(', note: Before lunch'), row(app, 'two')

        # The header tells the size and who made it
        ui.wait(lambda: app.find('label', contains='MB · Node.js 24.', shown=True), what='who made it')

        # The same with the mouse
        app.click(row(app, '1-before'))
        titled(app, '1-before')
        app.click(row(app, '1-before'), button=3)
        ui.wait(lambda: menu_item(app, 'Remove From List'), what='menu of the row')
        ui.key('Escape')
        ui.wait(lambda: not menu_item(app, 'Remove From List'))
        app.click(row(app, '1-before'), times=2)
        ui.wait(lambda: app.find(name='Name of the snapshot', shown=True), what='entry in the row')
        ui.key('Escape')

        # What cannot be opened says why and what to do
        app.open_file(page)
        titled(app, 'page')
        ui.wait(lambda: app.find('label', contains='Cannot Be Opened', shown=True))
        assert app.find('label', contains='web page', shown=True), app.tree()
        assert app.find('button', name='Try Again', shown=True)
        ui.key('ctrl+w')
        ui.wait(lambda: len(rows(app)) == 3)

        # What ends early opens all the same
        app.open_file(cut)
        titled(app, 'cut')
        loaded(app, 'cut')
        ui.wait(lambda: app.find('label', contains='ends early', shown=True), what='banner')
        app.find('button', name='Details', shown=True).do()
        ui.wait(lambda: app.find('label', contains='at byte', shown=True), what='details')
        ui.key('Escape')

        # Dialogs and the menu by their keys
        ui.key('ctrl+question')
        ui.wait(lambda: app.find('label', name='Bring back the removed snapshot', shown=True))
        ui.key('Escape')
        ui.wait(lambda: not app.find('label', name='Bring back the removed snapshot', shown=True))
        ui.key('ctrl+comma')
        ui.wait(lambda: app.find('spin button', name='Room on the Disk', shown=True))
        ui.wait(lambda: app.find('label', contains='index', shown=True))
        ui.key('Escape')
        ui.wait(lambda: not app.find('spin button', name='Room on the Disk', shown=True))
        ui.key('F10')
        ui.wait(lambda: menu_item(app, 'About Heapwise'), what='main menu')
        ui.key('Escape')
        ui.wait(lambda: not menu_item(app, 'About Heapwise'))

        # The list hides and comes back
        ui.key('F9')
        ui.wait(lambda: not rows(app))
        ui.key('F9')
        ui.wait(lambda: len(rows(app)) == 4)

        # A window of its own
        frames = [c for c in app.children() if c.role == 'frame']
        ui.key('ctrl+n')
        ui.wait(lambda: len([c for c in app.children() if c.role == 'frame']) == len(frames) + 1)
        ui.wait(lambda: app.frame().name == 'Heapwise')
        ui.wait(lambda: app.frame().find('button', name='Explore a Sample', shown=True))
        ui.key('ctrl+q')
        assert app.process.wait(30) == 0
        app.process = None


def narrow(program):
    files, _, page = write_files(pathlib.Path.home() / 'snapshots')
    with ui.running([program, *files], 'heapwise') as app:
        titled(app, '3-after')
        # The list is one key away, the views have moved to the bottom
        ui.wait(lambda: app.find('toggle button', name='Snapshots', shown=True))
        assert not rows(app)
        ui.key('F9')
        ui.wait(lambda: len(rows(app)) == 3)
        loaded(app, '1-before')
        ui.wait(lambda: focused_row(app).name.startswith('3-after'))
        ui.key('Home')
        titled(app, '1-before')
        ui.key('Return')
        ui.wait(lambda: not rows(app))

        # A note can be written here as well, in a sheet from the bottom
        ui.key('F9')
        ui.wait(lambda: len(rows(app)) == 3)
        ui.wait(lambda: focused_row(app))
        ui.key('shift+F2')
        write_note(app, 'narrow')
        ui.wait(lambda: row(app, '1-before').name.endswith(', note: narrow'))
        ui.wait(lambda: focused_row(app))
        ui.key('Return')
        ui.wait(lambda: not rows(app))

        # Nothing stands outside of the screen
        frame = app.frame()
        width = frame.extents().width
        assert width <= 360, width
        for node in frame.all(shown=True, pred=lambda n: n.role in ('button', 'toggle button', 'page tab', 'label')):
            e = node.extents()
            assert e.width <= width, node

        app.open_file(page)
        titled(app, 'page')
        ui.wait(lambda: app.find('button', name='Try Again', shown=True))
        for _ in range(4):
            ui.key('ctrl+w')
        ui.wait(lambda: app.find('button', name='Explore a Sample', shown=True))


def main():
    program = sys.argv[1]
    if sys.argv[2:] == ['--narrow']:
        narrow(program)
    elif sys.argv[2:]:
        remembered(program, sys.argv[2])
    else:
        wide(program)


if __name__ == '__main__':
    main()
