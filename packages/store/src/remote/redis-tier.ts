import { randomUUID } from 'node:crypto';

import type { Purge } from '@poplet/policy';

import type { RememberedPurge } from '../purge-ledger.ts';
import type { Argument, RedisLink } from './redis-link.ts';
import * as scripts from './redis-scripts.ts';
import type {
  CommitReply,
  KnownState,
  LoadedRecord,
  LoadedRecords,
  RecordChange,
  RecordPlace,
  RemoteRecord,
  RemoteState,
  RemoteTier,
} from './remote-tier.ts';

/** The number is the version of what lies there. */
const PREFIX = 'poplet:1:';
const CHANNEL = `${PREFIX}news`;

/** Real milliseconds that segments last which no record names: of an edge that died, or a body that was given up. */
const UNNAMED_MS = 60_000;
/** Variants in one place, as in the index: the oldest goes. */
const MAX_PER_PLACE = 512;

export interface RedisTierOptions {
  /** For scripts: short questions, each answered at once. */
  readonly control: RedisLink;
  /** For bodies, which would hold them up. */
  readonly bodies: RedisLink;
  /** Real milliseconds after which what nobody asked for is forgotten. */
  readonly idleMs: number;
  /** Purges remembered, for all edges together. */
  readonly maxMarks: number;
  /** What their text may take. */
  readonly maxMarkBytes: number;
}

/** Redis, or Valkey, as a place that several edges share. */
export class RedisTier implements RemoteTier {
  readonly kind = 'redis';
  readonly #control: RedisLink;
  readonly #bodies: RedisLink;
  readonly #idleMs: string;
  readonly #purgeBounds: readonly string[];
  /** Names this edge in the changes it makes. */
  readonly #edge = randomUUID();
  #run: { readonly connection: number; readonly id: string } | undefined;

  constructor({ control, bodies, idleMs, maxMarks, maxMarkBytes }: RedisTierOptions) {
    this.#control = control;
    this.#bodies = bodies;
    this.#idleMs = String(idleMs);
    this.#purgeBounds = [String(maxMarks), String(maxMarkBytes)];
  }

  /** `onNews`: a purge or a move of the clock is worth asking about. */
  async subscribe(onNews: () => void): Promise<void> {
    await this.#control.subscribe(CHANNEL, onNews);
  }

  async confirm({ epoch, sequence, writes }: KnownState): Promise<RemoteState> {
    const run = await this.#runId();
    const known = [epoch, String(sequence), String(writes)];
    const reply = (await this.#script(scripts.CONFIRM, [...known, randomUUID(), run])) as [
      string,
      string,
      string,
      string,
      string | null,
      readonly string[],
      readonly (readonly [string, readonly string[]])[] | null,
    ];
    return {
      epoch: reply[0],
      sequence: Number(reply[1]),
      forgottenSeq: Number(reply[2]),
      writes: Number(reply[3]),
      clock: reply[4] ?? undefined,
      purges: purgesOf(reply[5]),
      changed: reply[6]?.flatMap(([number, [, by, , place]]) =>
        by === this.#edge || place === undefined
          ? []
          : [{ place, writes: Number.parseInt(number, 10) }],
      ),
    };
  }

  /** Which process it is: one that was started again may have lost what came last. */
  async #runId(): Promise<string> {
    const { connection } = this.#control;
    if (this.#run?.connection !== connection) {
      const about = String(await this.#control.send(['INFO', 'server']));
      const id = /^run_id:(\S+)/mu.exec(about)?.[1] ?? '';
      this.#run = { connection, id };
    }
    return this.#run.id;
  }

