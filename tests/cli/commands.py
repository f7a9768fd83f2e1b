#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""commands.py HEAPWISE-CLI: what each command writes, in each format."""
import csv
import gzip
import io
import json

import tool

PLAIN = tool.SMALL / 'layout-plain.heapsnapshot'
BASE, CURRENT = (tool.SMALL / ('diff-classes-%s.heapsnapshot' % n) for n in 'AB')
PAGE = tool.REAL / 'page-A.heapsnapshot.gz'
SERVER = tool.REAL / 'server-A.heapsnapshot.gz'


def rows_of(cli, *args):
    r = cli.run(*args, '--format=csv')
    assert r.stdout.endswith(b'\r\n') and b'\n' not in r.stdout.replace(b'\r\n', b''), 'lines do not end in CR LF'
    return list(csv.DictReader(io.StringIO(r.stdout.decode(), newline='')))


def answer(name):
    with gzip.open(tool.FIXTURES / name) as f:
        return json.load(f)


def same(row, record):
    """Does a CSV row say what a JSON record says?"""
    return all(row[k] == (v if isinstance(v, str) else str(v)) for k, v in record.items() if not isinstance(v, list))


def test_formats(cli):
    """every command in every format"""
    some = str(cli.json('objects', PLAIN, '--limit=1')['objects'][0]['id'])
    for args in (['info', PLAIN], ['summary', PLAIN], ['compare', BASE, CURRENT], ['compare', BASE, CURRENT, '--objects'],
                 ['containment', PLAIN, '--depth=3'], ['retainers', PLAIN, '@' + some], ['dominators', PLAIN, some],
                 ['objects', PLAIN], ['cache', 'list'], ['cache', 'verify'], ['cache', 'clear']):
        assert cli.text(*args).strip(), args
        assert cli.text(*args, '--format=text') != '', args
        assert isinstance(cli.json(*args), dict), args
        assert rows_of(cli, *args) is not None, args


def test_profile(cli):
    """profile tells who allocated, bottom up and top down"""
    file = tool.FIXTURES / 'runtimes/sampling-node26.heapprofile.gz'
    heavy = cli.json('profile', file)
    assert heavy['total_size'] == 5348000 and heavy['sample_count'] == 1239 and heavy['view'] == 'heavy'
    first = heavy['functions'][0]
    assert (first['function_name'], first['self_size'], first['total_size']) == ('churn', 3014656, 5089664), first
    assert (first['url'], first['line'], first['column']) == ('file:///srv/app/alloc.mjs', 5, 14), first
    callers = cli.json('profile', file, '--depth=3')['functions'][0]['callers']
    assert [c['function_name'] for c in callers] == ['tick'] and callers[0]['callers'][0]['function_name'] == 'listOnTimeout'

    tree = cli.json('profile', file, '--view=tree', '--sort=total_size')
    assert tree['functions'][0]['function_name'] == 'processTimers'
    assert tree['functions'][0]['callees'][0]['callees'][0]['function_name'] == 'tick'
    focus = cli.json('profile', file, '--focus=churn', '--exclude=Temp')
    assert focus['total_size'] == 5089664 and [f['function_name'] for f in focus['functions']] == ['churn']
    assert 'churn  file:///srv/app/alloc.mjs:6:15' in cli.text('profile', file, '--filter=>10%')
    assert rows_of(cli, 'profile', file)[0]['self_size'] == '3014656'
    for args in (['--focus=nobody'], ['--exclude=nobody']):
        cli.run('profile', file, *args, status=tool.FAILED)
    cli.run('profile', file, '--view=side', status=tool.MISUSED)
    cli.run('profile', PLAIN, status=tool.FAILED)


def test_jsc(cli):
    """JavaScriptCore's snapshots open, and what they lack is said"""
    file = tool.FIXTURES / 'runtimes/bun-jsc-inspector.json.gz'
    info = cli.json('info', file)
    assert info['producer'] == {'runtime': 'bun-jsc'} and info['snapshot']['has_texts'] is False
    assert info['snapshot']['node_count'] == 3656 and info['snapshot']['total_size'] == 625536
    for _ in range(2):  # the second time from the index
        assert 'Bun (JavaScriptCore)' in cli.text('info', file) and 'does not hold' in cli.text('info', file)
    assert cli.json('summary', file, '--filter=Dog')['classes'][0]['count'] == 20


