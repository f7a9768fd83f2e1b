# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of heapwise-cli share: running it, small snapshots, and one line of TAP for each test."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / 'fixtures'
SMALL = FIXTURES / 'oracle-small'
REAL = FIXTURES / 'oracle'
DONE, FAILED, MISUSED, DAMAGED, LEAK = 0, 1, 2, 3, 4


class Tool:
    """The program, with a cache folder of its own that is gone afterwards."""

    def __init__(self, program):
        self.program = pathlib.Path(program).resolve()
        self.folder = tempfile.TemporaryDirectory(prefix='heapwise-cli-')
        self.path = pathlib.Path(self.folder.name)
        self.env = dict(os.environ, XDG_CACHE_HOME=str(self.path / 'cache'), LANGUAGE='')

    def start(self, *args, **options):
        return subprocess.Popen([self.program, *map(str, args)], env=self.env, **options)

    def run(self, *args, status=DONE, env=None, **options):
        """Runs the program and checks the exit status (None for any) and that errors are told where they belong."""
        r = subprocess.run([self.program, *map(str, args)], env=dict(self.env, **(env or {})), capture_output=True,
                           timeout=120, **options)
        if status is None:
            return r
        assert r.returncode == status, '%s: status %d, expected %d: %s' % (args, r.returncode, status, r.stderr.decode())
        if status in (FAILED, MISUSED, DAMAGED):
            assert r.stderr.startswith(b'heapwise-cli: '), '%s: stderr is %r' % (args, r.stderr)
        if status in (FAILED, MISUSED):
            assert r.stdout == b'', '%s failed, but wrote %r' % (args, r.stdout[:200])
        return r

    def text(self, *args, **options):
        return self.run(*args, **options).stdout.decode()

    def json(self, *args, **options):
        return json.loads(self.run(*args, '--format=json', **options).stdout)


def snapshot(names=(), edges=None):
    """A V8 heap snapshot: a root, a global object below it, and below that an object of each name."""
    strings = ['', 'global / https://host', 'property'] + list(names)
    nodes = [[9, 0, 1, 0, 1, 0, 0], [3, 1, 3, 10, len(names), 0, 0]]
    nodes += [[3, 3 + i, 5 + 2 * i, 100 + i, 0, 0, 0] for i in range(len(names))]
    found = [[5, 1, 7]] + [[2, 3 + i, 7 * (2 + i)] for i in range(len(names))]
    return {
        'snapshot': {
            'meta': {
                'node_fields': ['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id', 'detachedness'],
                'node_types': [['hidden', 'array', 'string', 'object', 'code', 'closure', 'regexp', 'number', 'native',
                                'synthetic', 'concatenated string', 'sliced string', 'symbol', 'bigint'],
                               'string', 'number', 'number', 'number', 'number', 'number'],
                'edge_fields': ['type', 'name_or_index', 'to_node'],
                'edge_types': [['context', 'element', 'property', 'internal', 'hidden', 'shortcut', 'weak'],
                               'string_or_number', 'node'],
            },
            'node_count': len(nodes), 'edge_count': len(found), 'trace_function_count': 0,
        },
        'nodes': sum(nodes, []), 'edges': sum(found if edges is None else edges, []), 'strings': strings,
    }


def write(path, value):
    path.write_text(json.dumps(value), encoding='ascii')
    return path


def main(tests):
    """Runs the test functions on the program named on the command line."""
    print('1..%d' % len(tests))
    for number, test in enumerate(tests, 1):
        try:
            test(Tool(sys.argv[1]))
            print('ok %d - %s' % (number, test.__doc__))
        except Exception:
            print('not ok %d - %s' % (number, test.__doc__))
            print(''.join('# %s\n' % line for line in traceback.format_exc().splitlines()), end='')
        sys.stdout.flush()