  async load(places: readonly string[]): Promise<LoadedRecords> {
    const [epoch, sequence, writes, found] = (await this.#script(scripts.LOAD, [
      this.#idleMs,
      ...places,
    ])) as [string | null, string | null, string | null, readonly (readonly string[])[]];
    const records = found
      .flat()
      .map(readRecord)
      .filter((one): one is ReadRecord => one?.epoch === epoch)
      .toSorted((a, b) => a.write - b.write);
    return { epoch: epoch ?? '', sequence: Number(sequence), writes: Number(writes), records };
  }

  async commit(known: KnownState, record: RemoteRecord): Promise<CommitReply> {
    const { place, variant, id, integrities } = record;
    const [kind, writes] = (await this.#script(scripts.COMMIT, [
      known.epoch,
      String(known.sequence),
      this.#edge,
      place,
      variant,
      id,
      String(integrities.length),
      textOf(record),
      this.#idleMs,
      String(MAX_PER_PLACE),
    ])) as readonly [CommitReply['kind'], string];
    return kind === 'done' ? { kind, writes: Number(writes) } : { kind };
  }

  async update({ epoch }: KnownState, change: RecordChange): Promise<number | undefined> {
    const { from, rev, to } = change;
    const writes = (await this.#script(scripts.UPDATE, [
      epoch,
      this.#edge,
      from.place,
      from.variant,
      to.id,
      String(rev),
      to.place,
      to.variant,
      textOf(to),
      this.#idleMs,
    ])) as string | null;
    return writes === null ? undefined : Number(writes);
  }

  async drop({ place, variant }: RecordPlace, id = ''): Promise<void> {
    await this.#script(scripts.DROP, [this.#edge, place, variant, id]);
  }

  async purge(
    { epoch }: KnownState,
    purges: readonly Purge[],
    nowMs: number,
  ): Promise<number | undefined> {
    const seq = (await this.#script(scripts.PURGE, [
      epoch,
      CHANNEL,
      ...this.#purgeBounds,
      ...purges.flatMap((purge) => textsOf(purge, nowMs)),
    ])) as string | null;
    return seq === null ? undefined : Number(seq);
  }

  async setClock(state: string): Promise<void> {
    await this.#script(scripts.SET_CLOCK, [state, CHANNEL]);
  }

  async writeSegment(id: string, index: number, bytes: Uint8Array): Promise<void> {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    await this.#bodies.send(['SET', segmentKey(id, index), value, 'PX', String(UNNAMED_MS)]);
  }

  async readSegments(id: string, count: number): Promise<readonly (Uint8Array | undefined)[]> {
    const reading = Array.from({ length: count }, async (_, index) => {
      const bytes = await this.#bodies.sendForBytes(['GET', segmentKey(id, index)]);
      return bytes instanceof Buffer ? bytes : undefined;
    });
    return await Promise.all(reading);
  }

  async #script(
    { sha, text }: { readonly sha: string; readonly text: string },
    args: readonly Argument[],
  ): Promise<unknown> {
    try {
      return await this.#control.send(['EVALSHA', sha, '0', PREFIX, ...args]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return await this.#control.send(['EVAL', text, '0', PREFIX, ...args]);
    }
  }

  close(): Promise<void> {
    this.#control.close();
    this.#bodies.close();
    return Promise.resolve();
  }
}

function segmentKey(id: string, index: number): string {
  return `${PREFIX}body:${id}:${index}`;
}

function textOf({ response, integrities }: RemoteRecord): string {
  return JSON.stringify({ response, integrities });
}

type ReadRecord = LoadedRecord & { readonly epoch: string; readonly write: number };

/** Undefined for what no edge of this version wrote. */
function readRecord(value: string): ReadRecord | undefined {
  const line = /^(?<epoch>\S+) (?<id>\S+) (?<count>\d+) (?<write>\d+) (?<rev>\d+)\n/u.exec(value);
  const { epoch, id, write, rev } = line?.groups ?? {};
  if (line === null || epoch === undefined || id === undefined) return undefined;
  try {
    const { response, integrities } = JSON.parse(value.slice(line[0].length)) as Pick<
      LoadedRecord,
      'response' | 'integrities'
    >;
    return { epoch, id, write: Number(write), rev: Number(rev), response, integrities };
  } catch {
    return undefined;
  }
}

/** As the script takes it. Hard purges of one selector are one text, whenever they are. */
function textsOf({ selector, soft, siteId }: Purge, nowMs: number): readonly string[] {
  const what = { siteId: siteId ?? null, selector };
  return soft
    ? ['soft', JSON.stringify({ ...what, nowMs })]
    : ['hard', JSON.stringify({ ...what, nowMs: 0 })];
}

/** Members and scores, in turns. */
function purgesOf(pairs: readonly string[]): RememberedPurge[] {
  const purges: RememberedPurge[] = [];
  for (let index = 0; index < pairs.length; index += 2) {
    const member = pairs[index] as string;
    const soft = member.startsWith('soft ');
    const { siteId, selector, nowMs } = JSON.parse(member.slice(member.indexOf('{'))) as {
      readonly siteId: string | null;
      readonly selector: Purge['selector'];
      readonly nowMs: number;
    };
    const purge: Purge = { selector, soft, siteId: siteId ?? undefined };
    purges.push({ seq: Number(pairs[index + 1]), purge, nowMs });
  }
  return purges;
}

/** For a person: without the password. */
export function nameOfUrl(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}
