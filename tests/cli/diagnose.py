#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""diagnose.py HEAPWISE-CLI: verdicts and tables of recordings, and of files that are none."""
import csv
import io
import math

import tool

MB = 1000000


def samples(path, rate, n=240, handles=3):
    """CSV of a program whose floor grows by @rate bytes a minute below a saw of 20 MB; a request every second."""
    with open(path, 'w', encoding='ascii') as f:
        f.write('created_at,label,heap_used,heap_total,external,rss,handles,request_method,request_url\n')
        for i in range(n):
            floor = 20 * MB + i * rate / 60
            heap = floor + (i % 9) / 9 * 20 * MB + abs(math.sin(i * i)) * MB
            label = 'before load' if i == 0 else 'after load' if i == n - 1 else ''
            f.write('2026-11-21T05:%02d:%02dZ,%s,%d,%d,%d,%d,%d,GET,/%s?i=%d\n'
                    % (i // 60, i % 60, label, heap, floor + 25 * MB, MB, floor + 65 * MB, handles + i * (handles > 100) * 3,
                       'ab'[i % 2], i))
    return path


def test_healthy(cli):
    """a program that churns is healthy, in every format"""
    path = samples(cli.path / 'churn.csv', 0)
    verdict = cli.json('diagnose', path)
    assert verdict['level'] == 'healthy' and not verdict['is_leak'] and verdict['samples'] == 240
    assert {f['rule'] for f in verdict['findings']} >= {'heap', 'external', 'handles', 'rate', 'native'}
    assert 'Healthy churn' in cli.text('diagnose', path)


def test_leak(cli):
    """a leak is found, with its numbers and status 4"""
    path = samples(cli.path / 'leak.csv', 100 * MB)
    verdict = cli.json('diagnose', path, status=tool.LEAK)
    heap = next(f for f in verdict['findings'] if f['rule'] == 'heap')
    growth = next(e for e in heap['evidence'] if e['name'] == 'heap_growth')
    assert verdict['level'] == heap['level'] == 'leak' and heap['confidence'] == 'high'
    assert heap['next_step'] == 'take-snapshots' and growth['unit'] == 'bytes_per_minute'
    assert abs(growth['value'] - 100 * MB) < 5 * MB, growth
    rows = list(csv.DictReader(io.StringIO(cli.text('diagnose', path, '--format=csv', status=tool.LEAK), newline='')))
    assert [r['rule'] for r in rows] == [f['rule'] for f in verdict['findings']]
    assert 'Next step: Take Snapshots' in cli.text('diagnose', path, status=tool.LEAK)


def test_handles(cli):
    """sockets that are not closed"""
    verdict = cli.json('diagnose', samples(cli.path / 'sockets.csv', 0, handles=200), status=tool.LEAK)
    assert verdict['findings'][0]['rule'] == 'handles' and verdict['level'] == 'leak'


def test_range(cli):
    """a part of a recording, by time and by label"""
    path = samples(cli.path / 'part.csv', 100 * MB)
    part = cli.json('diagnose', path, '--from=2026-11-21T05:01:00Z', '--to=2026-11-21T05:01:59.5Z', status=None)
    assert part['samples'] == 60 and part['from_us'] == 1795237260000000
    assert cli.json('diagnose', path, '--label=before load')['level'] == 'unknown'
    cli.run('diagnose', path, '--from=yesterday', status=tool.MISUSED)
    cli.run('diagnose', path, '--table=users', status=tool.MISUSED)


def test_tables(cli):
    """the three ready tables, in every format"""
    path = samples(cli.path / 'tables.csv', 100 * MB)
    growth = cli.json('diagnose', path, '--table=growth_by_request')['growth_by_request']
    assert {r['request_url'] for r in growth} == {'/a', '/b'} and sum(r['requests'] for r in growth) == 239
    labels = cli.json('diagnose', path, '--table=before_after_by_label')['before_after_by_label']
    assert len(labels) == 1 and labels[0]['label'] == 'load' and labels[0]['heap_growth'] > 300 * MB
    rows = list(csv.DictReader(io.StringIO(cli.text('diagnose', path, '--table=trend_per_minute', '--format=csv'), newline='')))
    assert len(rows) == 4 and rows[1]['minute'] == '2026-11-21T05:01:00Z' and 90 * MB < int(rows[2]['heap_growth']) < 110 * MB
    text = cli.text('diagnose', path, '--table=trend_per_minute').splitlines()
    assert len(text) == 5 and text[0].split()[:3] == ['run', 'minute', 'samples']


def test_imported(cli):
    """logs of collections and reports are judged as well, as far as they go"""
    for name in ('trace-gc-node26.txt', 'jsc-logGC-bun.txt', 'node-tracing-v8-node26.json', 'report-node26.json'):
        verdict = cli.json('diagnose', tool.FIXTURES / 'record' / name)
        assert verdict['level'] == 'unknown' and verdict['samples'] > 0, (name, verdict)


def test_real(cli):
    """a minute of each program in tests/record/programs, recorded from Node 20"""
    for name, rule, status in (('heap', 'heap', tool.LEAK), ('buffer', 'external', tool.LEAK),
                               ('socket', 'handles', tool.LEAK), ('timer', 'timers', tool.LEAK),
                               ('churn', None, tool.DONE)):
        verdict = cli.json('diagnose', tool.FIXTURES / 'record' / ('node20-%s.csv' % name), status=status)
        worst = verdict['findings'][0]
        assert (worst['rule'] == rule) if rule else verdict['level'] == 'healthy', (name, worst)


def test_failures(cli):
    """files that are nothing"""
    cli.run('diagnose', cli.path / 'missing', status=tool.FAILED)
    (cli.path / 'words').write_text('no figures\n')
    cli.run('diagnose', cli.path / 'words', status=tool.FAILED)
    cli.run('diagnose', cli.path, status=tool.FAILED)
    cli.run('record', '127.0.0.1:1', status=tool.MISUSED)
    cli.run('record', '127.0.0.1:1', '--output', cli.path / 'x.db', '--for=soon', status=tool.MISUSED)
    cli.run('record', '127.0.0.1:1', '--output', cli.path / 'x.db', status=tool.FAILED)
    assert not (cli.path / 'x.db').exists()


if __name__ == '__main__':
    tool.main([test_healthy, test_leak, test_handles, test_range, test_tables, test_imported, test_real, test_failures])
