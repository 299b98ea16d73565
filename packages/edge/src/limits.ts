import type { EdgeLimits } from './edge-api.ts';

/** What a client may do unless the options say otherwise. Bytes, counts, real milliseconds. */
export const DEFAULT_LIMITS: EdgeLimits = {
  headerBytes: 64 * 1024,
  headerCount: 200,
  targetBytes: 16 * 1024,
  contentBytes: 0,
  handshakeTimeoutMs: 10_000,
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 300_000,
  keepAliveTimeoutMs: 65_000,
  writeTimeoutMs: 60_000,
  halfClosedTimeoutMs: 30_000,
  connections: 20_000,
  pipelined: 16,
  streams: 100,
  exchanges: 20_000,
};
