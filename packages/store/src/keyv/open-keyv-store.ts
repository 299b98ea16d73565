import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

import { PopletError } from '@poplet/policy';
import { Keyv, type KeyvStoreAdapter } from 'keyv';

import type { StoreLimits } from '../indexed-store.ts';
import { messageOf } from '../message-of.ts';
import { tellWhileTrying } from '../patience.ts';
import { PurgeLedger } from '../purge-ledger.ts';
import { SEGMENT_BYTES } from '../segment-buffer.ts';
import { warn } from '../warn.ts';
import { familyOf, openAdapter, type KeyvFamily } from './families.ts';
import { KeyvLink } from './keyv-link.ts';
import { KeyvStore } from './keyv-store.ts';
import { KeyvTier } from './keyv-tier.ts';
import { findState, FORMAT, OwnState, type FoundState, type SavedState } from './own-state.ts';
import { NO_PAGES } from './pages.ts';
import { Witness, witnessFolder } from './witness.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

const NAMESPACE = 'poplet';
/** Real milliseconds. */
const TIMEOUT_MS = 1000;
const FIRST_ANSWER_MS = 8000;
const ASK_AGAIN_MS = 100;
const BEAT_MS = 2000;
/** Bodies up to this are read whole before their first byte is handed out. */
const READ_WHOLE_BYTES = 8 * MIB;

/** Limits of what one edge stores in a database: `maxBytes` is 10 GiB by default, `maxEntries` 100 000, `maxBodyBytes` 32 MiB. */
export interface KeyvStoreSettings extends StoreLimits {
  /** What bodies of at most 1 MiB that were used last may take in memory. Default 64 MiB. */
  readonly hotBytes?: number | undefined;
  /** Where a file stands that vouches for what is in the database. Default: a folder of the user's. */
  readonly witnessFolder?: string | undefined;
  /** Real milliseconds in which the database must answer; else it counts as away. Default 1000. */
  readonly timeoutMs?: number | undefined;
  /** Real milliseconds between two signs of life, which keep other edges out. Default 2000. */
  readonly beatMs?: number | undefined;
  /** Told what a person should know, such as that the database is away: once, and once when it is back. Default: a process warning. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

export interface OpenKeyvStoreOptions extends KeyvStoreSettings {
  /** Its scheme names the adapter: see `familyOf`. */
  readonly url: string;
}

/**
 * Opens what one edge stores in a database. Rejects with PopletError `store-unusable` where the adapter
 * is not installed, `store-unreachable` where the database does not answer, and `store-in-use`.
 */
export async function openKeyvStore(options: OpenKeyvStoreOptions): Promise<KeyvStore> {
  const { url } = options;
  const family = familyOf(url);
  if (family === undefined) {
    throw new PopletError('store-unusable', 'no adapter of Keyv is known for that address');
  }
  const adapter = await openAdapter(family, url);
  return await openOnAdapter({ ...options, adapter, family, name: nameOf(url) });
}

export interface OnAdapterOptions extends OpenKeyvStoreOptions {
  /** One of Keyv's, or a Map, which lasts as long as the process. */
  readonly adapter: KeyvStoreAdapter | Map<string, unknown>;
  readonly family: Pick<KeyvFamily, 'name' | 'pieceLength' | 'isSetWise' | 'mayClear'>;
  /** For a person. */
  readonly name: string;
}

/** As `openKeyvStore`, on an adapter that is there. */
export async function openOnAdapter(options: OnAdapterOptions): Promise<KeyvStore> {
  const opening = new Opening(options);
  try {
    return await opening.open();
  } catch (error) {
    await opening.link.close();
    throw error;
  }
}

class Opening {
  readonly link: KeyvLink;
  readonly #options: OnAdapterOptions;
  readonly #witness: Witness;
  readonly #beatMs: number;
  /** What the adapter said last of its own accord. */
  #said: unknown;

  constructor(options: OnAdapterOptions) {
    const { adapter, family, url } = options;
    this.#options = options;
    this.#beatMs = options.beatMs ?? BEAT_MS;
    this.#witness = new Witness(options.witnessFolder ?? witnessFolder(), url);
    const keyv = new Keyv<string>({ store: adapter, namespace: NAMESPACE, throwOnErrors: true });
    // Whoever asked is told; without a listener it would end the process.
    keyv.on('error', (error: unknown) => {
      this.#said = error;
    });
    const { pieceLength, isSetWise } = family;
    const { timeoutMs = TIMEOUT_MS } = options;
    this.link = new KeyvLink({ keyv, pieceLength, isSetWise, timeoutMs });
  }

