# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks share: where the project is, which files are its own, how a check ends."""
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {'.git', '.flatpak-builder', 'node_modules', '__pycache__'}


def files(root=ROOT):
    """The project's files, sorted, relative to @root: those git keeps, or all where git is missing."""
    if (root / '.git').exists() and shutil.which('git'):
        r = subprocess.run(['git', '-c', 'safe.directory=*', '-C', str(root), 'ls-files', '-z',
                            '--cached', '--others', '--exclude-standard'], capture_output=True, text=True)
        if r.returncode == 0:
            return sorted(p for p in map(pathlib.Path, set(filter(None, r.stdout.split('\0')))) if (root / p).is_file())
    found = []
    for folder, below, names in os.walk(root):
        top = pathlib.Path(folder) == root
        below[:] = [d for d in below if d not in SKIPPED_FOLDERS and
                    not (top and (d.startswith('_') or d.startswith('build') and d != 'build-aux'))]
        # A worktree's .git is a file.
        found += [(pathlib.Path(folder) / n).relative_to(root) for n in names if n != '.git']
    return sorted(found)


def text_of(path):
    """The file's text, or None where it is not text."""
    data = path.read_bytes()
    if b'\0' in data[:8192]:
        return None
    try:
        return data.decode('utf-8')
    except UnicodeDecodeError:
        return None


def skip(why):
    print('SKIP: ' + why)
    sys.exit(77)


def need(*tools):
    """Skips the check when one of @tools is not installed."""
    for tool in tools:
        if not shutil.which(tool):
            skip('%s is not installed' % tool)


def finish(faults, what):
    """Ends the check: prints the faults, or what was found in order."""
    for fault in faults:
        print(fault)
    if faults:
        print('%d faults' % len(faults))
        sys.exit(1)
    print(what)
