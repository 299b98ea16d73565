import { setTimeout as sleep } from 'node:timers/promises';

import { Visitor, type Answer } from './exchange.ts';
import { check } from './expected.ts';
import { BROWSER_FIELDS, type Fields } from './load/browser.ts';
import type { Target } from './load/target.ts';
import type { Scenario } from './scenarios/scenario.ts';

const PAUSE_MS = 25;

/** Which versions answers may be of: it narrows and widens while a load is under way. */
export interface Versions {
  oldest: number;
  newest: number;
}

export interface WitnessOptions {
  readonly scenario: Scenario;
  readonly target: Target;
  readonly port: number;
  readonly versions: Versions;
}

/** Asks what the load asks, as it asks, beside it: each answer is compared with the origin's, byte for byte. */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #visitor: Visitor;
  /** Of which answers may be; whoever changes what is due changes these. */
  readonly versions: Versions;
  #asked = 0;
  #askedNew = 0;

  constructor(options: WitnessOptions) {
    this.#options = options;
    this.versions = options.versions;
    this.#visitor = new Visitor(options.scenario.scheme, options.port);
  }

  /** Requests so far. */
  get asked(): number {
    return this.#asked;
  }

  /** Requests so far that were the first for their URL. */
  get askedNew(): number {
    return this.#askedNew;
  }

  /** Asks once, and checks. */
  async ask(): Promise<Answer> {
    const { scenario } = this.#options;
    const { versions } = this;
    const { path, fields } = this.#next();
    const { oldest } = versions;
    const given = await this.#visitor.ask(path, fields);
    check(given, {
      path,
      oldest,
      newest: versions.newest,
      acceptLanguage: fields['Accept-Language'] ?? ACCEPT_LANGUAGE,
      answer: scenario.answer,
    });
    return given;
  }

  /** Asks until `load` is over, and once more; resolves, or rejects, as it does. Rejects with WrongAnswer. */
  async during<Result>(load: Promise<Result>): Promise<Result> {
    const over = load.then(
      () => true,
      () => true,
    );
    do await this.ask();
    while (!(await Promise.race([over, sleep(PAUSE_MS, false)])));
    await this.ask();
    return await load;
  }

  close(): void {
    this.#visitor.close();
  }

  #next(): { readonly path: string; readonly fields: Fields } {
    const { scenario, target } = this.#options;
    const number = this.#asked;
    this.#asked += 1;
    const { fields } = scenario;
    switch (target.kind) {
      case 'one':
        return { path: target.path, fields };
      case 'zipf':
      case 'uniform':
      case 'fill':
        return { path: `${target.prefix}${(number * 7919) % target.count}`, fields };
      case 'each':
        // Each twice: the second time it is stored.
        if (number % 2 === 0) this.#askedNew += 1;
        return { path: `${target.prefix}witness-${number >> 1}`, fields };
      case 'values': {
        const value = target.values[number % target.values.length] as string;
        return { path: target.path, fields: { ...fields, [target.field]: value } };
      }
      default:
        return target satisfies never;
    }
  }
}

const ACCEPT_LANGUAGE = Object.fromEntries(BROWSER_FIELDS)['Accept-Language'] as string;