def test_info(cli):
    """info says what the answers of DevTools say"""
    expected = answer('oracle/page-A.oracle.json.gz')
    info = cli.json('info', PAGE)
    for section in ('snapshot', 'statistics'):
        for name, value in expected[section].items():
            assert info[section][name] == value, (section, name, value, info[section].get(name))
    assert info['snapshot']['class_count'] == len(expected['classes'])
    assert '73,561' in cli.text('info', PAGE)
    assert info['producer'] == {'runtime': 'chromium'}, info['producer']
    assert cli.json('info', SERVER)['producer'] == {'runtime': 'node', 'version': '20.20.2', 'or_newer': False,
                                                    'v8_version': '11.3.244.8-node.38'}
    for _ in range(2):  # the second time from the index
        assert 'Node.js 20.20.2 (V8 11.3.244.8-node.38)' in cli.text('info', SERVER)


def test_summary(cli):
    """summary lists every constructor, in JSON and CSV alike"""
    expected = answer('oracle/page-A.oracle.json.gz')['classes']
    summary = cli.json('summary', PAGE)
    assert len(summary['classes']) == summary['total'] == len(expected)
    by_key = {c['key']: c for c in expected}
    for record in summary['classes']:
        wanted = by_key[record['key']]
        assert record['name'].startswith(wanted.pop('name')) and wanted.items() <= record.items(), (record, wanted)
    rows = rows_of(cli, 'summary', PAGE)
    assert len(rows) == len(expected) and all(same(r, c) for r, c in zip(rows, summary['classes']))


def test_sort(cli):
    """each column sorts both ways"""
    some = cli.json('objects', PLAIN, '--limit=1')['objects'][0]['id']
    for args, member, columns in (
            (['summary', PLAIN], 'classes', ['retained_size', 'shallow_size', 'count', 'distance']),
            (['objects', PLAIN], 'objects', ['retained_size', 'shallow_size', 'distance']),
            (['containment', PLAIN, '@%d' % some], 'references', ['retained_size', 'shallow_size', 'distance']),
            (['retainers', PLAIN, '@%d' % some], 'retainers', ['retained_size', 'shallow_size', 'distance']),
            (['dominators', PLAIN], 'dominated', ['retained_size', 'shallow_size', 'distance']),
            (['compare', BASE, CURRENT], 'classes', ['added_count', 'removed_count', 'count_delta', 'added_size',
                                                     'removed_size', 'size_delta'])):
        for column in columns:
            for direction in ('asc', 'desc'):
                values = [r[column] for r in cli.json(*args, '--sort=%s:%s' % (column, direction))[member]]
                # What nothing reaches comes behind all other retainers.
                values = [10 ** 12 if args[0] == 'retainers' and v == -5 else v for v in values]
                assert values == sorted(values, reverse=direction == 'desc'), (args, column, direction, values)
        names = [r['name'] for r in cli.json(*args, '--sort', 'name')[member]]
        if member in ('classes', 'objects'):
            assert names == sorted(names, key=lambda n: n.encode('utf-16-be', 'surrogatepass')), names


def test_filter_and_limit(cli):
    """--filter and --limit choose rows"""
    names = [c['name'] for c in cli.json('summary', PAGE, '--filter=HTML')['classes']]
    assert names and all('html' in n.lower() for n in names)
    assert len(cli.json('summary', PAGE, '--limit=3')['classes']) == 3
    assert len(cli.json('objects', PAGE, '-n', '0', '-f', 'htmldocument')['objects']) >= 3
    text = cli.text('summary', PAGE, '-n3')
    assert '3 of 830 shown' in text and len(text.splitlines()) == 7, text
    assert len(cli.text('summary', PAGE, '--limit=0').splitlines()) == 833
    assert len(cli.text('summary', PAGE).splitlines()) == 54


def test_objects(cli):
    """objects by id, constructor, type and state"""
    named = cli.json('objects', PAGE, '@7399', '3', '@7539')['objects']
    assert [o['id'] for o in named] == [7399, 3, 7539]
    assert named[0]['name'] == 'system / NativeContext / ://' and named[1]['type'] == 'synthetic'
    expected = answer('oracle/page-A.oracle.json.gz')
    for instances in expected['class_instances'][:5]:
        got = cli.json('objects', PAGE, '--class', instances['key'])
        assert got['total'] == instances['total'] and [o['id'] for o in got['objects'][:20]] == instances['ids']
    by_name = cli.json('objects', PAGE, '--class', '(array)')
    assert by_name['total'] == 277
    detached = cli.json('objects', PAGE, '--detached')['objects']
    assert detached and all(o['detachedness'] == 2 and o['name'].startswith('Detached ') for o in detached)
    assert {o['type'] for o in cli.json('objects', PAGE, '--type=bigint')['objects']} <= {'bigint'}
    wanted = {n['id']: n for n in expected['nodes']}
    for o in cli.json('objects', PAGE, *('@%d' % i for i in list(wanted)[:500]))['objects']:
        node = dict(wanted[o['id']])
        location = node.pop('location', None)
        cut = {k: node.pop(k) for k in ('name', 'class_name')}
        node.pop('class_key')
        assert node.items() <= o.items() and all(o[k].startswith(v) for k, v in cut.items()), (o, node)
        assert location is None or location == [o['script_id'], o['line'], o['column']]


