import { openRemoteStore } from '@poplet/store/remote';
import { afterAll } from 'vitest';

import { RedisServer } from '../src/redis-server.ts';
import { socketCases } from './socket-cases.ts';

const redis = await RedisServer.start();
afterAll(() => redis.stop());
let databases = 0;

socketCases({ makeStore: () => openRemoteStore({ url: redis.url(databases++) }) });
