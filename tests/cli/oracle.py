#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""oracle.py HEAPWISE-CLI: every snapshot that DevTools was asked about gets the same answers here.

Each file is asked for twice: once read as it is, and once from the index that a reading has left behind.
"""
import pathlib
import subprocess
import sys

import tool

COMPARE = pathlib.Path(__file__).resolve().parent / 'compare-oracle.py'
SNAPSHOT = 'snapshot,statistics,interface_definitions,classes,class_instances,node_digest,sample,nodes,objects,samples,allocations'
DIFF = 'base,current,totals,classes'


def snapshot_of(answer, name):
    """The snapshot beside an answer, plain or compressed."""
    plain = answer.parent / (name + '.heapsnapshot')
    return plain if plain.exists() else plain.parent / (plain.name + '.gz')


def cases():
    for folder in (tool.REAL, tool.SMALL):
        for answer in sorted(folder.glob('*.oracle.json.gz')):
            yield answer, [snapshot_of(answer, answer.name[:-len('.oracle.json.gz')])], SNAPSHOT
        for answer in sorted(folder.glob('*.diff.json.gz')):
            stem, base, current = answer.name[:-len('.diff.json.gz')].rsplit('-', 2)
            yield answer, ['--diff'] + [snapshot_of(answer, '%s-%s' % (stem, n)) for n in (base, current)], DIFF


def check(cli, answer, files, sections):
    for how in (['--no-cache'], [], []):
        actual = cli.path / 'actual.json'
        actual.write_bytes(cli.run('oracle', *files, '--like', answer, *how).stdout)
        r = subprocess.run([sys.executable, COMPARE, answer, actual, '--require', sections],
                           capture_output=True, text=True)
        assert r.returncode == 0, '%s differs:\n%s%s' % (' '.join(how) or 'with the cache', r.stdout, r.stderr)


def test_of(case):
    def test(cli):
        check(cli, *case)
    test.__doc__ = case[0].name
    return test


def test_chosen(cli):
    """without --like objects are chosen here"""
    snapshot = cli.path / 'chosen.json'
    snapshot.write_bytes(cli.run('oracle', tool.SMALL / 'layout-plain.heapsnapshot').stdout)
    r = subprocess.run([sys.executable, COMPARE, tool.SMALL / 'layout-plain.oracle.json.gz', snapshot,
                        '--skip', 'objects,sample,nodes'], capture_output=True, text=True)
    assert r.returncode == 0, r.stdout
    again = cli.run('oracle', tool.SMALL / 'layout-plain.heapsnapshot', '--like', snapshot).stdout
    assert again == snapshot.read_bytes(), 'its own choice is not followed'


def test_comparator(cli):
    """the comparator sees a difference"""
    answer = tool.SMALL / 'layout-plain.oracle.json.gz'
    actual = cli.path / 'actual.json'
    right = cli.run('oracle', tool.SMALL / 'layout-plain.heapsnapshot', '--like', answer).stdout
    actual.write_bytes(right.replace(b'"retained_size": ', b'"retained_size": 1', 1))
    r = subprocess.run([sys.executable, COMPARE, answer, actual], capture_output=True, text=True)
    assert r.returncode == 1 and 'DIFFER 1' in r.stdout, r.stdout


if __name__ == '__main__':
    tool.main([test_of(case) for case in cases()] + [test_chosen, test_comparator])
