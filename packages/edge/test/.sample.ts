import v8 from 'node:v8'; if (process.env.VF) v8.setFlagsFromString(process.env.VF);
import { createEdge } from '@poplet/edge';
import fs from 'node:fs';
const edge = createEdge({ sites: [{ upstream: { url: process.argv[2]! } }] });
const { url } = await edge.listen({ port: 0, host: '127.0.0.1' });
console.log(url);
let peak = 0;
setInterval(() => { const m = process.memoryUsage(); const hwm = fs.readFileSync('/proc/self/status','utf8').match(/VmHWM:\s+(\d+)/)![1]; console.error([m.rss, m.heapTotal, m.heapUsed, m.external, m.arrayBuffers].map(x => (x/1e6).toFixed(0)).join('\t'), hwm); }, 250);
