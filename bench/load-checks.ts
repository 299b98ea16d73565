// Whether a load was answered right, by what was counted on all sides. Each throws WrongAnswer.

import { answerBodyBytes } from './expected.ts';
import type { LoadResult } from './load/run-load.ts';
import { CHANGES } from './mid-run-changes.ts';
import { growthBytes } from './origin/content.ts';
import type { Counts } from './peers/peer.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { must } from './wrong-answer.ts';

/** Heads differ by a few digits of Age and the like. */
const HEAD_TOLERANCE_BYTES = 24;
/** How much of a load may be of the longer version: a third is. */
const LEAST_CHANGED = 0.1;
const MOST_CHANGED = 0.7;

interface BytesSeen {
  readonly load: LoadResult;
  readonly scenario: Scenario;
  /** Head and body of one answer. */
  readonly wireBytes: number;
  readonly connections: number;
  readonly changes: boolean;
}

/** The bytes that the load got are those of as many right answers, and tell of the changes. */
export function checkBytes(where: string, seen: BytesSeen): void {
  const { load, scenario, wireBytes, connections, changes } = seen;
  const expected = load.includesHeads
    ? wireBytes
    : answerBodyBytes(scenario.bodyBytes, scenario.answer);
  const mean = load.bytes / load.requests;
  const cutOff = (connections * expected) / load.requests;
  const growth = changes ? growthBytes(scenario.bodyBytes) : 0;
  const least = expected - HEAD_TOLERANCE_BYTES + LEAST_CHANGED * growth;
  const most = expected + HEAD_TOLERANCE_BYTES + cutOff + MOST_CHANGED * growth;
  must(mean >= least && mean <= most, () => {
    const due = `${least.toFixed(0)} to ${most.toFixed(0)}`;
    return `${where}: an answer of the load has ${mean.toFixed(1)} bytes on average, not ${due}`;
  });
}

interface RequestsSeen {
  readonly load: LoadResult;
  readonly scenario: Scenario;
  readonly witnessed: { readonly all: number; readonly new: number };
  readonly connections: number;
}

/** The origin got the requests that a right cache sends it, and no others. */
export function checkOrigin(
  where: string,
  seen: RequestsSeen & { readonly atOrigin: number; readonly changes: boolean },
): void {
  const { load, scenario, witnessed, connections, atOrigin, changes } = seen;
  const between = (least: number, most: number): void =>
    must(atOrigin >= least && atOrigin <= most, () => {
      const due = least === most ? String(least) : `${least} to ${most}`;
      return `${where}: the origin got ${atOrigin} requests, not ${due}`;
    });
  switch (scenario.upstream) {
    case 'never':
      between(changes ? CHANGES : 0, changes ? CHANGES : 0);
      break;
    // What was under way at the end is counted by nobody but the origin.
    case 'each-new':
      between(load.requests + witnessed.new, load.requests + witnessed.new + connections);
      break;
    case 'each-always':
      between(load.requests + witnessed.all, load.requests + witnessed.all + connections);
      break;
    default:
      scenario.upstream satisfies never;
  }
}

/** Poplet's own counts, which come from its journal, are those of the load. */
export function checkCounts(
  where: string,
  seen: RequestsSeen & { readonly countsBefore: Counts; readonly counts: Counts },
): void {
  const { load, scenario, witnessed, connections, countsBefore, counts } = seen;
  const exchanges = counts.exchanges - countsBefore.exchanges;
  const hits = counts.hits - countsBefore.hits;
  const least = load.requests + witnessed.all;
  must(exchanges >= least && exchanges <= least + connections, () => {
    return `${where}: the journal counts ${exchanges} exchanges, not ${least} to ${least + connections}`;
  });
  if (scenario.upstream !== 'never') return;
  // Whoever came while something was fetched waited for it, which is no hit.
  const fewest = least - CHANGES * (connections + 1);
  must(hits >= fewest, () => `${where}: the journal counts ${hits} hits, not ${fewest} or more`);
}
