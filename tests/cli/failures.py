#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""failures.py HEAPWISE-CLI: exit statuses, and what is said when something is wrong."""
import gzip
import json
import os
import signal
import subprocess

import tool

PLAIN = tool.SMALL / 'layout-plain.heapsnapshot'
PAGE = tool.REAL / 'page-A.heapsnapshot.gz'


def says(r, *words):
    assert len(r.stderr.decode().splitlines()) == 1, 'not one sentence: %r' % r.stderr
    for word in words:
        assert word in r.stderr.decode(), '%r does not say %r' % (r.stderr, word)


def test_misuse(cli):
    """status 2: the command line makes no sense"""
    for args in ([], ['nonsense'], ['summary'], ['summary', PLAIN, PLAIN], ['summary', PLAIN, '--nonsense'],
                 ['summary', PLAIN, '--format=xml'], ['summary', PLAIN, '--sort=size'], ['summary', PLAIN, '--sort=count:up'],
                 ['summary', PLAIN, '--limit=many'], ['summary', PLAIN, '--limit=-3'], ['summary', PLAIN, '--limit=-1'], ['summary', PLAIN, '--depth=1'],
                 ['compare', PLAIN], ['retainers', PLAIN], ['retainers', PLAIN, 'object'], ['retainers', PLAIN, '@'],
                 ['objects', PLAIN, '@-1'], ['objects', PLAIN, '@1', '--class=x'], ['cache'], ['cache', 'burn'],
                 ['oracle', PLAIN, PLAIN], ['oracle', '--diff', PLAIN], ['oracle', PLAIN, '--format=csv'], ['--nonsense']):
        r = cli.run(*args, status=tool.MISUSED)
        assert b'--help' in r.stderr, r.stderr


def test_unreadable(cli):
    """status 1: missing, a folder, forbidden, empty, not JSON, JSON of something else"""
    says(cli.run('summary', cli.path / 'nothing', status=tool.FAILED), 'nothing')
    says(cli.run('summary', cli.path, status=tool.FAILED), cli.path.name)
    for name, content in (('empty', b''), ('words', b'These are words.'), ('number', b'17'), ('list', b'[1, 2]'),
                          ('object', b'{"name": "package"}'), ('bytes', os.urandom(4096)), ('nul', bytes(4096)),
                          ('gz', gzip.compress(b'words')), ('no-gz', b'\x1f\x8b' + bytes(100)), ('brace', b'{')):
        path = cli.path / name
        path.write_bytes(content)
        says(cli.run('summary', path, status=tool.FAILED), name)
        cli.run('summary', '-', status=tool.FAILED, input=content)
    if os.geteuid() != 0:
        path.chmod(0)
        says(cli.run('summary', path, status=tool.FAILED), path.name)
    says(cli.run('compare', PLAIN, cli.path / 'nothing', status=tool.FAILED), 'nothing')
    says(cli.run('oracle', PLAIN, '--like', cli.path / 'nothing', status=tool.FAILED), 'nothing')


def test_odd_names(cli):
    """names that are URIs, options or words of the messages as well"""
    for name in ('heap-14:02.heapsnapshot', 'file:heap', 'a b%20c', 'new\nline', '"quoted"', '@1', '#'):
        path = cli.path / name
        path.write_bytes(PLAIN.read_bytes())
        cli.run('summary', name, cwd=cli.path)
    (cli.path / 'file').touch()
    says(cli.run('summary', 'file', cwd=cli.path, status=tool.FAILED), 'file: The file is empty')


def test_like(cli):
    """status 1: --like with a file of something else"""
    for content in (b'', b'[]', b'{}', b'{"kind": "diff"}', b'{"kind": 7}', b'{"kind": "snapshot"', b'\xff', b'\x1f\x8b'):
        path = cli.path / 'like.json'
        path.write_bytes(content)
        says(cli.run('oracle', PLAIN, '--like', path, status=tool.FAILED), 'like.json')
    for content in ('{"kind": "snapshot"}', '{"kind": "snapshot", "objects": [3, null, {"id": "x"}, {"id": 99999999}]}',
                    '{"kind": "snapshot", "sample": {"first": 0, "every": 0}, "x": "\\ud83d"}',
                    '{"kind": "snapshot", "sample": [], "objects": {}}'):
        path.write_text(content)
        json.loads(cli.run('oracle', PLAIN, '--like', path).stdout)


