#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench.py --measure PROGRAM --make-shape PROGRAM --cli PROGRAM [OPTION...] [FILE...]

Prints one table: how long a snapshot takes from the file to every number, by phase, how much memory, and
how long it takes to open it again and to sort its rows; each beside what reading the file, copying
memory and looking for digits took in the same run. Every figure is the median of several processes.

  --small     only made snapshots of a few thousand objects, once: shows that the benchmark runs
  --full      files of 5M, 50M, 250M and 1G from make-heap.mjs, rows of 1 M and 10 M, large shapes
  --shapes    shapes that break other tools, each at N and 4 N objects: fails when the time is not linear
  --rows N    sort and expand at N rows (may be given several times)
  --runs N    processes per figure (5)
  --cores N   only on so many cores; otherwise on two and on one
  --keep DIR  where made files are kept, to be used again; otherwise they go to a temporary folder
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
SHAPES = ('chain', 'star', 'lists', 'classes', 'sequences')
# Four times the objects may take this many times the processor time, and this many seconds more.
LINEAR = 8
SLACK = 0.3


def median(runs, name):
    return statistics.median(run[name] for run in runs)


class Process:
    """One process that was waited for: its lines `name<TAB>value`, time on the wall, and processor time."""

    def __init__(self, arguments, cores=None, env=None):
        start = time.monotonic()
        child = subprocess.Popen([str(a) for a in arguments], stdout=subprocess.PIPE, text=True,
                                 env={**os.environ, **(env or {})},
                                 preexec_fn=lambda: cores and os.sched_setaffinity(0, cores))
        output = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        if child.returncode != 0:
            sys.exit('%s ended with status %d' % (' '.join(map(str, arguments)), child.returncode))
        self.output = output

    def values(self):
        pairs = (line.split('\t') for line in self.output.splitlines() if '\t' in line)
        return {name: int(value) for name, value in pairs} | {'wall': self.seconds * 1e6, 'cpu': self.cpu * 1e6}


def table(title, head, rows):
    """A table in Markdown; the first column is text, the others are figures."""
    widths = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    def line(row):
        return '| ' + ' | '.join(c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths))) + ' |'
    rule = '|' + '|'.join('-' * (w + 2) if i == 0 else '-' * (w + 1) + ':' for i, w in enumerate(widths)) + '|'
    print('\n### %s\n' % title)
    print('\n'.join([line(head), rule] + [line(row) for row in rows]), flush=True)


