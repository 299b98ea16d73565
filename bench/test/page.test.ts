import { expect, test } from 'vitest';

import { withTables } from '../page.ts';
import type { PeerResult, Results } from '../results.ts';

const PAGE = `before

<!-- Written from docs/performance.json by \`npm run docs\`, down to the end mark. -->
old
<!-- end -->

after
`;

function measured(requestsPerSecond: number, serverCoreBusy = 1): PeerResult {
  const rate = { requestsPerSecond, lowest: requestsPerSecond, highest: requestsPerSecond };
  return { kind: 'measured', ...rate, serverCoreBusy, loadCoreBusy: 0.5 };
}

const RESULTS: Results = {
  measuredAt: '2026-11-23T05:00:00.000Z',
  commit: 'abcdef',
  machine: {
    cpu: 'a CPU',
    cores: 2,
    memoryGiB: 24,
    system: 'Linux',
    node: 'v26.10.0',
    isPinned: true,
  },
  busyWithOthers: { before: 0.02, after: 0.03 },
  peers: [
    { id: 'poplet', name: 'Poplet', version: '1.0.0' },
    { id: 'nginx', name: 'nginx', version: '1.22.1' },
    { id: 'haproxy', name: 'HAProxy', version: '2.6.12' },
  ],
  rounds: 5,
  secondsPerRound: 3,
  connections: 32,
  scenarios: [
    {
      id: 'hit-1k',
      title: 'hit 1 KB',
      peers: { poplet: measured(96_000), nginx: measured(80_000), haproxy: measured(120_000, 0.5) },
    },
    {
      id: 'hit-range',
      title: 'a range',
      peers: {
        poplet: measured(10),
        nginx: measured(10),
        haproxy: { kind: 'left-out', because: 'it cannot' },
      },
    },
  ],
};

test('the tables take the place of what stands between the marks', () => {
  const page = withTables(PAGE, RESULTS);
  expect(page).toMatch(/^before\n/u);
  expect(page).toMatch(/<!-- end -->\n\nafter\n$/u);
  expect(page).not.toContain('old');
  expect(withTables(page, RESULTS)).toBe(page);
});

test('each rate stands beside how many times as fast Poplet is', () => {
  const page = withTables(PAGE, RESULTS);
  expect(page).toContain('| hit 1 KB | 96,000 | 80,000 (1.20) | 120,000* (0.80) |');
  expect(page).toContain('| a range | 10 | 10 (1.00) | – |');
  expect(page).toContain('- HAProxy, a range: it cannot.');
});

test('what is asked for is judged: aim, floor or missed', () => {
  const page = withTables(PAGE, RESULTS);
  expect(page).toContain('| `hit-1k`, beside nginx | 1.10 × | 1.25 × | 1.20 × | 1.20 × | floor |');
  expect(page).toContain(
    '| `hit-1k`, beside haproxy | 0.85 × | 1.00 × | 0.80 × | 0.40 × | missed |',
  );
  expect(page).toContain('| `hit-1k`, beside varnish | 1.45 × | 1.60 × | not measured |  |  |');
});

test('on a busy machine nothing is judged', () => {
  const page = withTables(PAGE, { ...RESULTS, busyWithOthers: { before: 0.02, after: 0.6 } });
  expect(page).toContain('60 % after it. Take these figures for noise.');
  expect(page).toContain('| 1.20 × | not judged: noise |');
});
