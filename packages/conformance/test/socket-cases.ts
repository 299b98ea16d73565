import { policyCases } from '@poplet/policy/cases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runsOn } from '../src/index.ts';
import { SocketBench } from '../src/sockets.ts';

/** Every case over real sockets, with edges on stores of this kind; the default one where none is given. */
export function socketCases(makeStore?: Parameters<typeof SocketBench.open>[0]): void {
  const failed = new Set<string>();
  let bench: SocketBench;

  beforeAll(async () => {
    bench = await SocketBench.open(makeStore);
  });

  afterAll(async () => {
    await bench.close();
  });

  describe('cases, over real sockets', () => {
    for (const found of policyCases.filter((one) => runsOn('sockets', one))) {
      test(`${found.id}: ${found.title}`, async () => {
        const broken = (found.dependsOn ?? []).filter((id) => failed.has(id));
        const problems = await bench.run(found);
        if (problems.length > 0) failed.add(found.id);
        const cause = broken.length > 0 ? [`dependency failed: ${broken.join(', ')}`] : [];
        expect(problems.length === 0 ? [] : [...cause, ...problems]).toEqual([]);
      });
    }
  });
}
