// The tables of docs/performance.md, from docs/performance.json; what stands around them is written by hand.

import type { PeerResult, Results } from './results.ts';
import { ratio, TARGETS, verdictOf, type Target } from './targets.ts';

const BEGIN =
  '<!-- Written from docs/performance.json by `npm run docs`, down to the end mark. -->';
const END = '<!-- end -->';

/** Above this, others took so much of the cores that the figures say nothing. */
const QUIET = 0.1;

function isQuiet({ busyWithOthers: { before = 0, after = 0 } }: Results): boolean {
  return Math.max(before, after) <= QUIET;
}

/** The page with its tables as the results have them. */
export function withTables(page: string, results: Results): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error('docs/performance.md lacks the marks of its tables');
  return `${page.slice(0, begin)}${BEGIN}\n\n${tables(results)}\n\n${page.slice(end)}`;
}

/** What was measured of scenarios, for a terminal. */
export function inShort(results: Results): string {
  return [throughputTable(results), leftOut(results)].filter((text) => text !== '').join('\n\n');
}

function tables(results: Results): string {
  return [
    circumstances(results),
    throughputTable(results),
    leftOut(results),
    targetTable(results),
    ...tailTable(results),
    ...manyTable(results),
    ...startUpLine(results),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function circumstances(results: Results): string {
  const { machine, measuredAt, commit, peers, busyWithOthers: others } = results;
  const versions = peers.map(({ name, version }) => `${name} ${version}`).join(', ');
  const busy = isQuiet(results)
    ? ''
    : ` **The machine was busy with other things: ${percent(others.before)} of its cores before the run, ${percent(others.after)} after it. Take these figures for noise.**`;
  const cores = machine.isPinned
    ? 'Each server on one core, load and origin on another'
    : 'Servers and load share the cores';
  return `${measuredAt.slice(0, 10)}, commit ${commit}: ${versions}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node.slice(1)}. ${cores}; ${results.connections} connections, medians of ${results.rounds} rounds of ${results.secondsPerRound} s.${busy}`;
}

function throughputTable({ peers, scenarios }: Results): string {
  const names = peers.map(({ id, name }) =>
    id === 'poplet' ? name : `${name} (Poplet is … times as fast)`,
  );
  const rows = scenarios.map((scenario) => {
    const cells = peers.map(({ id }) => {
      const given = scenario.peers[id];
      const times = id === 'poplet' ? undefined : ratio({ scenarios }, scenario.id, id);
      return `${cellOf(given)}${times === undefined ? '' : ` (${times.toFixed(2)})`}`;
    });
    return [scenario.title, ...cells];
  });
  return `### Requests per second\n\n${table(['', ...names], rows)}`;
}

function cellOf(result: PeerResult | undefined): string {
  if (result?.kind !== 'measured') return '–';
  const { requestsPerSecond, serverCoreBusy } = result;
  // Where the server had time to spare, the load was the limit.
  const note = serverCoreBusy !== undefined && serverCoreBusy < 0.9 ? '*' : '';
  return `${integer(requestsPerSecond)}${note}`;
}

function leftOut({ peers, scenarios }: Results): string {
  const reasons = scenarios.flatMap(({ title, peers: given }) =>
    peers.flatMap(({ id, name }) => {
      const result = given[id];
      return result?.kind === 'left-out' ? [`- ${name}, ${title}: ${result.because}.`] : [];
    }),
  );
  const isStarred = scenarios.some(({ peers: given }) =>
    Object.values(given).some((one) => cellOf(one).endsWith('*')),
  );
  const star = isStarred
    ? [
        '\\* The server’s core was idle for a tenth of the time or more: the load, or the origin, was the limit.',
      ]
    : [];
  return [...star, reasons.join('\n')].filter((text) => text !== '').join('\n\n');
}

function targetTable(results: Results): string {
  const judge = (target: Target, measured: number): string =>
    isQuiet(results) ? verdictOf(target, measured) : 'not judged: noise';
  const rows = TARGETS.map((target) => {
    const measured = target.measured(results);
    const byBusyTime = target.byBusyTime?.(results);
    return [
      target.title,
      figure(target, target.floor),
      figure(target, target.aim),
      measured === undefined ? 'not measured' : figure(target, measured),
      byBusyTime === undefined ? '' : figure(target, byBusyTime),
      measured === undefined ? '' : judge(target, measured),
    ];
  });
  return `### What is asked of it\n\n${table(['', 'floor', 'aim', 'measured', 'by busy time', 'reached'], rows)}\n\nBy busy time: the same, had the core of each server been busy all the time. Where the load is the limit, the rates of two servers are alike, and say nothing; what is reached goes by them all the same.`;
}

function figure({ unit }: Target, value: number): string {
  switch (unit) {
    case 'times':
      return `${value.toFixed(2)} ×`;
    case 'ms':
      return value < 10 ? `${value.toFixed(2)} ms` : `${integer(value)} ms`;
    case 'bytes':
      return `${integer(value)} bytes`;
    default:
      return unit satisfies never;
  }
}

function tailTable({ peers, tail }: Results): string[] {
  if (tail === undefined) return [];
  const rows = peers.flatMap(({ id, name }) => {
    const given = tail.peers[id];
    if (given === undefined) return [];
    const sent = percent(given.shareSent);
    return [[name, `${given.p50Ms.toFixed(2)} ms`, `${given.p99Ms.toFixed(2)} ms`, sent]];
  });
  return [
    `### Answer times at ${integer(tail.requestsPerSecond)} requests per second\n\nHits of 1 KB; the load does not wait for answers.\n\n${table(['', 'p50', 'p99', 'of the load that came about'], rows)}`,
  ];
}

function manyTable({ memory, purge }: Results): string[] {
  if (memory === undefined || purge === undefined) return [];
  const rows = purge.map(({ entries, oneOfThousandMs, allMs, slowestHitAfterMs }) => [
    integer(entries),
    `${oneOfThousandMs.toFixed(2)} ms`,
    `${allMs.toFixed(2)} ms`,
    `${slowestHitAfterMs.toFixed(1)} ms`,
  ]);
  const mib = (bytes: number): string => `${integer(bytes / 1024 ** 2)} MiB`;
  const head = [
    'entries',
    'a tag of a thousandth of them',
    'a tag of all',
    'slowest hit in the 2 s after that',
  ];
  return [
    `### Many entries\n\n${integer(memory.entries)} entries of 1 KB: ${mib(memory.heapBytes)} of heap and ${mib(memory.externalBytes)} beside it, after collection; bodies ${mib(memory.bodyBytes)}, headers ${mib(memory.headerBytes)} of that. Purges, over HTTP:\n\n${table(head, rows)}`,
  ];
}

function startUpLine({ startUp }: Results): string[] {
  if (startUp === undefined) return [];
  const { popletMs, popletFirstMs, vitePreviewMs } = startUp;
  return [
    `### Start\n\nFrom the process to the end of its first answer, on the same folder, installed by npm: Poplet ${integer(popletMs)} ms (the first time, with nothing compiled yet, ${integer(popletFirstMs)} ms), \`vite preview\` ${integer(vitePreviewMs)} ms.`,
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function percent(share = 0): string {
  return `${Math.round(share * 100)} %`;
}

function integer(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}
