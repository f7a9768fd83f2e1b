#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""record.py HEAPWISE-CLI PROGRAM: small leaky programs are started, recorded together and judged."""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import tool

# What leaks, and the rule that has to say so.
KINDS = {'heap': 'heap', 'buffer': 'external', 'socket': 'handles', 'timer': 'timers', 'churn': None}


def start(kind):
    """A program with an inspector at a port of its own choice; returns the process and the port."""
    process = subprocess.Popen(['node', '--inspect=127.0.0.1:0', sys.argv[2], kind], stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        found = re.search(r'ws://127\.0\.0\.1:(\d+)/', line)
        if found:
            return process, found[1]
    raise AssertionError('node did not say where its inspector is')


def recorded(cli, seconds, kinds):
    """Records programs at the same time; returns where the recordings are."""
    programs, recorders = [], []
    try:
        for kind in kinds:
            program, port = start(kind)
            programs.append(program)
            recorders.append(cli.start('record', '127.0.0.1:' + port, '--for=%ds' % seconds, '--every=500ms',
                                       '--output', cli.path / (kind + '.db'), stdout=subprocess.DEVNULL))
        assert [r.wait(timeout=seconds + 120) for r in recorders] == [0] * len(kinds)
    finally:
        for process in programs + recorders:
            process.kill()
            process.wait()
            if process.stderr:
                process.stderr.close()


def test_verdicts(cli):
    """a leak of each kind is told from healthy churn"""
    recorded(cli, 45, KINDS)
    for kind, rule in KINDS.items():
        verdict = cli.json('diagnose', cli.path / (kind + '.db'), status=None)
        worst = verdict['findings'][0]
        print('# %s: %s, %s' % (kind, verdict['level'], worst['text']))
        assert verdict['samples'] > 30, (kind, verdict['samples'])
        if rule:
            assert verdict['is_leak'] and worst['rule'] == rule, (kind, worst)
        else:
            assert not verdict['is_leak'], (kind, worst)


def test_resumed(cli):
    """a recording that exists is gone on with, as another run; an interrupted one is complete"""
    recorded(cli, 3, ['churn'])
    program, port = start('churn')
    try:
        recorder = cli.start('record', port, '--output', cli.path / 'churn.db', stdout=subprocess.DEVNULL)
        time.sleep(5)
        recorder.send_signal(signal.SIGINT)
        assert recorder.wait(timeout=30) == 0
    finally:
        program.kill()
        program.wait()
        program.stderr.close()
    db = sqlite3.connect(cli.path / 'churn.db')
    assert [r for r, in db.execute('SELECT DISTINCT run FROM memory_metrics ORDER BY run')] == [0, 1]
    assert db.execute('SELECT count(*) FROM runs').fetchone()[0] >= 2
    db.close()
    assert not os.path.exists(cli.path / 'churn.db-wal')


if __name__ == '__main__':
    if shutil.which('node') is None:
        print('1..0 # SKIP there is no node')
    else:
        tool.main([test_verdicts, test_resumed])
