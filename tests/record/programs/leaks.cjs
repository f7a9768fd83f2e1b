// SPDX-License-Identifier: GPL-3.0-or-later
// leaks.cjs KIND: a small server that keeps what it should not: heap, buffers, sockets, timers, or nothing (churn).
'use strict';
const net = require('node:net');
const kind = process.argv[2];
const kept = [];
let seed = 1;
const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
const work = (n) => Array.from({length: n}, (_, i) => ({id: i, text: 'order ' + i, price: random()}));

const kinds = {
  heap: () => kept.push(work(2500)),
  buffer: () => { kept.push(Buffer.alloc(400_000, 1)); work(500); },
  socket: () => {
    for (let i = 0; i < 4; i++) {
      const socket = net.connect(server.address().port);
      socket.on('error', () => {});
    }
  },
  timer: () => { for (let i = 0; i < 6; i++) { const held = work(20); setInterval(() => held.length, 60_000); } },
  churn: () => { work(20000); },
};

const server = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
// A cache that fills in the first seconds and then is full: growth that ends.
const cache = new Map();
setInterval(() => {
  if (kind === 'churn')
    cache.set(cache.size % 100, work(100));
  kinds[kind]();
}, 50);
