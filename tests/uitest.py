# SPDX-License-Identifier: GPL-3.0-or-later
"""uitest - drive a GTK 4 program as a person would: AT-SPI to find things, xdotool to click and type.

Run inside `build-aux/headless`.  Needs python3-gi, gir1.2-atspi-2.0 and, for input, xdotool (X11).

    import uitest as ui
    with ui.running([sys.argv[1], 'a.heapsnapshot'], 'heapwise') as app:
        row = ui.wait(lambda: app.find('table row', prefix='Object'))
        app.click(row, dx=18)                       # the triangle, with the real mouse
        ui.wait(lambda: app.find('table row', prefix='Object').find('button').has('expanded'))
        ui.key('Down', 'Right')                     # the keyboard
        app.open_file('/tmp/b.heapsnapshot')        # Ctrl+O, GTK's own file dialog

Lists show some 200 rows to the accessibility tree, the ones around the visible part.
When a wait ends in vain the tree of the window is printed, so that the log says what was there.
"""
import contextlib
import os
import subprocess
import sys
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib  # noqa: E402

# The library warns of every object that goes away while it is asked about; wait() deals with that.
GLib.log_set_handler('dbind', GLib.LogLevelFlags.LEVEL_WARNING, lambda *a: None, None)

# Builds with sanitizers and busy machines are slower; meson's own timeout has the last word.
PATIENCE = float(os.environ.get('UITEST_PATIENCE', '1'))


def wait(f, seconds=10, step=0.03, what=None):
    """The first true value of f(); things that vanish while being looked at count as false."""
    end = time.monotonic() + seconds * PATIENCE
    while True:
        try:
            r = f()
        except (GLib.Error, AttributeError):
            # AttributeError: a find() in the middle of a chain found nothing yet.
            r = None
        if r:
            return r
        if time.monotonic() > end:
            dump()
            raise AssertionError('%s: nothing came of it in %g s' % (what or 'wait', seconds * PATIENCE))
        time.sleep(step)


def x(*args):
    """Runs xdotool and returns what it prints."""
    return subprocess.run(['xdotool', *map(str, args)], check=True, capture_output=True, text=True).stdout.strip()


def key(*keys):
    """Presses keys, by xdotool's names: 'ctrl+o', 'Down', 'Return'."""
    x('key', '--clearmodifiers', *keys)


def type_text(text):
    x('type', '--clearmodifiers', '--delay', 15, '--', text)


class Node:
    """One accessible object."""

    def __init__(self, acc):
        self.acc = acc

    role = property(lambda s: s.acc.get_role_name())
    name = property(lambda s: s.acc.get_name() or '')
    description = property(lambda s: s.acc.get_description() or '')

    def __repr__(self):
        return '<%s %r>' % (self.role, self.name)

    def children(self, limit=300):
        n = min(self.acc.get_child_count(), limit)
        return [Node(c) for c in (self.acc.get_child_at_index(i) for i in range(n)) if c]

    @property
    def parent(self):
        p = self.acc.get_parent()
        return p and Node(p)

    def has(self, state):
        return self.acc.get_state_set().contains(getattr(Atspi.StateType, state.upper()))

    def all(self, role=None, name=None, prefix=None, contains=None, pred=None, shown=False):
        """Every object below and including this one that fits; shown: only what is on the screen."""
        if shown and not self.has('showing') and self.role != 'application':
            return
        if ((role is None or self.role == role) and (name is None or self.name == name) and
                (prefix is None or self.name.startswith(prefix)) and
                (contains is None or contains in self.name) and (pred is None or pred(self))):
            yield self
        for c in self.children():
            try:
                yield from c.all(role, name, prefix, contains, pred, shown)
            except GLib.Error:
                # it went away while its siblings were looked at
                pass

    def find(self, *a, **k):
        return next(self.all(*a, **k), None)

    def actions(self):
        a = self.acc.get_action_iface()
        return [Atspi.Action.get_action_name(a, i) for i in range(a.get_n_actions())] if a else []

    def do(self, action='click'):
        """Does one of the object's actions by name, as a screen reader would."""
        names = self.actions()
        if action not in names:
            raise AssertionError('%r has no action %s, only %s' % (self, action, names))
        return Atspi.Action.do_action(self.acc.get_action_iface(), names.index(action))

    def focus(self):
        self.acc.get_component_iface().grab_focus()

    def attributes(self):
        return self.acc.get_attributes() or {}

    @property
    def text(self):
        return Atspi.Text.get_text(self.acc, 0, Atspi.Text.get_character_count(self.acc))

    @text.setter
    def text(self, value):
        Atspi.EditableText.set_text_contents(self.acc, value)

    def editable(self):
        return 'EditableText' in self.acc.get_interfaces()

    def extents(self):
        return self.acc.get_component_iface().get_extents(Atspi.CoordType.WINDOW)

    def tree(self, depth=0, lines=None, limit=400):
        """The objects below as indented text, for logs."""
        lines = [] if lines is None else lines
        if len(lines) < limit:
            marks = [s for s in ('focused', 'selected', 'expanded', 'checked') if self.has(s)]
            lines.append('%s%s %r %s' % ('  ' * depth, self.role, self.name, ' '.join(marks)))
            for c in self.children(60):
                try:
                    c.tree(depth + 1, lines, limit)
                except GLib.Error:
                    pass
        return '\n'.join(lines) if depth == 0 else ''


