import { setTimeout as sleep } from 'node:timers/promises';

import { Visitor, type Answer } from './exchange.ts';
import { check } from './expected.ts';
import { BROWSER_FIELDS, type Fields } from './load/browser.ts';
import type { Target } from './load/target.ts';
import type { Origin } from './origin/origin.ts';
import type { ExpectedAnswer, Scenario } from './scenarios/scenario.ts';

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
}

/** Asks what the load asks, as it asks, beside it: each answer is compared with the origin's, byte for byte. */
export class Witness {
  readonly #options: WitnessOptions;
  readonly #visitor: Visitor;
  /** Of which answers may be; whoever changes what is due changes these. */
  readonly versions: Versions;
  #asked = 0;
  #askedNew = 0;

  private constructor(options: WitnessOptions, versions: Versions) {
    this.#options = options;
    this.versions = versions;
    this.#visitor = new Visitor(options.scenario.scheme, options.port);
  }

  /** Of a load whose answers are of the version that the origin has now. */
  static of(origin: Pick<Origin, 'version'>, options: WitnessOptions): Witness {
    const { target } = options;
    const version = target.kind === 'one' ? origin.version(target.path) : 0;
    return new Witness(options, { oldest: version, newest: version });
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
    const { path, fields } = this.#next();
    return await this.#ask({ path, fields: { ...scenario.fields, ...fields } }, scenario.answer);
  }

  /** Asks once for all of it, without conditions and ranges, so that it gets stored. */
  async askForWhole(): Promise<void> {
    await this.#ask(this.#next(), { kind: 'whole' });
  }

  async #ask({ path, fields }: Question, answer: ExpectedAnswer): Promise<Answer> {
    const { versions } = this;
    const { oldest } = versions;
    const given = await this.#visitor.ask(path, fields);
    check(given, {
      path,
      oldest,
      newest: versions.newest,
      acceptLanguage: fields['Accept-Language'] ?? ACCEPT_LANGUAGE,
      answer,
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

  #next(): Question {
    const { target } = this.#options;
    const number = this.#asked;
    this.#asked += 1;
    switch (target.kind) {
      case 'one':
        return { path: target.path, fields: {} };
      case 'zipf':
      case 'uniform':
      case 'fill':
        return { path: `${target.prefix}${(number * 7919) % target.count}`, fields: {} };
      case 'each':
        // Each twice: the second time it is stored.
        if (number % 2 === 0) this.#askedNew += 1;
        return { path: `${target.prefix}witness-${number >> 1}`, fields: {} };
      case 'values': {
        const value = target.values[number % target.values.length] as string;
        return { path: target.path, fields: { [target.field]: value } };
      }
      default:
        return target satisfies never;
    }
  }
}

interface Question {
  readonly path: string;
  /** Beside those of a browser and of the scenario. */
  readonly fields: Fields;
}

const ACCEPT_LANGUAGE = Object.fromEntries(BROWSER_FIELDS)['Accept-Language'] as string;