def items(expected):
    return [{k: v for k, v in i.items() if k not in ('name', 'edge_name', 'distance')} for i in expected]


def test_edges(cli):
    """containment, retainers and dominators give DevTools' lists"""
    for o in answer('oracle/page-A.oracle.json.gz')['objects'][:25]:
        at = '@%d' % o['id']
        for command, member in (('containment', 'references'), ('retainers', 'retainers')):
            got = cli.json(command, PAGE, at, '--depth=1', '--limit=50')
            assert got['total'] == o[member]['total'] and got['object']['id'] == o['id']
            for record, wanted in zip(got[member], items(o[member]['items'])):
                assert wanted.items() <= record.items(), (at, command, record, wanted)
        got = cli.json('dominators', PAGE, at)
        assert [d['id'] for d in got['dominators']][:200] == o['dominators']
        assert all(d['dominator_id'] == o['id'] for d in got['dominated'])


def depth_of(records, member):
    return 1 + max((depth_of(r[member], member) for r in records if member in r), default=0) if records else 0


def test_trees(cli):
    """--depth opens as many levels, and no object below itself"""
    for depth in (1, 2, 4):
        got = cli.json('containment', PAGE, '--limit=3', '--depth=%d' % depth)
        assert depth_of(got['references'], 'references') == depth
    rows = rows_of(cli, 'containment', PAGE, '-n3', '-d4')
    assert {r['depth'] for r in rows} == set('0123')
    flat = []

    def walk(records, above, depth):
        for r in records:
            assert r['id'] not in above or 'references' not in r, 'an object is open below itself'
            flat.append((str(depth), str(r['id'])))
            walk(r.get('references', []), above | {r['id']}, depth + 1)
    walk(cli.json('containment', PAGE, '-n3', '-d4')['references'], {1}, 0)
    assert flat == [(r['depth'], r['id']) for r in rows]
    cli.json('containment', PAGE, '@7399', '--depth=100', '--limit=2', '--filter=map')


def test_path(cli):
    """retainers follows one shortest path by itself"""
    got = cli.json('retainers', PAGE, '@68584')
    path, level = [got['object']['distance']], got['retainers']
    while level:
        path.append(level[0]['distance'])
        level = level[0].get('retainers')
    assert path == list(range(path[0], 0, -1)), path


def test_compare(cli):
    """compare agrees with DevTools, and lists objects"""
    before, after = (tool.REAL / ('server-%s.heapsnapshot.gz' % n) for n in 'AC')
    expected = answer('oracle/server-A-C.diff.json.gz')
    got = cli.json('compare', before, after, '--objects')
    for name in ('base', 'current', 'totals'):
        assert expected[name].items() <= got[name].items()
    by_key = {c['key']: c for c in got['classes']}
    assert set(by_key) == {c['key'] for c in expected['classes']}
    for c in expected['classes']:
        record = by_key[c['key']]
        for name in ('added_count', 'removed_count', 'added_size', 'removed_size', 'size_delta'):
            assert record[name] == c[name], (record, c)
        added = sorted(o['id'] for o in record['objects'] if 'added_count' in o)
        assert added[:10] == c['added_ids'] and len(added) == c['added_count']
        assert sum(o.get('removed_size', 0) for o in record['objects']) == c['removed_size']
    key = expected['classes'][0]['key']
    assert [c['key'] for c in cli.json('compare', before, after, '--class', key)['classes']] == [key]
    assert '+' in cli.text('compare', before, after)


def test_other_process(cli):
    """compare refuses what would be nonsense, unless it is forced to"""
    server, runtimes = tool.REAL / 'server-A.heapsnapshot.gz', tool.FIXTURES / 'runtimes'
    for base, current, why in ((PAGE, server, 'internals exposed'), (server, PAGE, 'captured the same way'),
                               (runtimes / 'node20.heapsnapshot.zst', server, 'different runs of a program'),
                               (server, runtimes / 'bun-v8.heapsnapshot.gz', 'compare two snapshots of one run')):
        for form in ('text', 'json', 'csv'):
            r = cli.run('compare', base, current, '--format=' + form, status=tool.FAILED)
            said = r.stderr.decode()
            assert said.count('\n') == 1 and '--force' in said, said
            assert all(w in said for w in (base.name, current.name, 'cannot be compared', why)), said
        r = cli.run('compare', base, current, '--force', '--format=json')
        assert json.loads(r.stdout)['classes'] and why in json.loads(r.stdout)['warning']
        assert r.stderr.count(b'\n') == 1 and why in r.stderr.decode()
    assert cli.json('compare', PAGE, PAGE)['total'] == 0 and 'warning' not in cli.json('compare', PAGE, PAGE)
    assert cli.run('oracle', '--diff', PAGE, server).stderr == b'', 'the oracle has an opinion'


