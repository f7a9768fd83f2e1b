#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tool.py TOOL [ARG...]: runs a validator; skips, saying so, where it is not installed.

An ARG with a `*` stands for the files it matches, of which there must be one.
"""
import glob
import os
import sys

import project


def main():
    tool, *arguments = sys.argv[1:]
    project.need(tool)
    expanded = []
    for argument in arguments:
        found = sorted(glob.glob(argument)) if '*' in argument else [argument]
        if not found:
            sys.exit('no file fits ' + argument)
        expanded += found
    os.execvp(tool, [tool, *expanded])


if __name__ == '__main__':
    main()
