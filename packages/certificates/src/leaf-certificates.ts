import { createSecureContext, type SecureContext } from 'node:tls';

import type { Authority } from './authority.ts';
import { hostName } from './names.ts';

export interface LeafOptions {
  /** What a client that names no server may have connected to, beyond `localhost` and loopback. */
  readonly addresses?: readonly string[];
  /** Real time. Default: the system's. */
  readonly nowMs?: () => number;
}

/** What clients take that name no server: they connected to an address. */
const UNNAMED: readonly string[] = ['localhost', '127.0.0.1', '::1'];

const DAY_MS = 86_400_000;
const LIFETIME_MS = 7 * DAY_MS;
/** A leaf with less time left is made anew. */
const RENEWAL_MS = 2 * DAY_MS;
const BACKDATED_MS = 3_600_000;

/** Names that are held at once: who asks for more gets them made again. */
const MAX_NAMES = 500;

interface Leaf {
  readonly context: Promise<SecureContext>;
  readonly expiresAtMs: number;
}

/** Short-lived certificates of a local authority, made when a name is first asked for, and again before they expire. */
export class LeafCertificates {
  readonly #authority: Authority;
  readonly #unnamed: readonly string[];
  readonly #nowMs: () => number;
  /** By name, '' for none; the one made last comes last. */
  readonly #leaves = new Map<string, Leaf>();
  readonly #renewing = new Set<string>();

  constructor(authority: Authority, { addresses = [], nowMs = Date.now }: LeafOptions = {}) {
    this.#authority = authority;
    this.#unnamed = [...new Set([...UNNAMED, ...addresses])];
    this.#nowMs = nowMs;
  }

  /** The certificate for a server name, undefined for none given; null where it is not for this authority to make one. */
  contextFor(serverName: string | undefined): Promise<SecureContext> | null {
    const name = serverName === undefined ? '' : hostName(serverName);
    if (name === null || (name !== '' && !this.#authority.permits(name))) return null;
    const leaf = this.#leaves.get(name);
    const leftMs = (leaf?.expiresAtMs ?? -Infinity) - this.#nowMs();
    if (leaf === undefined || leftMs <= 0) return this.#make(name).context;
    if (leftMs < RENEWAL_MS) this.#renew(name);
    return leaf.context;
  }

  /** Puts a new one in place of one that still serves, once it is there. */
  #renew(name: string): void {
    if (this.#renewing.has(name)) return;
    this.#renewing.add(name);
    const leaf = this.#issue(name);
    leaf.context
      .then(() => this.#leaves.set(name, leaf))
      // The one that is there serves on, and the next handshake tries again.
      .catch(() => {})
      .finally(() => this.#renewing.delete(name));
  }

  #make(name: string): Leaf {
    const leaf = this.#issue(name);
    this.#leaves.delete(name);
    this.#leaves.set(name, leaf);
    if (this.#leaves.size > MAX_NAMES) {
      const [oldest = ''] = this.#leaves.keys();
      this.#leaves.delete(oldest);
    }
    leaf.context.catch(() => this.#leaves.delete(name));
    return leaf;
  }

  #issue(name: string): Leaf {
    const nowMs = this.#nowMs();
    const untilMs = nowMs + LIFETIME_MS;
    const context = this.#authority
      .certify(name === '' ? this.#unnamed : [name], { fromMs: nowMs - BACKDATED_MS, untilMs })
      .then((certified) => createSecureContext({ ...certified, minVersion: 'TLSv1.2' }));
    return { context, expiresAtMs: Math.min(untilMs, this.#authority.expiresAtMs) };
  }
}
