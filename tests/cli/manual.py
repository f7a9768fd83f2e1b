#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""manual.py HEAPWISE-CLI MANUAL: the help and the manual page name every command and every option."""
import pathlib
import re
import sys

import tool

OPTION = re.compile(r'^  (?:(-\w), )?--([\w-]+)', re.MULTILINE)
EXIT_STATUS = 'Exit status: 0 done, 1 failed, 2 used wrongly,\n3 a file is damaged but something was read.'


def commands(cli):
    listing = cli.text('--help').split('Commands:\n')[1].split('\n\n')[0]
    return [line.split()[0] for line in listing.splitlines()]


def test_commands(cli):
    """the help lists the commands"""
    assert commands(cli) == ['info', 'summary', 'compare', 'containment', 'retainers', 'dominators', 'objects', 'profile', 'oracle',
                             'cache', 'targets', 'capture', 'record', 'diagnose']
    assert EXIT_STATUS in cli.text('--help') and cli.text('-h') == cli.text('--help')
    assert re.fullmatch(r'heapwise-cli \d+\.\d+\.\d+\n', cli.text('--version'))


def test_help(cli):
    """every command has a help that names its options, and takes each of them"""
    for command in commands(cli):
        text = cli.text(command, '--help')
        assert EXIT_STATUS in text and 'heapwise-cli ' + command in text, text
        options = {name for _, name in OPTION.findall(text)}
        assert {'help', 'verbose'} <= options, text
        assert ('format' in options) == (command not in ('oracle', 'capture', 'record'))
        assert ('sort' in options) == ('Rows can be sorted by: ' in text)
        assert text == cli.text(command, 'file', '-h')
        for name in options - {'help'}:
            r = cli.run(command, '--%s=' % name, 'a', 'b', 'c', status=None)
            assert b'Unknown option' not in r.stderr, (command, name, r.stderr)


def test_manual(cli):
    """the manual page names every command and option"""
    manual = re.sub(r'\\-', '-', pathlib.Path(sys.argv[2]).read_text(encoding='utf-8'))
    for command in commands(cli):
        assert re.search(r'^\.It Cm %s$' % command, manual, re.MULTILINE), '%s is missing' % command
        for letter, name in OPTION.findall(cli.text(command, '--help')):
            wanted = (r'Fl %s , ' % letter[1:] if letter else '') + 'Fl Fl ' + name
            assert re.search(r'^\.It %s\b' % wanted, manual, re.MULTILINE), '--%s is missing' % name
    for status in range(5):
        assert '.It %d\n' % status in manual


if __name__ == '__main__':
    tool.main([test_commands, test_help, test_manual])
