#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""test-views.py HEAPWISE HEAPWISE-CLI: Summary, Comparison, Containment and Retainers by keyboard.

Run inside `headless`. What the rows are, and in which order, is compared with what the terminal says.
"""
import gzip
import json
import os
import pathlib
import subprocess
import sys

import uitest as ui

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / 'data/samples'
FIXTURES = pathlib.Path(__file__).resolve().parents[1] / 'fixtures'
NAMES = ['1-before', '2-during', '3-after']
COLUMNS = [('name', 'asc'), ('distance', 'asc'), ('shallow_size', 'desc'), ('retained_size', 'desc')]


def write_files(folder):
    """The three samples as plain files, an hour between them."""
    folder.mkdir()
    files = []
    for i, name in enumerate(NAMES):
        path = folder / (name + '.heapsnapshot')
        path.write_bytes(gzip.decompress((SAMPLES / (name + '.heapsnapshot.gz')).read_bytes()))
        os.utime(path, (1700000000 + 3600 * i,) * 2)
        files.append(path)
    return files


class Terminal:
    def __init__(self, program):
        self.program = program

    def json(self, *arguments):
        return json.loads(subprocess.run([self.program, *map(str, arguments), '--format=json'],
                                         check=True, capture_output=True, text=True, timeout=60).stdout)

    def classes(self, file, *arguments):
        return [c['name'] for c in self.json('summary', '--limit=60', *arguments, file)['classes']]


def table(app, name):
    return app.find('tree table', name=name, shown=True)


def rows(app, name):
    """The rows of a table from the first one on, as far as they are realised."""
    found = table(app, name)
    inner = found and found.find('list')
    return [r for r in inner.children() if r.role == 'table row'] if inner else []


def names(app, name):
    return [r.name for r in rows(app, name)]


def selected(app, name):
    return next((r for r in rows(app, name) if r.has('selected')), None)


def focused(app):
    return app.find(pred=lambda n: n.has('focused'), shown=True)


def in_header(app):
    """AT-SPI gets no role for GTK's column headers; ours are the buttons that they are used as."""
    return focused(app).role == 'button' and focused(app).name in ('Constructor', 'Distance', 'Shallow Size', 'Retained Size')


def begins_with(found, wanted):
    """Whether these are the first rows, in this order; only those on the screen are to be seen."""
    return len(found) >= min(len(wanted), 10) > 0 and all(f.startswith(w + ',') for f, w in zip(found, wanted))


def enter_rows(app):
    """From wherever the focus is into the rows of the view, through its filter."""
    ui.key('ctrl+f')
    ui.wait(lambda: app.find(pred=lambda n: n.editable() and n.has('focused'), shown=True), what='filter has the focus')
    ui.key('Return')


def check_first_steps(app):
    """Before anything is selected: the rows have the keyboard from the start; Tab leads from the filter over the
    header to them, and the arrow opens one."""
    ui.wait(lambda: focused(app) is not None and focused(app).name.startswith(names(app, 'Constructors')[0]),
            what='the first row has the focus')
    ui.key('ctrl+f')
    ui.wait(lambda: app.find(pred=lambda n: n.editable() and n.has('focused'), shown=True), what='filter has the focus')
    ui.key('Tab')
    ui.wait(lambda: in_header(app), what='header has the focus')
    ui.key('Tab')
    ui.wait(lambda: not in_header(app), what='rows have the focus')
    ui.key('Right')
    ui.wait(lambda: rows(app, 'Constructors')[0].find('button').has('expanded'), what='the first row opens')
    ui.key('Left')
    ui.wait(lambda: not rows(app, 'Constructors')[0].find('button').has('expanded'), what='the first row closes')


def type_filter(app, text):
    ui.key('ctrl+f')
    ui.wait(lambda: app.find(pred=lambda n: n.editable() and n.has('focused'), shown=True), what='filter has the focus')
    ui.key('ctrl+a', 'BackSpace')
    if text:
        ui.type_text(text)