  async open(): Promise<KeyvStore> {
    const stopTelling = tellWhileTrying((text) => this.#notice(text), FIRST_ANSWER_MS);
    const { isUsed, state: first } = await this.#firstAnswer().finally(stopTelling);
    const found = await this.#abandoned(first);
    const { session, sessions } = { session: randomUUID(), sessions: (found?.sessions ?? 0) + 1 };
    const isBelieved =
      found !== undefined && (found.isClosed || this.#witness.speaksFor(found.session));
    const mine = { session, sessions, host: hostname(), pid: process.pid, beatMs: this.#beatMs };
    const state = new OwnState(this.link, { ...(found ?? EMPTY), ...mine, isClosed: false });
    if (!isBelieved) {
      if (isUsed) this.#notice(`begun anew, for ${whyNot(found)}`);
      return await this.#beginAnew(state, isUsed);
    }
    // Until the state names this session, the one before it counts.
    this.#witness.speakFor([session, found.session]);
    await state.save({});
    const tier = this.#tierOf(state);
    const restored = await tier.restore();
    if (restored === undefined) {
      this.#notice('begun anew, for what it says of purges is damaged');
      return await this.#beginAnew(state, true);
    }
    const { records, sequence, purges } = restored;
    const marks = purges.toSorted((a, b) => a.seq - b.seq);
    const ledger = new PurgeLedger();
    ledger.restore({ sequence, forgottenSeq: state.now.forgottenSeq, marks });
    const store = this.#storeOf({ tier, state, ledger });
    store.restore(records);
    store.watch();
    return store;
  }

  /** `isUsed`: something of an earlier session is in the way. */
  async #beginAnew(state: OwnState, isUsed: boolean): Promise<KeyvStore> {
    const { session, sessions, host, pid, beatMs, revision, recordSlots, segmentSlots } = state.now;
    // What stays is written over.
    if (isUsed && this.#options.family.mayClear) await this.link.clear().catch(() => {});
    const kept = { session, sessions, host, pid, beatMs, revision, recordSlots, segmentSlots };
    this.#witness.speakFor([session]);
    await state.save({ ...EMPTY, ...kept, epoch: randomUUID() });
    const tier = this.#tierOf(state);
    tier.beginAnew();
    const store = this.#storeOf({ tier, state, ledger: new PurgeLedger() });
    store.watch();
    return store;
  }

  #tierOf(state: OwnState): KeyvTier {
    const { name: kind } = this.#options.family;
    return new KeyvTier({
      kind,
      link: this.link,
      state,
      witness: this.#witness,
      onNotice: (text) => this.#notice(text),
    });
  }

  #storeOf(parts: {
    readonly tier: KeyvTier;
    readonly state: OwnState;
    readonly ledger: PurgeLedger;
  }): KeyvStore {
    const { maxBytes = 10 * GIB, maxEntries = 100_000, hotBytes = 64 * MIB } = this.#options;
    const maxBodyBytes = this.#options.maxBodyBytes ?? Math.min(32 * MIB, Math.floor(maxBytes / 8));
    return new KeyvStore({
      ...parts,
      link: this.link,
      limits: { ...this.#options, maxBytes, maxEntries, maxBodyBytes },
      hotBytes,
      segmentsAhead: READ_WHOLE_BYTES / SEGMENT_BYTES,
      onNotice: (text) => this.#notice(text),
    });
  }

  #notice(text: string): void {
    const { name, onNotice = warn } = this.#options;
    onNotice(`store ${name}: ${text}`);
  }

  /** The state as it is found; some clients need a moment to connect. */
  async #firstAnswer(): Promise<FoundState> {
    const untilMs = performance.now() + FIRST_ANSWER_MS;
    for (;;) {
      try {
        return await findState(this.link);
      } catch (error) {
        if (performance.now() < untilMs && !isRefusal(error)) {
          await sleep(ASK_AGAIN_MS);
          continue;
        }
        const { name } = this.#options;
        const cause = this.#said ?? error;
        const what = isRefusal(error) ? 'refuses the connection' : 'does not answer';
        throw new PopletError('store-unreachable', `${name} ${what}: ${messageOf(cause)}`, {
          hint: isRefusal(error)
            ? 'check the user, the password and the name of the database in its address'
            : 'start the database there, or name another store with --store',
          cause,
        });
      }
    }
  }

  /** Resolves when the edge that had the database has ended, to what it left. Throws `store-in-use` where it lives. */
  async #abandoned(found: SavedState | undefined): Promise<SavedState | undefined> {
    if (found === undefined || found.isClosed || this.#hasDied(found)) return found;
    const untilMs = performance.now() + 1.5 * found.beatMs + 500;
    let latest = found;
    while (performance.now() < untilMs) {
      await sleep(ASK_AGAIN_MS);
      latest = (await findState(this.link)).state ?? latest;
      if (latest.isClosed) return latest;
      if (latest.revision === found.revision && latest.session === found.session) continue;
      const { name } = this.#options;
      const who = `process ${latest.pid} on ${latest.host}`;
      throw new PopletError('store-in-use', `the store ${name} is in use (${who})`, {
        hint: 'end that process first, or give each its own database; several edges can share Redis',
      });
    }
    return latest;
  }

  /** Known at once of a process of this machine. */
  #hasDied({ host, pid, session }: SavedState): boolean {
    const isFromHere = host === hostname() && this.#witness.speaksFor(session);
    if (!isFromHere || pid === process.pid) return false;
    try {
      process.kill(pid, 0);
      return false;
    } catch (error) {
      return (error as { code?: unknown }).code === 'ESRCH';
    }
  }
}

const EMPTY: SavedState = {
  format: FORMAT,
  epoch: '',
  session: '',
  sessions: 0,
  isClosed: false,
  revision: 0,
  host: '',
  pid: 0,
  beatMs: 0,
  sequence: 0,
  forgottenSeq: 0,
  checkedSeq: 0,
  givenUp: [],
  recordSlots: 0,
  segmentSlots: 0,
  purgePages: NO_PAGES,
  checkedPages: NO_PAGES,
  usedPages: NO_PAGES,
};

function whyNot(found: SavedState | undefined): string {
  return found === undefined
    ? 'what is in it cannot be read: another version of Poplet may have written it'
    : 'the edge that had it did not end well, and nobody here can say what it could not write';
}

/** Asking again does not help. */
function isRefusal(error: unknown): boolean {
  return /authentication|password|access denied|does not exist|unknown database/iu.test(
    messageOf(error),
  );
}

/** Without what only the owner may know. */
function nameOf(url: string): string {
  return url.replace(/\/\/[^/]*@/u, '//').replace(/[?#].*$/su, '');
}
