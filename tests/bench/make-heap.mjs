#!/usr/bin/env node
// SPDX-License-Identifier: GPL-3.0-or-later
// make-heap.mjs - builds a realistic, seeded, server-like JavaScript heap, grows it with named
// leaks, and writes real V8 heap snapshots of it at stages A (baseline), B and C (after leaks).
//
//   node make-heap.mjs --out DIR [--size 5M|50M|250M|1G|3G|<n>M] [--seed 1] [--stages A,B,C]
//                      [--leak 0.05] [--prefix heap] [--numeric] [--internals] [--contexts n]
//
// Output: DIR/<prefix>-<size>-<stage>.heapsnapshot. --size is the approximate size of stage A.
// Each later stage adds about --leak (a fraction of the baseline) of leaked objects, and also
// replaces some baseline objects (so a comparison of A and C has removals as well as additions).
//
// --numeric   : v8.writeHeapSnapshot's exposeNumericValues (numbers become nodes)
// --internals : v8.writeHeapSnapshot's exposeInternals
// The script re-starts itself with a suitable --max-old-space-size.
import v8 from 'node:v8';
import vm from 'node:vm';
import fs from 'node:fs';
import path from 'node:path';
import {EventEmitter} from 'node:events';
import {spawnSync} from 'node:child_process';
import {fileURLToPath} from 'node:url';
import {AsyncLocalStorage} from 'node:async_hooks';

