/** How often something may happen: so many times at once, and so many more each second. */
export class Allowance {
  readonly #atOnce: number;
  readonly #perSecond: number;
  #left: number;
  #atMs = 0;

  constructor({ atOnce, perSecond }: { readonly atOnce: number; readonly perSecond: number }) {
    this.#atOnce = atOnce;
    this.#perSecond = perSecond;
    this.#left = atOnce;
  }

  /** It happens. False: more often than it may. `nowMs`: a monotonic instant. */
  take(nowMs: number): boolean {
    const regained = ((nowMs - this.#atMs) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#atOnce, this.#left + regained) - 1;
    this.#atMs = nowMs;
    return this.#left >= 0;
  }
}