def check_sorting(app, terminal, file):
    """Every column in both directions, from the header, without a mouse."""
    enter_rows(app)
    ui.wait(lambda: selected(app, 'Constructors') or focused(app).role in ('table row', 'list'))
    ui.key('shift+Tab')
    ui.wait(lambda: in_header(app), what='header has the focus')
    for i, (column, first) in enumerate(COLUMNS):
        if i > 0:
            ui.key('Right')
        for direction in (first, 'asc' if first == 'desc' else 'desc'):
            ui.key('Return')
            wanted = terminal.classes(file, '--sort=%s:%s' % (column, direction))
            ui.wait(lambda: begins_with(names(app, 'Constructors'), wanted), 10,
                    what='rows by %s, %s, as in the terminal: %s' % (column, direction, wanted[:5]))
        assert in_header(app), focused(app)
    ui.key('Return')
    ui.wait(lambda: begins_with(names(app, 'Constructors'), terminal.classes(file)), what='largest first again')
    ui.key('ctrl+i')
    ui.wait(lambda: app.find('label', contains='would be freed', shown=True), what='words for the column')
    ui.key('Escape')
    ui.wait(lambda: not app.find('label', contains='would be freed', shown=True))


def check_filter(app, terminal, file):
    everything = names(app, 'Constructors')
    type_filter(app, 'STRING')
    wanted = terminal.classes(file, '--filter=string')
    ui.wait(lambda: begins_with(names(app, 'Constructors'), wanted),
            what='only what contains "string"')
    # Typing goes on where it was
    assert focused(app).editable(), focused(app)
    ui.key('Escape')
    ui.wait(lambda: names(app, 'Constructors') == everything, what='all constructors again')


def press_until(app, key, f, what, limit=60):
    for _ in range(limit):
        if f():
            return
        ui.key(key)
    ui.wait(f, 2, what=what)


def check_tree(app):
    """A constructor, an object, a member; and what keeps the object alive."""
    ui.wait(lambda: app.find('label', contains='Select an object', shown=True))
    enter_rows(app)
    ui.key('Home')
    ui.wait(lambda: selected(app, 'Constructors'))
    press_until(app, 'Down', lambda: selected(app, 'Constructors').name.startswith('Session,'), 'the constructor Session')
    ui.key('Right')
    ui.wait(lambda: selected(app, 'Constructors').find('button').has('expanded'))
    ui.key('Down')
    ui.wait(lambda: selected(app, 'Constructors').name.startswith('Session @'))
    name = selected(app, 'Constructors').name.split(',')[0]
    ui.wait(lambda: selected(app, 'Constructors').find('button').attributes().get('level') == '2')
    # One shortest path, open to its end
    ui.wait(lambda: len(rows(app, 'Retainers')) > 2, what='retainers')
    ui.wait(lambda: [r for r in rows(app, 'Retainers') if r.find('button').has('expanded')], what='an open path')
    distances = [int(r.name.split('distance ')[1].split(',')[0]) for r in rows(app, 'Retainers')
                 if r.find('button').has('expanded')]
    assert distances == sorted(distances, reverse=True), distances
    assert app.find('label', prefix='Kept alive by: ', shown=True)
    ui.key('Right', 'Right')
    ui.wait(lambda: ' :: ' in selected(app, 'Constructors').name, what='a member of the object')
    ui.key('BackSpace')
    ui.wait(lambda: selected(app, 'Constructors').name.startswith(name))
    ui.key('Left')
    ui.wait(lambda: not selected(app, 'Constructors').find('button').has('expanded'))
    return name


def check_row(app, name):
    """What can be done with a row: its words, its menu, its text."""
    ui.key('ctrl+i')
    ui.wait(lambda: app.find('label', contains='Shallow Size: ', shown=True), what='words for the row')
    ui.key('Escape')
    ui.wait(lambda: not app.find('label', contains='Shallow Size: ', shown=True))
    ui.wait(lambda: selected(app, 'Constructors').has('focused'))
    ui.key('ctrl+c')
    ui.key('ctrl+f')
    ui.wait(lambda: focused(app).editable())
    ui.key('ctrl+a', 'ctrl+v')
    ui.wait(lambda: focused(app).text.startswith(name), what='the copied row')
    ui.key('Escape')
    ui.wait(lambda: len(rows(app, 'Constructors')) > 5)
    ui.key('Return')
    ui.wait(lambda: selected(app, 'Constructors').has('focused'), what='back in the row')


def menu_item(app, name):
    return app.find('menu item', name=name, shown=True)