def desktop():
    return Node(Atspi.get_desktop(0))


def dump(file=sys.stderr):
    """Prints what every program on the accessibility bus shows."""
    try:
        for c in desktop().children():
            print(c.tree(), file=file)
    except GLib.Error as e:
        print('no accessibility tree: %s' % e, file=file)


class App(Node):
    def __init__(self, acc, process=None):
        super().__init__(acc)
        self.process = process

    def frame(self):
        """The window that is active, or the first one."""
        frames = [c for c in self.children() if c.role in ('frame', 'window', 'dialog')]
        return next((f for f in frames if f.has('active')), frames[0] if frames else None)

    def origin(self):
        """Where the window's (0, 0) of AT-SPI is on the screen.  GTK 4.18 leaves out the paddings and
        borders of the ancestors, so places are right to about 10 pixels."""
        window = x('getactivewindow')
        g = dict(line.split('=') for line in x('getwindowgeometry', '--shell', window).splitlines())
        e = self.frame().extents()
        return int(g['X']) - 2 * e.x, int(g['Y']) - 2 * e.y

    def click(self, node, dx=None, dy=None, button=1, times=1):
        """Clicks into the middle of the node, or dx, dy pixels from its corner, with the real mouse."""
        ox, oy = self.origin()
        e = node.extents()
        x('mousemove', ox + e.x + (e.width // 2 if dx is None else dx), oy + e.y + (e.height // 2 if dy is None else dy),
          'click', '--repeat', times, '--delay', 60, button)

    def open_file(self, path, keys='ctrl+o'):
        """Through GTK's own file dialog.  The path is set, not typed: typing races with its completion."""
        key(keys)
        d = wait(lambda: self.find('dialog', pred=lambda o: o.has('active')), what='file dialog')
        key('slash')
        entry = wait(lambda: d.find(pred=lambda o: o.editable() and o.has('focused')), what='path entry')
        entry.text = str(path)
        wait(lambda: entry.text == str(path), 3, what='path')
        for _ in range(3):
            key('Return')
            try:
                wait(lambda: not self.find('dialog', name=d.name), 2, what='file dialog closes')
                return
            except AssertionError:
                pass
        raise AssertionError('the file dialog stays open')

    def picture(self, path):
        """A picture of the whole screen, once it stands still."""
        here = os.path.dirname(os.path.abspath(__file__))
        subprocess.run([os.path.join(here, '..', 'build-aux', 'screenshot'), str(path)], check=True)

    def quit(self, seconds=10):
        """Ends the program and returns its exit status; one that does not end is killed and told of."""
        if not self.process:
            return None
        self.process.terminate()
        try:
            return self.process.wait(seconds * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError('the program did not end when asked to') from None


def app(name):
    """The program of that name on the accessibility bus, or None."""
    a = next((c for c in desktop().children() if c.name == name), None)
    return a and App(a.acc)


def start(command, name, seconds=20, **k):
    """Starts a program and waits until its window is there."""
    p = subprocess.Popen([str(c) for c in command], **k)

    def shown():
        if p.poll() is not None:
            raise RuntimeError('%s ended with status %d before it showed a window' % (command[0], p.returncode))
        a = app(name)
        return a if a and a.frame() else None

    try:
        a = wait(shown, seconds, what='window of ' + name)
    except BaseException:
        p.kill()
        p.wait()
        raise
    a.process = p
    return a


@contextlib.contextmanager
def running(command, name, **k):
    """A program for the length of a `with`; it is ended whatever happens."""
    a = start(command, name, **k)
    try:
        yield a
    finally:
        a.quit()
