/** How virtual time runs, for every edge alike. */
export type ClockState =
  | { readonly kind: 'running'; readonly offsetMs: number }
  | { readonly kind: 'frozen'; readonly atMs: number };

interface SharedClockOptions {
  readonly save: (state: string) => Promise<void>;
  /** There is something to be handed over by `pay`. */
  readonly onOwed: () => void;
}

/** Virtual time as the edges of one store share it: who moved it last is right. */
export class SharedClock {
  readonly #options: SharedClockOptions;
  readonly #listeners = new Set<(state: ClockState) => void>();
  /** As the tier has it. */
  #text: string | undefined;
  /** Set here, and not yet there. */
  #owed: string | undefined;

  constructor(options: SharedClockOptions) {
    this.#options = options;
  }

  get isOwed(): boolean {
    return this.#owed !== undefined;
  }

  /** As some edge set it last; undefined where nobody did. */
  get state(): ClockState | undefined {
    const text = this.#owed ?? this.#text;
    return text === undefined ? undefined : (JSON.parse(text) as ClockState);
  }

  /** Told when another edge moved it. */
  onMove(listener: (state: ClockState) => void): void {
    this.#listeners.add(listener);
  }

  /** Holds for the others once the tier has it. */
  set(state: ClockState): void {
    this.#owed = JSON.stringify(state);
    this.#options.onOwed();
  }

  async pay(): Promise<void> {
    const owed = this.#owed;
    if (owed === undefined) return;
    await this.#options.save(owed);
    this.#text = owed;
    if (this.#owed === owed) this.#owed = undefined;
  }

  learn(text: string | undefined): void {
    if (text === undefined || text === this.#text) return;
    this.#text = text;
    if (this.#owed !== undefined) return;
    for (const listener of this.#listeners) listener(JSON.parse(text) as ClockState);
  }
}
