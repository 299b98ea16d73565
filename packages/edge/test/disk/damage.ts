// Segments of stored bodies are damaged, before and while they are served.

import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { FigureResult } from '../scale/figure.ts';
import { EdgeOnDisk, type Asked } from './edge-on-disk.ts';

const MIB = 1024 * 1024;

/** Longer than what lies between the store and a client that does not read: that was verified before. */
const LARGE_BYTES = 24 * MIB;

const KINDS = ['flipped', 'deleted', 'cut short'] as const;

interface Tally {
  tried: number;
  /** All of it, or what was damaged. */
  refetched: number;
  /** The damage came too late, or to a segment that was not asked for. */
  untouched: number;
  reset: number;
  wrongBodies: number;
  reported: number;
}

function newTally(): Tally {
  return { tried: 0, refetched: 0, untouched: 0, reset: 0, wrongBodies: 0, reported: 0 };
}

function count(tally: Tally, { checked, reasons }: Pick<Asked, 'checked' | 'reasons'>): void {
  const isReported = reasons.includes('body-corrupt') || reasons.includes('body-mended');
  tally.tried += 1;
  if (isReported) tally.reported += 1;
  if (checked.kind === 'wrong') tally.wrongBodies += 1;
  else if (checked.kind === 'cut') tally.reset += 1;
  else if (checked.kind === 'right' && isReported) tally.refetched += 1;
  else if (checked.kind === 'right') tally.untouched += 1;
}

function segmentFiles(folder: string): string[] {
  const contents = path.join(folder, 'segments', 'content-v2');
  return readdirSync(contents, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function damage(file: string, kind: (typeof KINDS)[number]): void {
  const bytes = readFileSync(file);
  const at = Math.floor(Math.random() * bytes.length);
  switch (kind) {
    case 'flipped':
      bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(Math.random() * 8));
      writeFileSync(file, bytes);
      return;
    case 'deleted':
      rmSync(file);
      return;
    case 'cut short':
      truncateSync(file, at);
      return;
    default:
      kind satisfies never;
  }
}

/** One body after another is damaged in one segment, then asked for. */
async function damageBefore(cdn: EdgeOnDisk, folder: string, bodies: number): Promise<Tally> {
  const tally = newTally();
  for (let item = 0; item < bodies; item++) {
    const kind = KINDS[item % KINDS.length] as (typeof KINDS)[number];
    await cdn.get(item);
    const before = segmentFiles(folder);
    damage(before[Math.floor(Math.random() * before.length)] as string, kind);
    const { checked, reasons } = await cdn.get(item);
    count(tally, { checked, reasons });
    await cdn.purgeAll();
    await gone(folder);
  }
  return tally;
}

/** All segments but the first are damaged while a client has read no more than a little of the body. */
async function damageWhile(cdn: EdgeOnDisk, folder: string, bodies: number): Promise<Tally> {
  const tally = newTally();
  for (let turn = 0; turn < bodies; turn++) {
    const item = LARGE_ITEM + turn;
    const kind = KINDS[turn % KINDS.length] as (typeof KINDS)[number];
    await cdn.get(item);
    let isDamaged = false;
    const { checked, reasons } = await cdn.get(item, {
      onBody: () => {
        if (isDamaged) return undefined;
        isDamaged = true;
        for (const file of segmentFiles(folder)) damage(file, kind);
        return undefined;
      },
    });
    count(tally, { checked, reasons });
    await cdn.purgeAll();
    await gone(folder);
  }
  return tally;
}

const LARGE_ITEM = 1_000_000;

async function gone(folder: string): Promise<void> {
  while (segmentFiles(folder).length > 0) {
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

/** Damages so many bodies before they are served, and a tenth as many while they are. */
export async function damageBodies(bodies: number): Promise<FigureResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'poplet-damage-'));
  const lengthOf = (item: number): number =>
    item >= LARGE_ITEM ? LARGE_BYTES : item % 10 === 0 ? 2 * MIB + item : 1 + item * 37;
  const cdn = await EdgeOnDisk.open({ folder }, lengthOf);
  try {
    const before = await damageBefore(cdn, folder, bodies);
    const during = await damageWhile(cdn, folder, Math.ceil(bodies / 10));
    return {
      holds:
        before.wrongBodies + during.wrongBodies === 0 &&
        before.refetched + before.reset + before.untouched === before.tried &&
        during.refetched + during.reset + during.untouched === during.tried &&
        before.reported === before.refetched + before.reset &&
        during.reported === during.refetched + during.reset,
      measured: { ...named('before', before), ...named('during', during) },
    };
  } finally {
    await cdn.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function named(when: string, tally: Tally): Record<string, number> {
  return Object.fromEntries(
    Object.entries(tally).map(([name, value]) => [
      when + name.charAt(0).toUpperCase() + name.slice(1),
      value as number,
    ]),
  );
}
