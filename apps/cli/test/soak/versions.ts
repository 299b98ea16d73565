import { PATHS } from './resources.ts';

/** Which version of each resource is the current one, and until when the others were. Instants are of `performance.now()`. */
export class Versions {
  /** Per path: when version `index + 1` was superseded. */
  readonly #supersededAtMs = new Map<string, number[]>(PATHS.map((path) => [path, []]));

  current(path: string): number {
    return this.#of(path).length + 1;
  }

  supersede(path: string): void {
    this.#of(path).push(performance.now());
  }

  /** Infinity for the current one; undefined for what never was. */
  supersededAtMs(path: string, version: number): number | undefined {
    const current = this.current(path);
    if (!Number.isInteger(version) || version < 1 || version > current) return undefined;
    return version === current ? Number.POSITIVE_INFINITY : this.#of(path)[version - 1];
  }

  #of(path: string): number[] {
    const instants = this.#supersededAtMs.get(path);
    if (instants === undefined) throw new Error(`no resource is at ${path}`);
    return instants;
  }
}
