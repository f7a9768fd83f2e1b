#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-live.py HEAPWISE NODE: attaches to a real program by its address and does what a person does.

Run inside `headless`.
"""
import os
import pathlib
import re
import sqlite3
import subprocess
import sys

import uitest as ui

LEAK = pathlib.Path(__file__).resolve().parent / 'programs/leak.js'


def start_node(node):
    """A program that grows, and the port its inspector listens on."""
    p = subprocess.Popen([node, '--inspect=127.0.0.1:0', str(LEAK)], stderr=subprocess.PIPE, text=True)
    while True:
        line = p.stderr.readline()
        if not line:
            raise RuntimeError('node ended before its inspector was there')
        m = re.search(r'ws://127\.0\.0\.1:(\d+)/', line)
        if m:
            return p, m[1]


def recordings():
    return sorted((pathlib.Path(os.environ['XDG_DATA_HOME']) / 'heapwise/recordings').glob('*.db'))


def count(sql):
    with sqlite3.connect('file:%s?mode=ro' % recordings()[-1], uri=True) as db:
        return db.execute(sql).fetchone()[0]


def attach(app, port):
    ui.key('ctrl+shift+a')
    dialog = ui.wait(lambda: app.find('dialog', name='Attach to a Program'), what='dialog')
    entry = ui.wait(lambda: dialog.find(name='Address', pred=lambda o: o.editable()), what='address')
    entry.text = '127.0.0.1:' + port
    button = ui.wait(lambda: dialog.find('list', name='Elsewhere').find('button', name='Attach'), what='button')
    ui.wait(lambda: button.has('sensitive'), what='sensitive button')
    button.do()


def row(app):
    return app.find('list item', prefix='Recording of')


def main():
    heapwise, node = sys.argv[1:3]
    program, port = start_node(node)
    try:
        with ui.running([heapwise], 'heapwise') as app:
            attach(app, port)

            # numbers arrive, in the window and on disk
            ui.wait(lambda: 'Live' in row(app).name, 20, what='live')
            ui.wait(lambda: app.find(prefix='Heap used', shown=True), what='numbers')
            ui.wait(lambda: count('SELECT count(*) FROM memory_metrics') >= 3, 20, what='samples on disk')
            print('ok 1 - attached, numbers arrive and are kept')

            # a mark, with the keyboard
            ui.key('ctrl+m')
            entry = ui.wait(lambda: app.find(name='What happens now', shown=True, pred=lambda o: o.editable()), what='mark')
            entry.text = 'login load started'
            app.find(name='Set Mark', shown=True).do()
            ui.wait(lambda: count("SELECT count(*) FROM markers WHERE label = 'login load started'") == 1, what='marker')
            print('ok 2 - marked')

            # an expression of one's own
            entry = app.find(name='Add an Expression', pred=lambda o: o.editable())
            entry.text = 'sessions.size'
            ui.wait(lambda: app.find(name='Add the Expression', pred=lambda o: o.has('sensitive')), what='button').do()
            ui.wait(lambda: count('SELECT count(*) FROM watches') > 0, 20, what='watch')
            print('ok 3 - watched')

            # allocations: begun and ended by the same button, kept beside the recording
            app.find(name='Record Allocations', pred=lambda o: 'button' in o.role).do()
            stop = ui.wait(lambda: app.find(name='Stop Recording', pred=lambda o: 'button' in o.role), what='recording')
            ui.wait(lambda: not app.find(name='Sample Allocations', pred=lambda o: 'button' in o.role).has('sensitive'))
            ui.time.sleep(1)
            stop.do()
            ui.wait(lambda: app.find('list item', contains='Allocation timeline'), 30, what='timeline in the sidebar')
            print('ok 4 - allocations recorded')

            # a snapshot: it is taken, read, and stands below its recording
            ui.key('ctrl+shift+s')
            ui.wait(lambda: app.find('list item', contains='Snapshot 1'), 60, what='snapshot in the sidebar')
            ui.wait(lambda: count("SELECT count(*) FROM snapshots") == 1, what='snapshot on disk')
            opener = ui.wait(lambda: app.find(name='Open', shown=True, pred=lambda o: 'button' in o.role), what='toast')
            opener.do()
            ui.wait(lambda: app.find('table row', contains='Session', shown=True), 30, what='the class of the leak')
            print('ok 5 - snapshot taken and opened')

            # leaving the program: it goes on running, everything is on disk
            app.find('list item', prefix='Recording of').find(name='Leave the Program and Remove from the List').do()
            ui.wait(lambda: not app.find('list item', prefix='Recording of'), what='row gone')
            assert program.poll() is None
            print('ok 6 - detached')

            # undoing that goes on with the same file
            before = count('SELECT count(*) FROM memory_metrics')
            ui.key('ctrl+z')
            ui.wait(lambda: 'Live' in row(app).name, 20, what='live again')
            ui.wait(lambda: count('SELECT count(*) FROM memory_metrics') > before, 20, what='more samples')
            assert len(recordings()) == 1
            row(app).find(name='Leave the Program and Remove from the List').do()
            ui.wait(lambda: not app.find('list item', prefix='Recording of'), what='row gone again')
            print('ok 7 - attached again')

            # the recording opens as a file
            app.open_file(recordings()[-1])
            ui.wait(lambda: 'Recorded' in row(app).name, 20, what='recorded')
            ui.wait(lambda: app.find(prefix='Heap used', shown=True), what='numbers of the file')
            print('ok 8 - opened from its file')

            # the program ends whole while it watches
            attach(app, port)
            ui.wait(lambda: app.find('list item', prefix='Recording of leak.js, Live'), 20, what='live')
            ui.key('ctrl+q')
            assert app.process.wait(10 * ui.PATIENCE) == 0
            assert program.poll() is None
            print('ok 9 - ended while watching')
    finally:
        program.kill()
        program.wait()
    print('1..9')


main()
