#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts.py: shellcheck finds nothing to warn of in any shell script, and Python compiles every Python file."""
import subprocess

import project


def main():
    project.need('shellcheck')
    shell, faults, count = [], [], 0
    for path in project.files():
        text = project.text_of(project.ROOT / path) if path.suffix in ('', '.sh', '.py') else None
        if not text:
            continue
        first = text.splitlines()[0]
        if path.suffix == '.sh' or first.startswith('#!') and ('bash' in first or first.endswith('/sh')):
            shell.append(str(path))
        elif path.suffix == '.py' or first.startswith('#!') and 'python' in first:
            count += 1
            try:
                compile(text, str(path), 'exec')
            except SyntaxError as e:
                faults.append('%s:%s: %s' % (path, e.lineno, e.msg))
    r = subprocess.run(['shellcheck', '--external-sources', '--severity=warning', '--format=gcc', *shell],
                       cwd=project.ROOT, capture_output=True, text=True)
    faults += (r.stdout + r.stderr).splitlines()
    project.finish(faults, '%d shell and %d Python files in order' % (len(shell), count))


if __name__ == '__main__':
    main()
