/** What waits for the end of a turn of the event loop. */
interface Waiting {
  /** Called once for each time that it was added, unless it was told sooner. */
  onEndOfTurn(): void;
}

/**
 * The end of a turn of the event loop: all that had come by its beginning was read. Answers that go out then, one
 * behind the other, wake whoever waits for them once, and not one by one.
 */
export class EndOfTurn {
  #waiting: Waiting[] = [];

  add(waiting: Waiting): void {
    if (this.#waiting.length === 0) setImmediate(this.#end);
    this.#waiting.push(waiting);
  }

  readonly #end = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.onEndOfTurn();
  };
}
