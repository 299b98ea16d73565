/** So many things by name; the one named longest ago is forgotten for a further one. */
export class Remembered<Thing> {
  readonly #most: number;
  readonly #things = new Map<string, Thing>();

  constructor(most: number) {
    this.#most = most;
  }

  get(name: string): Thing | undefined {
    return this.#things.get(name);
  }

  set(name: string, thing: Thing): void {
    this.#things.delete(name);
    this.#things.set(name, thing);
    const [oldest] = this.#things.keys();
    if (this.#things.size > this.#most && oldest !== undefined) this.#things.delete(oldest);
  }

  /** The one named last is first. */
  newestFirst(): readonly Thing[] {
    return [...this.#things.values()].toReversed();
  }
}