def test_input(cli):
    """standard input, and plain, gzip and zstd files"""
    plain = tool.write(cli.path / 'a.heapsnapshot', tool.snapshot(['One', 'Two']))
    expected = cli.json('summary', plain)
    assert {c['name'] for c in expected['classes']} >= {'One', 'Two'}
    packed = cli.path / 'a.heapsnapshot.gz'
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert cli.json('summary', packed) == expected
    for path in (plain, packed):
        assert cli.json('summary', '-', input=path.read_bytes()) == expected
    assert cli.json('summary', plain.as_uri()) == expected


def test_names(cli):
    """names from a file cannot break a format or a terminal"""
    names = ['a\x1b[31mred', 'b,"c"\r\nd', '\ud800lone', 'nul\0nul', '\u202eright', 'x' * 1000, 'ünï', '😀']
    path = tool.write(cli.path / 'a.heapsnapshot', tool.snapshot(names))
    assert {c['name'] for c in cli.json('summary', path)['classes']} >= set(names)
    assert b'\\ud800lone' in cli.run('summary', path, '--format=json').stdout
    rows = {r['name'] for r in rows_of_raw(cli, path)}
    assert rows >= {'a\x1b[31mred', 'b,"c"\r\nd', 'nul\ufffdnul', '\ufffdlone', 'x' * 1000}
    text = cli.text('summary', path)
    assert '\x1b' not in text and '\u202e' not in text and '\0' not in text and 'a\\u001b[31mred' in text, text
    assert 'x' * 200 not in text and 'x' * 1000 in cli.text('summary', path, '--wide')
    assert cli.run('summary', path, env={'LC_ALL': 'C'}).stdout.isascii(), 'not in the character set of the locale'
    assert '😀' in cli.run('summary', path, '--format=json', env={'LC_ALL': 'C'}).stdout.decode()


def rows_of_raw(cli, path):
    return csv.DictReader(io.StringIO(cli.run('summary', path, '--format=csv').stdout.decode(), newline=''))


def test_verbose(cli):
    """--verbose tells times and memory on standard error only"""
    quiet = cli.run('summary', PLAIN)
    loud = cli.run('summary', PLAIN, '--verbose')
    assert quiet.stdout == loud.stdout and quiet.stderr == b''
    assert b'Peak memory: ' in loud.stderr and b' s  ' in cli.run('summary', PLAIN, '-v', '--no-cache').stderr


def test_no_cache_folder(cli):
    """a cache that cannot be written changes nothing but what --verbose tells"""
    (cli.path / 'file').touch()
    env = {'XDG_CACHE_HOME': str(cli.path / 'file')}
    r = cli.run('summary', PLAIN, '-v', env=env)
    assert r.stdout == cli.run('summary', PLAIN).stdout and cli.run('summary', PLAIN, env=env).stderr == b''
    assert 'cannot be made' in r.stderr.decode().splitlines()[-2], r.stderr


def test_cache(cli):
    """the cache is used, listed, verified and cleared"""
    assert cli.json('cache', 'list')['indexes'] == []
    cli.run('summary', PAGE, '--no-cache')
    assert cli.json('cache', 'list')['indexes'] == [], '--no-cache wrote an index'
    first = cli.run('summary', PAGE, '--format=json').stdout
    entry, = cli.json('cache', 'list')['indexes']
    assert entry['size'] > 0 and entry['source_size'] == PAGE.stat().st_size and entry['source'].endswith(PAGE.name)
    again = cli.run('summary', PAGE, '--format=json', '-v')
    assert b'read from its index' in again.stderr and again.stdout == first
    assert 'problem' not in cli.json('cache', 'verify')['indexes'][0]
    assert '1 index' in cli.text('cache', 'list')

    with open(entry['path'], 'r+b') as f:
        f.truncate(entry['size'] // 2)
    found = json.loads(cli.run('cache', 'verify', '--format=json', status=tool.DAMAGED).stdout)
    assert found['indexes'][0]['problem']
    assert cli.run('summary', PAGE, '--format=json').stdout == first, 'a damaged index changes the answer'

    freed = cli.json('cache', 'clear')['freed_size']
    assert freed > 0 and cli.json('cache', 'list')['indexes'] == []


if __name__ == '__main__':
    tool.main([value for name, value in list(globals().items()) if name.startswith('test_')])
