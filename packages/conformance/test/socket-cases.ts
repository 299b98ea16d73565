import { policyCases } from '@poplet/policy/cases';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { notInHttp2Because, runsOn, type Case } from '../src/index.ts';
import { SocketBench, type BenchOptions } from '../src/sockets.ts';

export interface SocketCases extends BenchOptions {
  /** Which of the cases. Default: all. */
  readonly only?: (found: Case) => boolean;
  /** Requests that are to be answered without node:http, at least. Default 0. */
  readonly fastLaneAnswers?: number;
}

/** Every case that these sockets can tell. */
export function socketCases({
  only = () => true,
  fastLaneAnswers = 0,
  ...options
}: SocketCases = {}): void {
  const { protocol = 'http1' } = options;
  const isTold = (found: Case): boolean =>
    runsOn('sockets', found) &&
    only(found) &&
    (protocol === 'http1' || notInHttp2Because(found) === null);
  const failed = new Set<string>();
  let bench: SocketBench;

  beforeAll(async () => {
    bench = await SocketBench.open(options);
  });

  afterAll(async () => {
    await bench.close();
  });

  describe(`cases, over real sockets (${protocol})`, () => {
    for (const found of policyCases.filter(isTold)) {
      test(`${found.id}: ${found.title}`, async () => {
        const broken = (found.dependsOn ?? []).filter((id) => failed.has(id));
        const problems = await bench.run(found);
        if (problems.length > 0) failed.add(found.id);
        const cause = broken.length > 0 ? [`dependency failed: ${broken.join(', ')}`] : [];
        expect(problems.length === 0 ? [] : [...cause, ...problems]).toEqual([]);
      });
    }

    test(`at least ${fastLaneAnswers} requests were answered in the fast lane`, () => {
      expect(bench.fastLaneAnswers).toBeGreaterThanOrEqual(fastLaneAnswers);
    });
  });
}