class Bench:
    def __init__(self, options, folder):
        self.o = options
        self.folder = folder
        self.all_cores = sorted(os.sched_getaffinity(0))

    def measure(self, *arguments, cores=None):
        return Process([self.o.measure, *arguments], cores).values()

    def several(self, *arguments, cores=None):
        return [self.measure(*arguments, cores=cores) for _ in range(self.o.runs)]

    def made(self, name, *command):
        """The file @name, made by @command if it is not there from an earlier run."""
        path = self.folder / name
        if not path.exists():
            subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL)
        return path

    def shape(self, shape, n):
        path = self.folder / ('%s-%d.heapsnapshot' % (shape, n))
        return self.made(path.name, self.o.make_shape, shape, n, path)

    def heap(self, size):
        return self.made('heap-%s-A.heapsnapshot' % size, 'node', HERE / 'make-heap.mjs',
                         '--out', self.folder, '--size', size, '--stages', 'A')

    def reopened(self, path, cores):
        """The index of @path, written and used: size, times of writing and of opening again."""
        figures = {'write': [], 'open': [], 'summary': []}
        for _ in range(self.o.runs):
            cache = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
            figures['write'].append(self.measure('write', path, cache / 'heapwise', cores=cores))
            figures['size'] = sum(f.stat().st_size for f in (cache / 'heapwise').rglob('*') if f.is_file())
            figures['open'].append(self.measure('open', path, cache / 'heapwise', cores=cores))
            figures['summary'].append(Process([self.o.cli, 'summary', '--limit=50', path], cores,
                                              {'XDG_CACHE_HOME': str(cache)}).values())
            shutil.rmtree(cache)
        return figures

    def files(self, paths):
        counts = [self.o.cores] if self.o.cores else [n for n in (2, 1) if n <= len(self.all_cores)]
        columns = [(path, n, self.file_figures(path, set(self.all_cores[:n]))) for path in paths for n in counts]
        names = []
        for _, _, figures in columns:
            names += [name for name in figures if name not in names]
        rows = [[name] + [figures.get(name, '') for _, _, figures in columns] for name in names]
        table('From the file to every number', ['file, cores'] +
              ['%s, %d' % (path.name.removesuffix('.heapsnapshot'), n) for path, n, _ in columns], rows)

    def file_figures(self, path, cores):
        size = path.stat().st_size
        limits = self.several('limits', path, cores=cores)
        loads = self.several('load', path, cores=cores)
        again = self.reopened(path, cores)
        nodes, edges = loads[0]['nodes'], loads[0]['edges']
        wall = median(loads, 'wall')
        scan = median(limits, 'scan')
        figures = {
            'bytes': '{:,}'.format(size),
            'objects': '{:,}'.format(nodes),
            'references': '{:,}'.format(edges),
            'limit: read()': '%.0f MB/s' % (size / max(median(limits, 'read'), 1)),
            'limit: memcpy()': '%.0f MB/s' % (size / max(median(limits, 'memcpy'), 1)),
            'limit: look for digits': '%.0f MB/s' % (size / max(scan, 1)),
            'cold, whole process': '%.0f ms' % (wall / 1e3),
            'cold, the fastest run': '%.0f ms' % (min(run['wall'] for run in loads) / 1e3),
            'cold, bytes a second': '%.0f MB/s' % (size / wall),
            'cold ÷ looking for digits': '%.1f' % (wall / max(scan, 1)),
            'cold, processor time': '%.0f ms' % (median(loads, 'cpu') / 1e3),
            'constructors and shallow sizes': '%.0f ms' % (median(loads, 'first-rows') / 1e3),
        }
        for name in loads[0]:
            if name.startswith('phase:'):
                time_taken = median(loads, name)
                figures['· ' + name.removeprefix('phase:')] = '%.0f ms = %.0f ns/obj, %.1f ns/ref' % (
                    time_taken / 1e3, time_taken * 1e3 / max(nodes, 1), time_taken * 1e3 / max(edges, 1))
        figures |= {
            'peak memory ÷ file': '%.2f' % (median(loads, 'peak') / size),
            'index written in': '%.0f ms' % (median(again['write'], 'write-behind') / 1e3),
            'index ÷ file': '%.2f' % (again['size'] / size),
            'again: first rows': '%.1f ms' % (median(again['open'], 'first-rows') / 1e3),
            'again: complete': '%.0f ms' % (median(again['open'], 'whole') / 1e3),
            'again: processor time': '%.0f ms' % (median(again['open'], 'cpu') / 1e3),
            'again: complete ÷ cold': '%.2f' % (median(again['open'], 'whole') / median(loads, 'whole')),
            'again: peak memory ÷ file': '%.2f' % (median(again['open'], 'peak') / size),
            'again: heapwise-cli summary': '%.0f ms' % (median(again['summary'], 'wall') / 1e3),
        }
        return figures

    def rows(self, counts):
        measured = [self.several('rows', self.shape('strings', n)) for n in counts]
        names = [name for name in measured[0][0] if name.startswith('sort ')] + ['expand']
        words = {'expand': 'expand a constructor, first 256 rows'}
        rows = [[words.get(name, name.replace(':', ' by '))] + ['%.1f ms' % (median(runs, name) / 1e3) for runs in measured]
                for name in names]
        table('Rows', ['rows'] + ['{:,}'.format(n) for n in counts], rows)

    def shapes(self, n):
        rows, wrong = [], []
        for shape in SHAPES:
            runs = [self.several('load', self.shape(shape, m)) for m in (n, 4 * n)]
            small, large = (median(r, 'cpu') / 1e6 for r in runs)
            rows.append([shape, '%.2f s' % small, '%.2f s' % large, '%.1f' % (large / small),
                         '%.0f ns/obj' % (median(runs[1], 'cpu') * 1e3 / (4 * n)),
                         '%.2f' % (median(runs[1], 'peak') / self.shape(shape, 4 * n).stat().st_size)])
            if large > small * LINEAR + SLACK:
                wrong.append('%s takes %.1f times the time for 4 times the objects' % (shape, large / small))
        table('Shapes, processor time', ['shape', '{:,}'.format(n), '{:,}'.format(4 * n), '×', 'per object', 'peak ÷ file'], rows)
        return wrong


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ('measure', 'make-shape', 'cli'):
        parser.add_argument('--' + name, required=True, type=pathlib.Path)
    for name in ('small', 'full', 'shapes'):
        parser.add_argument('--' + name, action='store_true')
    parser.add_argument('--rows', type=int, action='append', default=[])
    parser.add_argument('--runs', type=int)
    parser.add_argument('--cores', type=int)
    parser.add_argument('--keep', type=pathlib.Path)
    parser.add_argument('files', nargs='*', type=pathlib.Path)
    options = parser.parse_args()
    options.runs = options.runs or (1 if options.small else 5)

    # Checks of the allocator would be measured too.
    for name in ('MALLOC_CHECK_', 'MALLOC_PERTURB_', 'G_DEBUG'):
        os.environ.pop(name, None)
    wrong = []
    print('Runs for each figure: %d. Processes that wanted a processor before: %.1f on %d cores.'
          % (options.runs, os.getloadavg()[0], len(os.sched_getaffinity(0))))
    with tempfile.TemporaryDirectory(prefix='heapwise-bench-') as temporary:
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
        bench = Bench(options, options.keep or pathlib.Path(temporary))
        paths = list(options.files)
        if options.small and not options.shapes:
            paths.append(bench.shape('strings', 20000))
            options.rows.append(20000)
        if options.full:
            paths += [bench.heap(size) for size in ('5M', '50M', '250M', '1G')]
            options.rows += [1000000, 10000000]
        if paths:
            bench.files(paths)
        if options.rows:
            bench.rows(options.rows)
        if options.shapes or options.full:
            wrong = bench.shapes(30000 if options.small else 2500000 if options.full else 250000)
    for text in wrong:
        print(text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