def check_reveal(app, name):
    """To the object in Containment, from there to a retainer's place in Summary, and back."""
    for key in ('Menu', 'shift+F10'):
        ui.key(key)
        ui.wait(lambda: menu_item(app, 'Show in Containment'), what='menu of the row by ' + key)
        ui.key('Escape')
        ui.wait(lambda: not menu_item(app, 'Show in Containment'))
        ui.wait(lambda: selected(app, 'Constructors').has('focused'))
    ui.key('Menu')
    ui.wait(lambda: menu_item(app, 'Show in Containment'))
    menu_item(app, 'Show in Containment').do()
    ui.wait(lambda: name in selected(app, 'What the roots refer to').name, what='the object in Containment')
    ui.wait(lambda: selected(app, 'What the roots refer to').has('focused'))

    # Tab leaves the rows for the retainers; only one of the two tables is marked strongly
    press_until(app, 'Tab', lambda: any(r.has('focused') for r in rows(app, 'Retainers')), 'Tab reaches the retainers')
    # The first one, the Map's internal array, has no size of its own and so no place in the Summary
    ui.key('Home', 'Down')
    ui.wait(lambda: ' in Map ' in selected(app, 'Retainers').name)
    retainer = selected(app, 'Retainers').name
    ui.key('Menu')
    ui.wait(lambda: menu_item(app, 'Show in Summary'), what='menu of the retainer')
    menu_item(app, 'Show in Summary').do()
    wanted = retainer.split(' in ', 1)[1].split(',')[0]
    ui.wait(lambda: selected(app, 'Constructors').name.startswith(wanted), what='the retainer in the Summary')
    ui.key('alt+Left')
    ui.wait(lambda: name in (selected(app, 'What the roots refer to') or selected(app, 'Constructors')).name, what='back')


def check_comparison(app, terminal, files):
    ui.key('ctrl+2')
    title = 'New and deleted objects'
    ui.wait(lambda: len(rows(app, title)) > 5, what='comparison')
    assert 'size delta +' in names(app, title)[0], names(app, title)[0]

    # Another base, chosen without a mouse
    base = ui.wait(lambda: app.find('combo box', name='2-during', shown=True), what='chooser')
    press_until(app, 'Tab', lambda: base.has('focused') or base.find(pred=lambda n: n.has('focused')), 'the chooser has the focus')
    before = names(app, title)[:20]
    ui.key('space')
    ui.wait(lambda: app.find('list item', shown=True, pred=lambda n: n.has('focused')))
    ui.key('Home', 'Return')
    ui.wait(lambda: names(app, title) and names(app, title)[:20] != before, what='compared with the first one')
    wanted = [c['name'] for c in terminal.json('compare', '--limit=20', '--sort=size_delta:desc', files[0], files[2])['classes']]
    ui.wait(lambda: begins_with(names(app, title), wanted), what='rows as in the terminal: %s' % wanted[:5])

    # New and deleted objects below a constructor; the deleted one's retainers come from the base
    type_filter(app, '(system)')
    ui.wait(lambda: len(rows(app, title)) == 1, what='one constructor')
    ui.key('Return')
    ui.key('Home')
    ui.wait(lambda: selected(app, title))
    ui.key('Right')
    ui.wait(lambda: any(', new' in n for n in names(app, title)), what='new objects')
    ui.key('End')
    ui.wait(lambda: ', deleted' in selected(app, title).name, what='deleted objects at the end')
    ui.wait(lambda: len(rows(app, 'Retainers')) > 0 or app.find('label', contains='root, or only weak', shown=True),
            what='what kept the deleted object alive')
    type_filter(app, '')
    ui.wait(lambda: len(rows(app, title)) > 5)