def test_no_object(cli):
    """status 1: no such object"""
    for args in (['retainers', PLAIN, '@99999999'], ['objects', PLAIN, '@1', '@18446744073709551615'],
                 ['dominators', PLAIN, '99999999'], ['containment', PLAIN, '@99999999']):
        says(cli.run(*args, status=tool.FAILED), '@')


def test_truncated(cli):
    """status 3: a truncated file is read as far as it goes"""
    whole = gzip.decompress(PAGE.read_bytes())
    path = cli.path / 'cut.heapsnapshot'
    path.write_bytes(whole[:len(whole) * 2 // 3])
    for args in (['summary', path], ['info', path], ['objects', path, '-n1'], ['containment', path],
                 ['oracle', path]):
        for cache in ([], ['--no-cache']):
            r = cli.run(*args, *cache, status=tool.DAMAGED)
            says(r, 'cut.heapsnapshot')
            assert len(r.stdout) > 100
    cli.run('compare', path, PAGE, status=tool.DAMAGED)
    info = json.loads(cli.run('info', path, '--format=json', status=tool.DAMAGED).stdout)
    assert info['damage']['truncated'] and info['damage']['offset'] <= path.stat().st_size
    path.write_bytes(PAGE.read_bytes()[:PAGE.stat().st_size * 2 // 3])
    cli.run('summary', path, status=tool.DAMAGED)


def test_doubtful(cli):
    """status 3: what is not only missing but may be wrong is called so"""
    whole = gzip.decompress(PAGE.read_bytes())
    nodes, edges = whole.index(b'"nodes":['), whole.index(b'"edges":[')
    middle = (nodes + edges) // 2
    path = cli.path / 'hole.heapsnapshot'
    path.write_bytes(whole[:middle] + whole[middle + 4096:])
    for cache in ([], [], ['--no-cache']):
        r = cli.run('info', path, '--format=json', *cache, status=tool.DAMAGED)
        says(r, 'names and sizes may be wrong', 'From object ')
        damage = json.loads(r.stdout)['damage']
        assert 30000 < damage['sure_node_count'] < 40000 and 'may be wrong' in damage['message']
    packed = bytearray(gzip.compress(whole))
    packed[-8] ^= 1
    path = cli.path / 'sum.heapsnapshot.gz'
    path.write_bytes(packed)
    r = cli.run('info', path, '--format=json', status=tool.DAMAGED)
    says(r, 'contradicts its checksum', 'Anything shown may be wrong')
    assert json.loads(r.stdout)['damage']['sure_node_count'] == 0


def test_every_cut(cli):
    """a file cut anywhere is read or refused, never more"""
    whole = json.dumps(tool.snapshot(['One', 'Two', 'Three'])).encode()
    for n in range(0, len(whole), 23):
        r = subprocess.run([cli.program, 'summary', '-', '--format=json'], input=whole[:n], env=cli.env, capture_output=True)
        assert r.returncode in (tool.FAILED, tool.DAMAGED), (n, r.returncode, r.stderr)
        assert r.stderr.count(b'\n') == 1, r.stderr
        if r.returncode == tool.DAMAGED:
            json.loads(r.stdout)


def test_closed_pipe(cli):
    """a closed pipe ends the program without a word"""
    for args in (['objects', PAGE, '--limit=0'], ['objects', PAGE, '--format=json'], ['oracle', PAGE],
                 ['containment', PAGE, '--depth=100', '--limit=0']):
        p = cli.start(*args, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert len(p.stdout.read(10)) == 10
        p.stdout.close()
        said = p.stderr.read()
        assert p.wait(120) == -signal.SIGPIPE and said == b'', (args, p.returncode, said)
    assert cli.json('cache', 'verify')['indexes'], 'the index was not finished'


def test_full_disk(cli):
    """status 1: the output cannot be written"""
    with open('/dev/full', 'wb') as full:
        for args in (['summary', PLAIN], ['objects', PAGE, '--limit=0'], ['--help'], ['--version'], ['summary', '--help']):
            p = cli.start(*args, stdout=full, stderr=subprocess.PIPE)
            said = p.stderr.read()
            assert p.wait(120) == tool.FAILED and said.startswith(b'heapwise-cli: '), (args, p.returncode, said)


if __name__ == '__main__':
    tool.main([value for name, value in list(globals().items()) if name.startswith('test_')])
