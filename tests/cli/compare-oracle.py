#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""compare-oracle.py EXPECTED ACTUAL [--max N] [--only A,B] [--skip A,B] [--require A,B]

Compares two heap-oracle/1 files, plain or compressed by gzip. Prints one line for each section of EXPECTED,
`ok`, `DIFFER` or `absent`, below those that differ up to N examples, and exits 1 if any differs or a section that
is required is absent.
"""
import argparse
import gzip
import json
import sys

NOT_COMPARED = {'format', 'kind', 'producer', 'files', 'problems'}
MAX_FAULTS = 500


def read(path):
    with open(path, 'rb') as f:
        data = f.read()
    return json.loads(gzip.decompress(data) if data[:2] == b'\x1f\x8b' else data)


def short(value):
    return json.dumps(value)[:160]


def key_of(section, items):
    """By what the objects of a list are matched, so that one missing row is one fault; None for by position."""
    if not items or not isinstance(items[0], dict):
        return None
    if 'key' in items[0]:
        return 'key'
    return 'id' if section in ('nodes', 'objects') else None


def by_name(items, name):
    """The items by their @name; a name that comes again is told apart by its turn."""
    named, turns = {}, {}
    for position, item in enumerate(items):
        value = item.get(name) if isinstance(item, dict) else None
        turns[value] = turns.get(value, 0) + 1
        named[(value, turns[value])] = (position, item)
    return named


def compare_named(path, name, expected, actual, faults):
    there = by_name(actual, name)
    wanted = by_name(expected, name)
    for key, (position, item) in wanted.items():
        where = '%s[%s=%s]' % (path, name, str(key[0])[:80])
        if key not in there:
            faults.append('%s: missing, expected %s' % (where, short(item)))
            continue
        if there[key][0] != position and len(expected) == len(actual):
            faults.append('%s: expected at position %d, is at %d' % (where, position, there[key][0]))
        compare(where, item, there[key][1], faults)
    faults.extend('%s: not expected: %s' % (path, short(item)) for key, (_, item) in there.items() if key not in wanted)


def compare(path, expected, actual, faults):
    if len(faults) >= MAX_FAULTS:
        return
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name in actual:
                compare('%s.%s' % (path, name), value, actual[name], faults)
            else:
                faults.append('%s.%s: absent, expected %s' % (path, name, short(value)))
        if 'location' in actual and 'location' not in expected:
            faults.append('%s.location: not expected: %s' % (path, short(actual['location'])))
    elif isinstance(expected, list) and isinstance(actual, list):
        name = key_of(path, expected)
        if len(expected) != len(actual):
            faults.append('%s: expected %d, got %d' % (path, len(expected), len(actual)))
        if name:
            compare_named(path, name, expected, actual, faults)
        else:
            for i, (e, a) in enumerate(zip(expected, actual)):
                compare('%s[%d]' % (path, i), e, a, faults)
    elif type(expected) is not type(actual) or expected != actual:
        faults.append('%s: expected %s, got %s' % (path, short(expected), short(actual)))


def names(text):
    return {name for name in text.split(',') if name}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('expected')
    parser.add_argument('actual')
    parser.add_argument('--max', type=int, default=5)
    parser.add_argument('--only', type=names, default=set())
    parser.add_argument('--skip', type=names, default=set())
    parser.add_argument('--require', type=names, default=set())
    args = parser.parse_args()

    expected, actual = read(args.expected), read(args.actual)
    if expected.get('kind') != actual.get('kind') or actual.get('format') != 'heap-oracle/1':
        print('kind                     DIFFER')
        return 1

    is_bad = False
    for section, value in expected.items():
        if section in NOT_COMPARED | args.skip or args.only and section not in args.only:
            continue
        if section not in actual:
            print('%-24s absent' % section)
            is_bad |= section in args.require
            continue
        faults = []
        compare(section, value, actual[section], faults)
        print('%-24s %s' % (section, 'DIFFER %d' % len(faults) if faults else 'ok'))
        for fault in faults[:args.max]:
            print('    ' + fault)
        is_bad |= bool(faults)
    return 1 if is_bad else 0


if __name__ == '__main__':
    sys.exit(main())
