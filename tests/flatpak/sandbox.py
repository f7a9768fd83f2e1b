#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""sandbox.py install|open WORK_FOLDER: the Flatpak is built, installed and opened on a file in its sandbox.

install  build-aux/flatpak makes the bundle against the stand-in runtime (HEAPWISE_RUNTIME_REPO); a clean
         installation takes it; what the sandbox must not have, it has not.
open     `gio open FILE`, as a double-click: the file comes in through the document portal, its rows show.
         Skips where /dev/fuse is not for this user, because the portal shows files through it.

Run inside `headless -portal`.
"""
import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import uitest as ui

APP = 'io.github.heapwise.Heapwise'
HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parents[1]


def skip(why):
    print('SKIP: ' + why)
    sys.exit(77)


def run(*command, **k):
    """Runs a command; its output is in the log when it fails."""
    r = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=600, **k)
    if r.returncode != 0:
        sys.exit('%s: status %d\n%s%s' % (' '.join(map(str, command)), r.returncode, r.stdout, r.stderr))
    return r.stdout


def step(text):
    print('ok: ' + text, flush=True)


def build(work):
    bundle = work / 'heapwise.flatpak'
    run(PROJECT / 'build-aux/flatpak', '--stand-in', bundle)
    assert bundle.stat().st_size > 10000, 'the bundle is empty'
    step('bundle of %d kB' % (bundle.stat().st_size // 1000))
    return bundle


def install(user, exports, repo, bundle):
    """A user who has nothing yet: the runtime comes from the remote, the program from the file."""
    shutil.rmtree(user, ignore_errors=True)
    os.environ['FLATPAK_USER_DIR'] = str(user)
    run('flatpak', 'remote-add', '--user', '--no-gpg-verify', 'runtime', 'file://' + repo)
    run('flatpak', 'install', '--user', '-y', '--noninteractive', 'runtime',
        'org.gnome.Platform//' + os.environ.get('RUNTIME_BRANCH', '48'))
    run('flatpak', 'install', '--user', '-y', '--noninteractive', bundle)
    for name in ('applications/%s.desktop', 'icons/hicolor/scalable/apps/%s.svg', 'icons/hicolor/symbolic/apps/%s-symbolic.svg',
                 'mime/packages/%s.xml', 'metainfo/%s.metainfo.xml'):
        assert (exports / (name % APP)).exists(), 'not exported: ' + name % APP
    step('installed, with desktop file, icons and MIME types')


def permissions():
    shown = run('flatpak', 'info', '--user', '--show-permissions', APP)
    for line in shown.splitlines():
        key, _, value = line.partition('=')
        assert key not in ('filesystems', 'persistent'), 'may see files: ' + line
        if key == 'sockets':
            assert set(filter(None, value.split(';'))) <= {'x11', 'wayland', 'fallback-x11'}, line
    home = pathlib.Path.home() / 'private.txt'
    home.write_text('not for the sandbox', encoding='utf-8')
    r = subprocess.run(['flatpak', 'run', '--user', '--command=cat', APP, str(home)], capture_output=True, timeout=60)
    assert r.returncode != 0, 'the sandbox reads the home folder'
    step('files of the person cannot be seen')


def open_own_sample():
    """A file that is in the sandbox already; works without the document portal."""
    packed = sorted((PROJECT / 'data/samples').glob('*.heapsnapshot.gz'))[0]
    with started(['flatpak', 'run', '--user', APP, '/app/share/heapwise/samples/' + packed.name]) as app:
        ui.wait(lambda: app.find('table row'), 60, 0.2, what='rows of ' + packed.name)
    step('the window opens a sample in the sandbox')


@contextlib.contextmanager
def started(command):
    """The program out of the sandbox on the accessibility bus; all of it is ended afterwards."""
    p = subprocess.Popen([str(c) for c in command])
    try:
        yield ui.wait(lambda: ui.app('heapwise') or ui.app(APP), 60, 0.2, what='window out of the sandbox')
    finally:
        subprocess.run(['flatpak', 'kill', APP], capture_output=True)
        p.wait(20)


def open_with_cli(sample):
    """The command-line program in the sandbox, with a forwarded file."""
    out = run('flatpak', 'run', '--user', '--file-forwarding', '--command=heapwise-cli', APP,
              'info', '--format=json', '@@', sample, '@@')
    assert json.loads(out), 'heapwise-cli info is empty'
    step('heapwise-cli reads a forwarded file in the sandbox')


def open_window(sample):
    """What a double-click does, and the rows that come of it."""
    kind = run('gio', 'info', '-a', 'standard::content-type', sample)
    assert 'application/vnd.v8.heapsnapshot' in kind, 'the file is taken for ' + kind
    with started(['gio', 'open', sample]) as app:
        ui.wait(lambda: app.find('table row'), 60, 0.2, what='rows of ' + sample.name)
        assert sample.name.split('.')[0] in app.tree(limit=4000), 'the window does not name the file'
    step('double-click opens the file in the sandbox, and its rows show')


def main():
    what, work = sys.argv[1], pathlib.Path(sys.argv[2])
    repo = os.environ.get('HEAPWISE_RUNTIME_REPO')
    if not repo:
        skip('no runtime to build against; build-aux/test --flatpak makes a stand-in')
    for tool in ('flatpak', 'flatpak-builder', 'bwrap', 'gio'):
        if not shutil.which(tool):
            skip(tool + ' is not installed')
    if subprocess.run(['bwrap', '--unshare-all', '--ro-bind', '/', '/', 'true'], capture_output=True).returncode != 0:
        skip('this machine lets nobody make a sandbox (user namespaces)')
    work.mkdir(parents=True, exist_ok=True)
    user = work / 'user'
    exports = user / 'exports/share'

    if what == 'install':
        bundle = build(work)
        install(user, exports, repo, bundle)
        permissions()
        step('heapwise-cli %s in the sandbox' % run('flatpak', 'run', '--user', '--command=heapwise-cli', APP, '--version').strip())
        open_own_sample()
    else:
        if not (exports / 'applications' / (APP + '.desktop')).exists():
            skip('nothing is installed')
        if not os.access('/dev/fuse', os.R_OK | os.W_OK):
            skip('/dev/fuse is not writable for this user, so the document portal cannot show a file')
        if os.environ['XDG_RUNTIME_DIR'] != '/run/user/%d' % os.getuid():
            skip('/run/user is taken by a session, and documents show in a sandbox only from there')
        sample = pathlib.Path(os.environ['HOME']) / 'my heap.heapsnapshot'
        packed = sorted((PROJECT / 'data/samples').glob('*.heapsnapshot.gz'))[0]
        with sample.open('wb') as out:
            subprocess.run(['gzip', '-dc', packed], stdout=out, check=True)
        open_with_cli(sample)
        open_window(sample)


if __name__ == '__main__':
    main()
