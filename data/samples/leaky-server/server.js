// SPDX-License-Identifier: GPL-3.0-or-later
// A small shop server that never forgets. Its four mistakes are marked "Leak"; all else is as it should be.
// The requests are made up from a seed, so that every run serves the same customers.
'use strict';

const { EventEmitter } = require('node:events');
const { writeHeapSnapshot } = require('node:v8');

let seed = 1;
function random (limit) {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor(seed / 2 ** 32 * limit);
}
const hex = length => Array.from({ length }, () => random(16).toString(16)).join('');

class Product { constructor (number) { this.number = number; this.name = `Product ${number}`; this.price = 1.5 + random(9000) / 100; } }
class CartLine { constructor (product) { this.product = product; this.amount = 1 + random(3); this.addedBy = 'web'; } }
class Page { constructor (path) { this.path = path; this.html = new Array(300).fill(`<li>${path}</li>`).join(''); } }
class Request { constructor (path, session) { this.path = path; this.session = session; this.headers = { cookie: session.token, accept: 'text/html' }; } }

class Session {
  constructor (id) {
    this.id = id;
    this.customer = `customer-${String(random(100_000)).padStart(5, '0')}`;
    this.token = hex(16);
    this.cart = [];
    this.visited = [];
  }

  refresh () { this.refreshed = true; }
  priceChanged (product) { this.outdated = this.cart.some(line => line.product === product); }
}

class SessionStore {
  active = new Set();
  sessionsById = new Map();

  open () {
    const session = new Session(`session-${this.sessionsById.size + 1}`);
    this.active.add(session);
    // Leak 1: close() takes the session out of `active`, but nothing ever takes it out of this map.
    this.sessionsById.set(session.id, session);
    // Leak 2: a listener for every session, and no removeListener(). (The warning about it was silenced below.)
    prices.on('change', product => session.priceChanged(product));
    // Leak 3: some customers asked to stay signed in; the timer that does it is never cleared.
    if (random(4) === 0)
      session.timer = setInterval(() => session.refresh(), 3_600_000);
    return session;
  }

  close (session) { this.active.delete(session); }
}

class TemplateCache {
  pages = new Map();
  render (path) {
    if (!this.pages.has(path))
      this.pages.set(path, new Page(path));
    return this.pages.get(path);
  }
}

const prices = new EventEmitter().setMaxListeners(0);
const store = new SessionStore();
const catalogue = Array.from({ length: 300 }, (_, number) => new Product(number));
const recent = [];                       // healthy: the last hundred requests, the oldest dropped
let templates = new TemplateCache();

function reloadTemplates () {
  const previous = templates;
  templates = new TemplateCache();
  // Leak 4: each new cache can go back to the one before it, which can go back to the one before it, …
  templates.rollBack = () => { templates = previous; };
}

function handle (request) {
  recent.push(request);
  if (recent.length > 100)
    recent.shift();
  request.session.visited.push(request.path);
  if (random(3) === 0)
    request.session.cart.push(new CartLine(catalogue[random(catalogue.length)]));
  return templates.render(`/page/${random(8)}`).html.length;
}

function serve (customers) {
  for (let i = 0; i < customers; i++) {
    const session = store.open();
    for (let j = 2 + random(5); j > 0; j--)
      handle(new Request(`/product/${random(catalogue.length)}`, session));
    prices.emit('change', catalogue[random(catalogue.length)]);
    store.close(session);                // every customer leaves; every session should go
    if (i % 100 === 99)
      reloadTemplates();
  }
}

module.exports = { catalogue, prices, recent, store };

serve(100);
writeHeapSnapshot('1-before.heapsnapshot');
serve(600);
writeHeapSnapshot('2-during.heapsnapshot');
serve(600);
writeHeapSnapshot('3-after.heapsnapshot');
process.exit();
