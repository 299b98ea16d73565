import { createEdge } from './src/index.ts';
import { connect } from 'node:net';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { BROWSER_FIELDS } from '../../bench/load/browser.ts';
const origin = createServer((q, r) => {
  r.writeHead(200, [
    'Content-Type',
    'image/webp',
    'ETag',
    '"abc"',
    'Last-Modified',
    'Sun, 05 May 2024 05:05:05 GMT',
    'Cache-Control',
    'public, max-age=86400',
    'Cache-Tag',
    'a,b',
    'Content-Length',
    '1024',
  ]);
  r.end(Buffer.alloc(1024, 65));
}).listen(0);
await once(origin, 'listening');
const edge = createEdge({
  sites: [{ upstream: { url: `http://127.0.0.1:${(origin.address() as any).port}` } }],
});
const { port } = await edge.listen({ port: 0 });
const socket = connect(port, '127.0.0.1');
socket.setNoDelay(true);
const head = (p: string) =>
  `GET ${p} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${BROWSER_FIELDS.map(([n, v]) => `${n}: ${v}\r\n`).join('')}\r\n`;
const say = async (t: string) => {
  socket.write(t);
  let n = 0;
  await new Promise<void>((ok) => {
    const on = (c: Buffer) => {
      n += c.length;
      if (n >= 1024) {
        socket.off('data', on);
        ok();
      }
    };
    socket.on('data', on);
  });
};
await say(head('/a'));
edge.clock.freeze();
const advance = process.argv[2] === 'advance';
const N = Number(process.argv[3] ?? 20000);
for (const phase of ['warm', 'measure']) {
  const t = process.cpuUsage();
  for (let i = 0; i < N; i++) {
    if (advance && i % 80_000 !== 79_999) edge.clock.advance(1000);
    if (advance && i % 40000 === 39999) edge.clock.set(Date.now() + 1000);
    await say(head('/a'));
  }
  const u = process.cpuUsage(t);
  console.log(
    phase,
    ((u.user + u.system) / N).toFixed(2),
    'µs cpu per exchange, client included',
    edge.fastLaneAnswers,
    edge.journal.totals.byOutcome.hit,
  );
}
process.exit(0);
