#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""tool.py TOOL [ARG...]: runs a validator; skips, saying so, where it is not installed."""
import os
import sys

import project

project.need(sys.argv[1])
os.execvp(sys.argv[1], sys.argv[1:])
