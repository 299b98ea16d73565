import type { Figure } from './figure.ts';
import { program } from './program.ts';
import { testFigure } from './tests.ts';

const ISSUE = 'Nothing lost, nobody let in';
const SOAK = 'apps/cli/test/soak/soak.ts';
const UPSTREAM_FAULTS = 'packages/edge/test/scale/upstream-faults.ts';
const ABUSIVE_CLIENTS = 'packages/edge/test/scale/abusive-clients.ts';
const DISK = 'packages/edge/test/disk';
const REMOTE = 'packages/edge/test/remote/remote-figure.ts';

export const nothingLost: readonly Figure[] = [
  program({
    id: 'hostile-requests',
    issue: ISSUE,
    claim:
      'random bytes on 100,000 connections: each message that the origin gets is whole, and one that a second reader finds in what the client sent; every client is answered by responses of its own, or cut',
    file: 'packages/edge/test/hostile/fuzz-requests-figure.ts',
    args: ['100000'],
  }),
  program({
    id: 'upstream-faults',
    issue: ISSUE,
    claim:
      '78 faults and oddities of an upstream, 100 times each where nothing is stored, where an error may be stood in for and where a refresh fails: no wrong byte, no part taken for the whole, nothing left open',
    file: UPSTREAM_FAULTS,
    args: ['every', '100'],
  }),
  program({
    id: 'upstream-unreachable',
    issue: ISSUE,
    claim:
      'an upstream that is down, unknown, or ends or never accepts its connections, 200 times each: 502, 504, or what is stored',
    file: UPSTREAM_FAULTS,
    args: ['unreachable', '200'],
  }),
  program({
    id: 'upstream-flapping',
    issue: ISSUE,
    claim:
      'an upstream that is killed and started 200 times under load: no wrong byte, and all is well once it is back',
    file: UPSTREAM_FAULTS,
    args: ['flapping', '200'],
  }),
  program({
    id: 'upstream-stale-connections',
    issue: ISSUE,
    claim:
      '20,000 requests to an upstream that closes connections as requests leave on them: all are answered',
    file: UPSTREAM_FAULTS,
    args: ['stale-connections', '20000'],
  }),
  program({
    id: 'abusive-clients',
    issue: ISSUE,
    claim:
      '34 ways to abuse the edge, 100 clients each, and twice as many idle connections as may be open: each is told what it should be, the journal says why, a browser beside them is answered, and nothing of them is left',
    file: ABUSIVE_CLIENTS,
    args: ['abuse', '100'],
  }),
  program({
    id: 'soak',
    issue: ISSUE,
    claim:
      '10 minutes of mixed traffic with all faults of the origin: every byte as the origin would have sent it, memory flat, no descriptor left behind',
    file: SOAK,
    args: ['600', 'memory'],
  }),
  program({
    id: 'soak-disk',
    issue: ISSUE,
    claim: 'the same over a disk store whose files are damaged and deleted meanwhile',
    file: SOAK,
    args: ['600', 'disk'],
  }),
  program({
    id: 'disk-kill',
    issue: ISSUE,
    claim:
      'an edge with a disk store of 100,000 entries and more, killed (-9) at 200 random moments under load: no wrong, short or purged body, nothing committed is lost, the folder opens in under 1 s',
    file: `${DISK}/kill-figure.ts`,
    args: ['disk', '200', '100000'],
  }),
  program({
    id: 'disk-damage',
    issue: ISSUE,
    claim:
      'of 300 stored bodies with a byte flipped, a file deleted or cut short before they are served, and 30 while they are, none is served wrong, and each is reported',
    file: `${DISK}/damage-figure.ts`,
    args: ['300'],
  }),
  program({
    id: 'full-disk',
    issue: ISSUE,
    claim:
      'on a file system of 16 MiB that is full, every request gets its answer; caching resumes when there is room; each said once',
    file: `${DISK}/full-disk-figure.ts`,
    args: ['300'],
  }),
  testFigure({
    id: 'disk-purge-model',
    issue: ISSUE,
    claim:
      'in 2 × 5,000 random histories of storing, validating, purging and restarting, a disk store says what a model says that compares every purge with every entry',
    files: ['packages/store/test/purge-model.test.ts'],
    env: { POPLET_DISK_RUNS: '5000' },
    counts: { histories: 10_000 },
  }),
  testFigure({
    id: 'disk-cases',
    issue: ISSUE,
    claim: 'every case holds over real sockets with a disk store that keeps nothing in memory',
    files: ['packages/conformance/test/cases-disk.test.ts'],
  }),
  program({
    id: 'redis-outages',
    issue: ISSUE,
    claim:
      'Redis killed and started again 15 times, and stopped and continued 15 times, under load on two edges: no request fails, no body is wrong, nothing is served that was purged 100 ms before, and each is said once',
    file: REMOTE,
    args: ['outages', '30'],
  }),
  program({
    id: 'database-outages',
    issue: ISSUE,
    claim:
      'a PostgreSQL that one edge has killed and started again 10 times, and stopped and continued 10 times, under load: no request fails, no body is wrong, nothing is served that was purged, and each is said once',
    file: REMOTE,
    args: ['database-outages', '20'],
  }),
  program({
    id: 'database-kill',
    issue: ISSUE,
    claim:
      'an edge that stores in a PostgreSQL, with 20,000 entries and more, killed (-9) at 100 random moments under load: no wrong, short or purged body, nothing committed is lost',
    file: `${DISK}/kill-figure.ts`,
    args: ['database', '100', '20000'],
  }),
  testFigure({
    id: 'keyv-purge-model',
    issue: ISSUE,
    claim:
      'in 2 × 1,000 random histories of storing, validating, purging and restarting, a store on the least that Keyv can do says what a model says that compares every purge with every entry',
    files: ['packages/store/test/purge-model.test.ts'],
    env: { POPLET_KEYV_RUNS: '1000' },
    counts: { histories: 2000 },
  }),
  testFigure({
    id: 'keyv-cases',
    issue: ISSUE,
    claim: 'every case holds over real sockets with a store on Keyv that keeps nothing in memory',
    files: ['packages/conformance/test/cases-keyv.test.ts'],
  }),
  program({
    id: 'redis-purges',
    issue: ISSUE,
    claim: 'of 100 purges on one edge, the other serves what was purged for at most 100 ms',
    file: REMOTE,
    args: ['propagation', '100'],
  }),
  testFigure({
    id: 'redis-purge-model',
    issue: ISSUE,
    claim:
      'in 2 × 1,000 random histories of two edges that take turns on one Redis, storing, validating and purging, they say what a model says that compares every purge with every entry',
    files: ['packages/store/test/remote/purge-model.test.ts'],
    env: { POPLET_REDIS_RUNS: '1000' },
    counts: { histories: 2000 },
  }),
  testFigure({
    id: 'redis-cases',
    issue: ISSUE,
    claim: 'every case holds over real sockets with a store on Redis',
    files: ['packages/conformance/test/cases-redis.test.ts'],
  }),
];
