/** Full segments that may wait to be written; more hold the upstream back. */
const MAX_UNWRITTEN = 4;

/** Where the full segments of a growing body go. */
export interface SegmentSink<Piece> {
  /** Resolves when the segment can be read back. */
  write(bytes: Uint8Array): Promise<Piece>;
  read(piece: Piece): Promise<Uint8Array>;
  /** Nobody reads the growing body any more; what was committed of it has owners of its own by now. */
  letGo(pieces: readonly Piece[]): void;
}

export interface SpillEvents {
  /** A segment can be read back: it need not be kept in memory. */
  readonly onWritten: (index: number) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Carries the full segments of one growing body away while it grows. */
export class SegmentSpill<Piece> {
  readonly #sink: SegmentSink<Piece>;
  readonly #events: SpillEvents;
  readonly #pieces: Promise<Piece>[] = [];
  #unwritten = 0;
  #room: PromiseWithResolvers<void> | undefined;
  #hasLetGo = false;

  constructor(sink: SegmentSink<Piece>, events: SpillEvents) {
    this.#sink = sink;
    this.#events = events;
  }

  /** How many segments were handed over. */
  get count(): number {
    return this.#pieces.length;
  }

  add(bytes: Uint8Array): void {
    const index = this.#pieces.length;
    const piece = this.#sink.write(bytes);
    this.#pieces.push(piece);
    this.#unwritten++;
    void this.#watch(index, piece);
  }

  async #watch(index: number, piece: Promise<Piece>): Promise<void> {
    try {
      await piece;
      this.#events.onWritten(index);
    } catch (error) {
      this.#events.onFailed(error);
    }
    this.#unwritten--;
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** Resolves when one more may be handed over; undefined when it may be now. */
  room(): Promise<void> | undefined {
    if (this.#unwritten < MAX_UNWRITTEN) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  async read(index: number): Promise<Uint8Array> {
    return await this.#sink.read(await (this.#pieces[index] as Promise<Piece>));
  }

  /** All of them, once they are written. Rejects when one could not be. */
  all(): Promise<Piece[]> {
    return Promise.all(this.#pieces);
  }

  letGo(): void {
    if (this.#hasLetGo) return;
    this.#hasLetGo = true;
    void this.#letGoOfAll();
  }

  async #letGoOfAll(): Promise<void> {
    const settled = await Promise.allSettled(this.#pieces);
    this.#sink.letGo(settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])));
  }
}
