#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""fake-inspector.py MODE: an inspector that does one thing wrong; prints its port and serves until it is ended.

garbage     sends what is no JSON
huge        announces a message of a gigabyte, and sends it
fragments   sends a gigabyte in fragments that never end
nested      sends JSON that is very deep, and JSON of very many values
odd         answers with lone surrogates, NULs, absurd numbers and unknown ids
chunks      answers a snapshot with pieces for ever
breaks      sends three pieces of a snapshot and hangs up
silent      takes connections and says nothing
endless     answers every question on the web with a page that never ends
web         is a web server of another kind
teapot      refuses WebSockets
deaf        opens the WebSocket and answers nothing
"""
import base64
import hashlib
import json
import socket
import struct
import sys
import threading
import time

MODE = sys.argv[1]


def frame(payload, opcode=1, fin=True):
    n = len(payload)
    head = bytes([(0x80 if fin else 0) | opcode])
    if n < 126:
        head += bytes([n])
    elif n < 65536:
        head += bytes([126]) + struct.pack('>H', n)
    else:
        head += bytes([127]) + struct.pack('>Q', n)
    return head + payload


def send(conn, message):
    conn.sendall(frame(message if isinstance(message, bytes) else json.dumps(message).encode()))


def receive(conn):
    """The next message as an object; None when the other side is gone."""
    def exactly(n):
        data = b''
        while len(data) < n:
            part = conn.recv(n - len(data))
            if not part:
                raise EOFError
            data += part
        return data
    while True:
        a, b = exactly(2)
        n = b & 0x7f
        if n == 126:
            n, = struct.unpack('>H', exactly(2))
        elif n == 127:
            n, = struct.unpack('>Q', exactly(8))
        mask = exactly(4)
        data = bytes(c ^ mask[i % 4] for i, c in enumerate(exactly(n)))
        if a & 0xf == 8:
            raise EOFError
        if a & 0xf == 1:
            return json.loads(data)


def wrong(conn):
    """What MODE does to a client that has connected."""
    mb = b'a' * (1 << 20)
    if MODE == 'garbage':
        for i in range(100):
            send(conn, [b'hello', b'{"id":', b'\xff\xfe\x00', b'[]', b'{"a":"\\ud8', b'{]}'][i % 6])
    elif MODE == 'huge':
        conn.sendall(bytes([0x81, 127]) + struct.pack('>Q', 1 << 30))
        for _ in range(1024):
            conn.sendall(mb)
    elif MODE == 'fragments':
        conn.sendall(frame(mb, 1, False))
        for _ in range(1023):
            conn.sendall(frame(mb, 0, False))
        time.sleep(5)
    elif MODE == 'nested':
        send(conn, b'{"method":"x","params":' + b'[' * 100000 + b']' * 100000 + b'}')
        send(conn, b'{"method":"x","params":[' + b'0,' * 5000000 + b'0]}')
    while True:
        m = receive(conn)
        method, answer = m['method'], {'id': m['id'], 'result': {}}
        if MODE == 'deaf':
            continue
        if MODE == 'odd':
            send(conn, {'id': 999999, 'result': {}})
            send(conn, {'id': 'x', 'result': 3})
            send(conn, b'{"method":"Runtime.consoleAPICalled","params":{"type":"log","timestamp":-1e300,'
                       b'"args":[{"type":"string","value":"a\\ud83d"},{"type":"string","value":"\\u0000b"},7,null]}}')
            send(conn, b'{"method":"NodeWorker.attachedToWorker","params":{"sessionId":"","workerInfo":[]}}')
            send(conn, b'{"method":"HeapProfiler.heapStatsUpdate","params":{"statsUpdate":[-1,2,3,99999999999,1,1,"x"]}}')
            send(conn, b'{"method":7,"params":[]}')
            value = json.dumps({'pid': -5, 'mem': {'rss': -1, 'heapUsed': 1e308, 'heapTotal': '12', 'external': None},
                                'handles': {'Socket': -3, 'x' * 9999: 1e300}, 'elu': {'idle': 'x'}})
            answer['result'] = {'result': {'type': 'string', 'value': value}}
        elif method == 'Runtime.evaluate':
            text = m['params']['expression']
            value = '42' if 'JSON' not in text else json.dumps({'mem': {'rss': 5e7, 'heapUsed': 4e6}})
            answer['result'] = {'result': {'type': 'string', 'value': value}}
        elif method == 'HeapProfiler.takeHeapSnapshot':
            for _ in range(3 if MODE == 'breaks' else 100000):
                send(conn, {'method': 'HeapProfiler.addHeapSnapshotChunk', 'params': {'chunk': '{"nodes":[1,2,3' * 9999}})
            if MODE == 'breaks':
                return
        send(conn, answer)


def http(conn, body, status='200 OK'):
    conn.sendall(('HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n'
                  % (status, len(body))).encode() + body)


def serve(conn):
    try:
        if MODE == 'silent':
            time.sleep(60)
        request = b''
        while b'\r\n\r\n' not in request:
            part = conn.recv(4096)
            if not part:
                return
            request += part
        path = request.split()[1].decode()
        key = [line[18:].strip() for line in request.split(b'\r\n') if line.lower().startswith(b'sec-websocket-key:')]
        if MODE == 'endless':
            conn.sendall(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n')
            while True:
                conn.sendall(b'{' * 65536)
        elif MODE == 'web':
            http(conn, b'<html>hello</html>')
        elif key and MODE == 'teapot':
            http(conn, b'', '418 teapot')
        elif key:
            accept = base64.b64encode(hashlib.sha1(key[0] + b'258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest())
            conn.sendall(b'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
                         b'Sec-WebSocket-Accept: ' + accept + b'\r\n\r\n')
            wrong(conn)
        elif path == '/json/version':
            http(conn, b'{"Browser":"node.js/v99.0.0","Protocol-Version":"1.1"}')
        elif path == '/json/list':
            http(conn, json.dumps([{'id': 'x', 'title': 'fake', 'type': 'node', 'url': 'file:///fake.js',
                                    'webSocketDebuggerUrl': 'ws://elsewhere:1/x'}]).encode())
        else:
            http(conn, b'', '404 Not Found')
    except (OSError, EOFError):
        pass
    finally:
        conn.close()


def main():
    server = socket.create_server(('127.0.0.1', 0))
    print(server.getsockname()[1], flush=True)
    while True:
        conn, _ = server.accept()
        threading.Thread(target=serve, args=(conn,), daemon=True).start()


if __name__ == '__main__':
    main()
