import { runsOn } from '@poplet/conformance';
import { SocketBench } from '@poplet/conformance/sockets';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { vendorCases } from '../cases/index.ts';
import { policies } from './policies.ts';

let bench: SocketBench;

beforeAll(async () => {
  bench = await SocketBench.open({ profiles: policies });
});

afterAll(async () => {
  await bench.close();
});

describe('cases of the vendors, over real sockets', () => {
  for (const found of vendorCases.filter((one) => runsOn('sockets', one))) {
    test(`${found.id}: ${found.title}`, async () => {
      expect(await bench.run(found)).toEqual([]);
    });
  }
});