def check_side_by_side(app):
    button = app.find('toggle button', contains='Side', shown=True)
    press_until(app, 'Tab', lambda: button.has('focused'), 'the button has the focus')
    ui.key('space')
    ui.wait(lambda: len(rows(app, 'The baseline')) > 5 and len(rows(app, 'The current snapshot')) > 5, what='two panes')
    ui.wait(lambda: names(app, 'The baseline') == names(app, 'The current snapshot'), what='aligned')
    assert names(app, 'The baseline')[0].split(' objects')[0].startswith('(string),'), names(app, 'The baseline')[:3]
    enter_rows(app)
    ui.key('Home', 'Down')
    ui.wait(lambda: selected(app, 'The baseline') and selected(app, 'The current snapshot'), what='one selection')
    ui.key('Right')
    for pane in ('The baseline', 'The current snapshot'):
        ui.wait(lambda: selected(app, pane).find('button').has('expanded'), what='open in ' + pane)
    ui.key('Tab')
    press_until(app, 'Tab', lambda: any(r.has('focused') for r in rows(app, 'The current snapshot')), 'Tab reaches the other pane')
    ui.key('Down')
    ui.wait(lambda: selected(app, 'The baseline').name == selected(app, 'The current snapshot').name)
    ui.key('Up', 'Left')
    for pane in ('The baseline', 'The current snapshot'):
        ui.wait(lambda: not selected(app, pane).find('button').has('expanded'), what='closed in ' + pane)
    press_until(app, 'shift+Tab', lambda: button.has('focused'), 'back at the button')
    ui.key('space')
    ui.wait(lambda: len(rows(app, 'New and deleted objects')) > 5, what='one table again')


def tiny(nodes, edges):
    """A file of a few objects; the root is the first."""
    return json.dumps({
        'snapshot': {
            'meta': {
                'node_fields': ['type', 'name', 'id', 'self_size', 'edge_count'],
                'node_types': [['hidden', 'object', 'synthetic'], 'string', 'number', 'number', 'number'],
                'edge_fields': ['type', 'name_or_index', 'to_node'],
                'edge_types': [['element', 'shortcut'], 'string_or_number', 'node'],
            },
            'node_count': len(nodes) // 5,
            'edge_count': len(edges) // 3,
        },
        'nodes': nodes, 'edges': edges, 'strings': ['', '(GC roots)', 'global'],
    })


def check_not_comparable(program, folder):
    """Says why instead of showing nonsense: another way to capture, another run."""
    folder.mkdir()
    plain, internals = folder / 'plain.heapsnapshot', folder / 'internals.heapsnapshot'
    plain.write_text(tiny([2, 0, 1, 0, 1, 1, 2, 3, 16, 0], [1, 2, 5]))
    internals.write_text(tiny([2, 0, 1, 0, 1, 2, 1, 3, 0, 1, 1, 2, 5, 16, 0], [0, 1, 5, 0, 1, 10]))
    other = FIXTURES / 'runtimes/node20.heapsnapshot.zst'
    for files, why in (([plain, internals], 'internals exposed'), ([SAMPLES / (NAMES[0] + '.heapsnapshot.gz'), other], 'different runs')):
        with ui.running([program, *files], 'heapwise') as app:
            ui.wait(lambda: rows(app, 'Constructors'), 30, what='Summary')
            ui.key('ctrl+2')
            ui.wait(lambda: app.find('label', name='These Snapshots Cannot Be Compared', shown=True), 30, what='the refusal')
            ui.wait(lambda: app.find('label', contains=why, shown=True), what=why)
            assert not rows(app, 'New and deleted objects')


def main():
    program, cli = sys.argv[1:3]
    terminal = Terminal(cli)
    files = write_files(pathlib.Path.home() / 'snapshots')
    with ui.running([program, files[0]], 'heapwise') as app:
        ui.wait(lambda: begins_with(names(app, 'Constructors'), terminal.classes(files[0])), 30, what='Summary')
        ui.key('ctrl+2')
        ui.wait(lambda: app.find('label', name='Nothing to Compare With', shown=True), what='what to do for a comparison')
        ui.key('ctrl+1')
        for file in files[1:]:
            subprocess.run([program, file], check=True, timeout=30)
        ui.wait(lambda: begins_with(names(app, 'Constructors'), terminal.classes(files[2])), 30, what='Summary of the last one')
        ui.wait(lambda: 'retained size' in names(app, 'Constructors')[0])
        check_sorting(app, terminal, files[2])
        check_filter(app, terminal, files[2])
        name = check_tree(app)
        check_row(app, name)
        check_reveal(app, name)
        check_comparison(app, terminal, files)
        check_side_by_side(app)
    with ui.running([program, files[0]], 'heapwise') as app:
        ui.wait(lambda: begins_with(names(app, 'Constructors'), terminal.classes(files[0])), 30, what='Summary')
        check_first_steps(app)
    check_not_comparable(program, pathlib.Path.home() / 'others')


if __name__ == '__main__':
    main()
