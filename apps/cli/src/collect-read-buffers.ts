import { subscribe } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of bodies from upstreams: after so many bytes the young generation is collected. */
const COLLECT_AFTER_BYTES = 4 * 1024 * 1024;

/**
 * V8 counts of a buffer that was read from a socket little more than the object around its 64 KB. As it
 * collects when its young generation is full, a long body that passes would leave tens of MB of them
 * lying about. To keep that generation small instead costs a third of all time that requests take: what
 * belongs to those under way would be copied again and again.
 */
export function collectReadBuffers(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { readonly type: 'minor' }) => void;
  let bytes = 0;
  subscribe('poplet:upstream:received', (length) => {
    bytes += length as number;
    if (bytes < COLLECT_AFTER_BYTES) return;
    bytes = 0;
    collect({ type: 'minor' });
  });
}
