import { openRemoteStore } from '@poplet/store/remote';
import { afterAll } from 'vitest';

import { RedisServer } from '../src/redis-server.ts';
import { socketCases } from './socket-cases.ts';

const redis = await RedisServer.start();
afterAll(() => redis.stop());
let databases = 0;

/** Nobody else is there, and a machine that stands still for a second is not a Redis that is away. */
const patience = { confirmWithinMs: 10_000, timeoutMs: 60_000 };

socketCases({
  makeStore: () => openRemoteStore({ url: redis.url(databases++), ...patience }),
});
