// SPDX-License-Identifier: GPL-3.0-or-later
// A server that forgets no session: some 40 kB more each 100 ms.
'use strict';

globalThis.sessions = new Map();
let next = 0;

class Session {
  constructor (id) {
    this.id = id;
    this.visits = Array.from({ length: 500 }, (_, i) => ({ page: i, at: id }));
  }
}

setInterval (() => {
  sessions.set (next, new Session (next));
  next++;
}, 100);
