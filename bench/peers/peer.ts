export type PeerId = 'poplet' | 'nginx' | 'varnish' | 'haproxy';

/** What a scenario asks of a cache beyond plain hits in memory. */
export type Ability = 'range' | 'vary' | 'disk' | 'tls' | 'h2';

/** A cache that takes part in the benchmark. */
export interface Peer {
  readonly id: PeerId;
  /** As people write it. */
  readonly name: string;
  /** Which version is there; undefined: none. */
  version(): Promise<string | undefined>;
  /** What it cannot do, each with the reason. */
  cannot(): Promise<Readonly<Partial<Record<Ability, string>>>>;
  start(setting: Setting): Promise<RunningPeer>;
}

export interface Setting {
  readonly originPort: number;
  readonly store: 'memory' | 'disk';
  /** With TLS, by this certificate; undefined: plain HTTP. */
  readonly certificate: Certificate | undefined;
  /** An empty folder of its own, which is removed afterwards. */
  readonly folder: string;
}

/** Files in PEM. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  /** Both in one. */
  readonly bundleFile: string;
}

export interface RunningPeer {
  readonly port: number;
  /** What can be asked of it while it runs; Poplet alone has this. */
  readonly control?: Control;
  stop(): Promise<void>;
}

/** The admin API, as far as it is needed. */
export interface Control {
  /** Resolves once everything that carries the tag, or is stored for the URL, is purged. */
  purge(selector: { readonly url: string } | { readonly tags: readonly string[] }): Promise<void>;
  /** Moves virtual time forward: `2h`. */
  advance(duration: string): Promise<void>;
  counts(): Promise<Counts>;
}

/** What it says that it did since its start. */
export interface Counts {
  readonly exchanges: number;
  readonly hits: number;
  readonly entries: number;
}
