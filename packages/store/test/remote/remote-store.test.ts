import { RedisServer } from '@poplet/conformance/redis-server';
import { afterAll } from 'vitest';

import { openRemoteStore } from '../../src/remote/open-remote-store.ts';
import { storeContract } from '../contract.ts';

const redis = await RedisServer.start();
afterAll(() => redis.stop());
let databases = 0;

// What is known is asked for once: the contract is of one edge, and looks into its memory at any time.
storeContract('redis', (limits) =>
  openRemoteStore({ ...limits, url: redis.url(databases++), confirmWithinMs: 600_000 }),
);