// ---------------------------------------------------------------- arguments
function parseArgs(argv) {
  const o = {out: '.', size: '5M', seed: 1, stages: 'A,B,C', leak: 0.05, prefix: 'heap', contexts: -1,
    numeric: false, internals: false};
  for (let i = 0; i < argv.length; i++) {
    const a = argv[i].replace(/^--/, '');
    if (a === 'numeric' || a === 'internals') o[a] = true;
    else if (a === 'help' || a === 'h') { console.log(fs.readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n').slice(2, 16).join('\n')); process.exit(0); }
    else if (a in o) o[a] = argv[++i];
    else { console.error(`unknown option ${argv[i]}`); process.exit(2); }
  }
  o.seed = Number(o.seed); o.leak = Number(o.leak); o.contexts = Number(o.contexts);
  o.stages = o.stages.split(',').map(s => s.trim().toUpperCase());
  return o;
}
const opt = parseArgs(process.argv.slice(2));
const bytesOf = s => { const m = /^([\d.]+)([KMG]?)B?$/i.exec(s); if (!m) throw new Error('bad size ' + s);
  return Number(m[1]) * ({'': 1, K: 1e3, M: 1e6, G: 1e9})[m[2].toUpperCase()]; };
const target = bytesOf(opt.size);

if (!process.env.MAKE_HEAP_CHILD) {
  // JS heap is about the size of the snapshot file or smaller; the writer's own tables are outside it.
  const mb = Math.max(512, Math.ceil(target / 1e6 * 2));
  const r = spawnSync(process.execPath, [`--max-old-space-size=${mb}`, '--expose-gc', fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {stdio: 'inherit', env: {...process.env, MAKE_HEAP_CHILD: '1'}});
  process.exit(r.status ?? 1);
}

// ---------------------------------------------------------------- seeded randomness
let rs = (opt.seed * 2654435761) >>> 0 || 1;
function rnd() { rs ^= rs << 13; rs >>>= 0; rs ^= rs >>> 17; rs ^= rs << 5; rs >>>= 0; return rs / 4294967296; }
const int = n => Math.floor(rnd() * n);
const pick = a => a[int(a.length)];
const chance = p => rnd() < p;
const WORDS = ('alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo ' +
  'sierra tango uniform victor whiskey xray yankee zulu account balance invoice ledger tenant session token cache index shard ' +
  'replica queue worker cursor batch stream filter route handler widget panel layout render commit branch merge').split(' ');
const word = () => pick(WORDS);
const UNI = ['Grüße', 'naïve', 'Ωμέγα', '日本語', 'привет', 'emoji 🚀 ok', 'tab\tand "quote"', 'line\nbreak \\ slash', '\u0007bell', 'حسن'];
/** A sequential string that is not internalised (fresh allocation every time). */
const fresh = s => Buffer.from(s, 'utf8').toString('utf8');
function text(len) { let s = ''; while (s.length < len) s += word() + ' '; return fresh(s.slice(0, len)); }
let seq = 0;
const uid = p => fresh(`${p}-${(seq++).toString(36)}-${int(0x7fffffff).toString(36)}`);

// ---------------------------------------------------------------- the application's classes
class User { constructor(i) { this.id = i; this.name = `${word()} ${word()}`; this.email = uid('u') + '@example.test'; this.roles = [pick(['admin', 'editor', 'viewer']), 'user']; this.address = {street: text(18), city: word(), zip: String(10000 + int(89999)), geo: {lat: rnd() * 90, lon: rnd() * 180}}; this.created = new Date(1.6e12 + int(1e9)); } get label() { return this.name; } }
class Session { #token; constructor(user, config) { this.sid = uid('sess'); this.user = user; this.config = config; this.#token = fresh(uid('tok')); this.data = new Map([['locale', pick(['en', 'de', 'fr'])], ['theme', 'dark'], ['cart', []]]); this.flash = null; this.touched = Date.now() + rnd(); } token() { return this.#token; } }
class HttpRequest { constructor(route, session) { this.route = route; this.session = session; this.headers = new Map([['host', 'app.example.test'], ['x-request-id', uid('req')], ['accept', '*/*']]); this.query = {page: int(100), size: 20, q: word(), sort: chance(.5) ? 'asc' : 'desc'}; this.body = chance(.3) ? {items: Array.from({length: 1 + int(6)}, () => ({sku: uid('sku'), qty: int(9), price: rnd() * 100}))} : undefined; this.params = Object.create(null); this.params.id = String(int(1e6)); } }
class HttpResponse { constructor(req) { this.req = req; this.status = pick([200, 200, 200, 304, 404, 500]); this.chunks = [Buffer.from(text(40 + int(100)))]; this.onFinish = () => { this.finished = req.query; }; } }
class LRUNode { constructor(key, value) { this.key = key; this.value = value; this.prev = null; this.next = null; } }
class LRUCache { constructor(max) { this.max = max; this.map = new Map(); this.head = null; this.tail = null; } set(k, v) { const n = new LRUNode(k, v); n.next = this.head; if (this.head) this.head.prev = n; this.head = n; this.tail ??= n; this.map.set(k, n); if (this.map.size > this.max) { const t = this.tail; this.tail = t.prev; this.tail.next = null; this.map.delete(t.key); } } }
class Metric { constructor(n) { this.name = n; this.samples = new Float64Array(32 + int(96)); this.labels = {service: word(), region: pick(['eu', 'us', 'ap'])}; this.histogram = Array.from({length: 12}, () => int(1000)); this.rates = Array.from({length: 8}, () => rnd()); } }
class TreeNode { constructor(k, v) { this.key = k; this.value = v; this.left = null; this.right = null; } }
class OrderedIndex { constructor() { this.root = null; this.size = 0; } insert(k, v) { this.size++; if (!this.root) { this.root = new TreeNode(k, v); return; } let n = this.root; for (;;) { const s = k < n.key ? 'left' : 'right'; if (!n[s]) { n[s] = new TreeNode(k, v); return; } n = n[s]; } } }
class Job { constructor(id) { this.id = id; this.payload = {kind: pick(['mail', 'index', 'thumb', 'report']), args: [id, word(), {retry: 3}], note: text(20 + int(60))}; this.promise = new Promise((res, rej) => { this.resolve = res; this.reject = rej; }); this.promise.then(v => ({v, job: this})).catch(e => { throw e; }).finally(() => {}); } }
class EventBus extends EventEmitter { constructor(name) { super(); this.setMaxListeners(0); this.name = name; } }
class Entity { constructor() { this.meta = {version: 1}; } }
class Product extends Entity { constructor(i) { super(); this.sku = uid('sku'); this.title = text(12 + int(30)); this.tags = new Set([word(), word(), word()]); this.price = {amount: rnd() * 1000, currency: pick(['EUR', 'USD'])}; this.related = []; this[Symbol.for('rank')] = rnd(); if (i % 7 === 0) this.discount = {percent: int(50), until: new Date()}; } }
class Row { constructor(i) { for (let c = 0; c < 24; c++) this['column_' + c] = c % 3 === 0 ? i * c + 0.5 : c % 3 === 1 ? COLS[(i * 7 + c) % COLS.length] : c; } }
class AstNode { constructor(type, kids) { this.type = type; this.start = int(1e5); this.end = this.start + int(100); this.loc = {start: {line: int(1000), column: int(80)}, end: {line: int(1000), column: int(80)}}; this.children = kids; this.parent = null; for (const k of kids) k.parent = this; } }
class DetachedPanel { constructor(depth) { this.parent = null; this.title = uid('panel'); this.dataset = {state: 'detached', depth}; this.children = []; for (let i = 0; i < 3 && depth > 0; i++) { const c = new DetachedPanel(depth - 1); c.parent = this; this.children.push(c); } this.onclick = () => this.title; } }
class LinkedItem { constructor(v, next) { this.v = v; this.next = next; } }
class Matrix { constructor(n) { this.rows = Array.from({length: n}, () => Array.from({length: n}, () => rnd())); } }
const COLS = Array.from({length: 400}, (_, i) => `col value ${i} ${WORDS[i % WORDS.length]}`);

function ast(depth) { const kids = []; if (depth > 0) for (let i = 0, n = 1 + int(3); i < n; i++) kids.push(ast(depth - 1)); return new AstNode(pick(['CallExpression', 'Identifier', 'Literal', 'BlockStatement', 'BinaryExpression']), kids); }
function doc(depth) { if (depth <= 0) return chance(.5) ? text(8 + int(24)) : rnd() * 1e6; const o = {}; for (let i = 0, n = 2 + int(4); i < n; i++) o[WORDS[(depth * 11 + i) % WORDS.length]] = chance(.2) ? Array.from({length: 1 + int(5)}, () => doc(depth - 2)) : doc(depth - 1); return o; }
function* idle(n) { const local = {n, note: word()}; while (true) yield local; }
async function pending(ctx) { const scratch = {ctx, at: word()}; await new Promise(() => {}); return scratch; }

// ---------------------------------------------------------------- the application's state (module-level roots)
const app = globalThis.app = {
  config: {name: 'shop', env: 'production', flags: Object.fromEntries(WORDS.map((w, i) => [w, i % 2 === 0])), limits: {rps: 1000, burst: 50}},
  users: new Map(), products: [], index: new OrderedIndex(), lru: new LRUCache(1e9), metrics: new Map(), buses: WORDS.slice(0, 8).map(w => new EventBus(w)),
  routes: WORDS.slice(0, 24).map(w => ({method: pick(['GET', 'POST']), pattern: new RegExp(`^/${w}/(\\d+)$`), stack: Array.from({length: 4}, (_, i) => { const name = w; return function middleware(req, res, next) { return [name, i, req, res, next]; }; })})),
  inflight: new Set(), jobs: [], rows: [], docs: [], asts: [], buffers: [], sparse: [], weak: new WeakMap(), weakRefs: [], registry: new FinalizationRegistry(() => {}),
  liveTree: new Set(), errors: [], iterators: [], deep: null, matrices: [], symbols: [], big: [], ropes: [], slices: [], proxies: [], contexts: [], bound: [], async: [], als: new AsyncLocalStorage(), numbersDense: [], counters: Object.create(null),
};

/** One "unit" of baseline application state; the mix is what makes the heap server-like. */
function unit(i) {
  const a = app, route = pick(a.routes);
  const user = new User(i); a.users.set(user.email, user);
  const s = new Session(user, a.config); a.lru.set(s.sid, s);
  const req = new HttpRequest(route, s); const res = new HttpResponse(req); a.inflight.add(res);
  a.weak.set(req, {startedAt: rnd(), trace: uid('trace')});
  const p = new Product(i); if (a.products.length) p.related.push(pick(a.products), pick(a.products)); a.products.push(p); a.index.insert(rnd(), p);
  p.neighbours = Array.from({length: 32}, () => pick(a.products)); user.recent = Array.from({length: 32}, () => pick(COLS)); s.acl = new Set(Array.from({length: 12}, () => pick(a.routes)));
  a.docs.push(doc(3)); a.rows.push(new Row(i));
  const bus = pick(a.buses); bus.on(pick(['data', 'end', 'tick']), () => user.id + i);
  if (i % 2 === 0) a.jobs.push(new Job(i));
  if (i % 3 === 0) a.asts.push(ast(3));
  if (i % 4 === 0) { a.metrics.set(uid('metric'), new Metric(word())); a.buffers.push(Buffer.alloc(64 + int(4096), i & 255)); }
  if (i % 5 === 0) { a.ropes.push(text(30) + '|' + uid('rope') + '|' + text(40)); const l = text(200); a.slices.push(l.slice(20, 120)); a.weakRefs.push(new WeakRef(user)); a.registry.register(res, i); }
  if (i % 6 === 0) { a.errors.push(new Error(`E${i}: ${word()}`)); a.big.push(BigInt(i) ** 9n); a.symbols.push(Symbol(`s${i}`)); a.bound.push(route.stack[0].bind(user, i)); }
  if (i % 7 === 0) { const g = idle(i); g.next(); a.iterators.push(g, user.roles[Symbol.iterator](), a.users.entries()); a.async.push(pending(user)); }
  if (i % 8 === 0) { a.proxies.push(new Proxy(p, {get: (t, k) => t[k]})); const sp = []; sp[i * 1000 + 5] = p; sp[i * 1000 + 90000] = user; a.sparse.push(sp); a.liveTree.add(new DetachedPanel(1)); }
  if (i % 9 === 0) { a.counters[uid('c')] = i; a.big.push(UNI[i % UNI.length] + i); a.numbersDense.push(Array.from({length: 20}, (_, k) => k * 1.1)); }
  if (i % 40 === 0) { a.docs.push(text(int(3000))); a.matrices.push(new Matrix(8)); a.buffers.push(new DataView(new ArrayBuffer(256)), new Uint16Array(128), new BigInt64Array(8)); }
  a.deep = new LinkedItem(i & 1 ? a.config : i, new LinkedItem(null, a.deep)); // a deep chain, 2 links a unit
}

// ---------------------------------------------------------------- the leaks
const leaks = globalThis.leaks = {
  sessionCacheByKey: new Map(),            // 1 unbounded Map cache keyed by session id
  requestBus: new EventBus('requestBus'),  // 2 listeners added for every request and never removed
  timers: [],                              // 3 timers whose closures keep a request
  duplicateStrings: [],                    // 4 equal strings, each its own allocation
  detachedPanels: new Set(),               // 5 registry that keeps subtrees removed from the live tree
  pendingReplies: [],                      // 6 promises nobody will settle
  auditLog: {entries: []},                 // 7 plain-object log growing in one array
};
class LeakedSessionRecord { constructor(i) { this.key = uid('leak'); this.user = pick(app.products); this.history = Array.from({length: 6}, () => ({path: '/' + word() + '/' + int(1e6), ms: rnd() * 100, ok: true})); this.blob = fresh(text(80)); this.seq = i; } }
class LeakedReply { constructor(p) { this.p = p; this.tag = word(); } }
const DUPES = Array.from({length: 5}, () => text(64));
function leakUnit(i) {
  const rec = new LeakedSessionRecord(i); leaks.sessionCacheByKey.set(rec.key, rec);
  const req = new HttpRequest(pick(app.routes), null); leaks.requestBus.on('close', function onCloseNeverRemoved() { return [req, i]; });
  leaks.duplicateStrings.push(fresh(DUPES[i % DUPES.length]), fresh('{"error":"timeout","retry":true}'));
  leaks.auditLog.entries.push({ts: i + 0.5, actor: word(), action: pick(['login', 'logout', 'view']), detail: {ip: `10.0.${int(256)}.${int(256)}`, agent: DUPES[0]}});
  if (i % 2 === 0) { const body = {rows: Array.from({length: 5}, () => ({k: uid('k'), v: rnd()}))}; const t = setTimeout(() => body.rows.length, 2 ** 30); t.unref(); leaks.timers.push(t); }
  if (i % 4 === 0) leaks.detachedPanels.add(new DetachedPanel(2));
  if (i % 3 === 0) leaks.pendingReplies.push(new LeakedReply(new Promise(() => {}).then(() => rec)));
}
/** Ordinary churn between stages: some baseline objects go, others come. */
function churn(n, from) {
  const a = app; let k = 0;
  for (const r of a.inflight) { if (k++ >= n) break; a.inflight.delete(r); }
  a.jobs.splice(0, n >> 1); a.docs.splice(0, n >> 1); a.rows.splice(0, n >> 2); a.errors.splice(0, n >> 4);
  for (let i = 0; i < n >> 1; i++) a.docs.push(doc(3));
  for (let i = 0; i < n >> 2; i++) a.jobs.push(new Job(from + i));
}

// ---------------------------------------------------------------- size: bytes of snapshot a unit makes (measured), by magnitude
const BASE = 4.95e6, PER_CONTEXT = 0.17e6;
const perUnit = t => t > 2e9 ? 20000 : t > 6e8 ? 19600 : t > 1.2e8 ? 19150 : 18900;
const contexts = opt.contexts >= 0 ? opt.contexts : target >= 2e8 ? 4 : target >= 2e7 ? 2 : 0;
const units = Math.max(8, Math.round((target - BASE - contexts * PER_CONTEXT) / perUnit(target) ));
const leakUnits = Math.max(10, Math.round(units * opt.leak * 3.5));

const t0 = performance.now();
for (let i = 0; i < units; i++) unit(i);
for (let c = 0; c < contexts; c++) { const ctx = vm.createContext({shared: app.config, name: 'plugin' + c}); vm.runInContext('class Plugin { constructor(n) { this.n = n; this.shared = shared; } }; globalThis.list = []; for (let i = 0; i < 50; i++) list.push(new Plugin(i), {n: i, tag: "p" + i}); globalThis.hook = () => list.length;', ctx); app.contexts.push(ctx); }
app.hub = new Array(Math.min(units * 2, 2e6)).fill(app.config);           // one object with very many retainers
app.holey = []; app.holey.length = 5000; app.holey[4000] = app.config;
console.log(`built: ${units} units, ${leakUnits} leak units a stage, ${contexts} contexts, ${((performance.now() - t0) / 1000).toFixed(1)} s, rss ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);

fs.mkdirSync(opt.out, {recursive: true});
let leaked = 0, lastStage = 0;
for (const stage of opt.stages) {
  const k = stage.charCodeAt(0) - 65;
  for (; lastStage < k; lastStage++) { churn(Math.max(8, leakUnits >> 1), units + leaked); for (let i = 0; i < leakUnits; i++) leakUnit(leaked++); }
  await new Promise(r => setImmediate(r));
  globalThis.gc?.();
  const file = path.join(opt.out, `${opt.prefix}-${opt.size}-${stage}.heapsnapshot`);
  const t = performance.now();
  const heapUsed = process.memoryUsage().heapUsed;
  v8.writeHeapSnapshot(file, {exposeInternals: opt.internals, exposeNumericValues: opt.numeric});
  const size = fs.statSync(file).size;
  console.log(`${stage}: ${path.basename(file)} ${size} bytes, JS heap ${(heapUsed / 1e6).toFixed(0)} MB, written in ${((performance.now() - t) / 1000).toFixed(1)} s, rss ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`);
}
process.exit(0);
