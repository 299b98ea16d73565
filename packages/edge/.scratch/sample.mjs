import v8 from 'node:v8'; import vm from 'node:vm';
import fs from 'node:fs';
import http from 'node:http';
if (process.env.VF) v8.setFlagsFromString(process.env.VF);
const { createEdge } = await import('../dist/index.js');
const edge = createEdge({ sites: [{ upstream: { url: process.argv[2] } }] });
const { url } = await edge.listen({ port: 0, host: '127.0.0.1' });
console.log(url);
if (process.env.GCMB) {
  v8.setFlagsFromString('--expose-gc'); const gc = vm.runInNewContext('gc');
  let n = 0; const limit = Number(process.env.GCMB) * 1e6; let t = 0, c = 0;
  const w = http.ServerResponse.prototype.write;
  http.ServerResponse.prototype.write = function (b, ...a) { n += b.length ?? 0; if (n > limit) { n = 0; const s = performance.now(); gc({ type: 'minor' }); t += performance.now() - s; c++; } return w.call(this, b, ...a); };
  process.on('SIGTERM', () => { console.error('gc', c, t.toFixed(0), 'ms'); process.exit(); });
}
setInterval(() => { const m = process.memoryUsage(); const hwm = fs.readFileSync('/proc/self/status','utf8').match(/VmHWM:\s+(\d+)/)[1]; console.error([m.rss, m.heapTotal, m.heapUsed, m.external, m.arrayBuffers].map(x => (x/1e6).toFixed(0)).join('\t'), hwm); }, 250);
