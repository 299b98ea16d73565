import { PopletError } from '@poplet/policy';

type Json = Readonly<Record<string, unknown>>;

/**
 * An object of a file that was imported. Every key that is read is remembered, so that `unread` can tell what the
 * file says and nobody asked for. Whatever is of another kind than expected throws PopletError `config-invalid`
 * with the file, the place and what was expected.
 */
export class JsonObject {
  readonly #file: string;
  readonly #value: Json;
  readonly #read = new Set<string>();
  /** Where it stands in the file: `DistributionConfig.DefaultCacheBehavior`; '' for the whole. */
  readonly place: string;

  constructor(value: unknown, { file, place }: { readonly file: string; readonly place: string }) {
    this.#file = file;
    this.place = place;
    if (!isObject(value)) throw this.#unexpected('', 'an object', value);
    this.#value = value;
  }

  /** Undefined where it is missing, or null. */
  #at(key: string): unknown {
    this.#read.add(key);
    return this.#value[key] ?? undefined;
  }

  has(key: string): boolean {
    return this.#value[key] !== undefined && this.#value[key] !== null;
  }

  /** What stands there, where it may be of several kinds. */
  kindOf(key: string): 'object' | 'list' | 'other' {
    const value = this.#value[key];
    return Array.isArray(value) ? 'list' : isObject(value) ? 'object' : 'other';
  }

  number(key: string): number | undefined {
    const value = this.#at(key);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
    throw this.#unexpected(key, 'a number', value);
  }

  /** A number of seconds, from 0. */
  seconds(key: string): number | undefined {
    const value = this.number(key);
    if (value === undefined || value >= 0) return value;
    throw this.#unexpected(key, 'a number of seconds, 0 or above', value);
  }

  text(key: string): string | undefined {
    const value = this.#at(key);
    if (value === undefined || typeof value === 'string') return value;
    throw this.#unexpected(key, 'a string', value);
  }

  /** One of these words. */
  word<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.text(key);
    const word = words.find((one) => one === value);
    if (value === undefined || word !== undefined) return word;
    throw this.#unexpected(key, `one of ${words.join(', ')}`, value);
  }

  flag(key: string): boolean | undefined {
    const value = this.#at(key);
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#unexpected(key, 'true or false', value);
  }

  object(key: string): JsonObject | undefined {
    const value = this.#at(key);
    if (value === undefined) return undefined;
    return new JsonObject(value, { file: this.#file, place: this.#placeOf(key) });
  }

  objects(key: string): readonly JsonObject[] {
    return this.#list(key).map(
      (value, index) =>
        new JsonObject(value, { file: this.#file, place: `${this.#placeOf(key)}[${index}]` }),
    );
  }

  texts(key: string): readonly string[] {
    return this.#list(key).map((value, index) => {
      if (typeof value === 'string') return value;
      throw this.#unexpected(`${key}[${index}]`, 'a string', value);
    });
  }

  #list(key: string): readonly unknown[] {
    const value = this.#at(key);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value as readonly unknown[];
    throw this.#unexpected(key, 'a list', value);
  }

  /** Marks keys as read that say nothing of caching. */
  passOver(...keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  /** What is said and was not read, one line each; what is empty or off says nothing. */
  unread(): readonly string[] {
    return Object.entries(this.#value)
      .filter(([key, value]) => !this.#read.has(key) && saysSomething(value))
      .map(([key, value]) => `${this.#placeOf(key)}: ${shortly(value)}`);
  }

  /** What is wrong with the value of a key. */
  invalid(key: string, why: string): PopletError {
    return new PopletError('config-invalid', `${this.#file}: ${this.#placeOf(key)}: ${why}`, {
      hint: 'give the file as the vendor’s own tool writes it',
    });
  }

  #unexpected(key: string, expected: string, value: unknown): PopletError {
    return this.invalid(key, `expected ${expected}, and it is ${shortly(value)}`);
  }

  #placeOf(key: string): string {
    if (key === '') return this.place === '' ? 'the whole' : this.place;
    return this.place === '' ? key : `${this.place}.${key}`;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value turns anything on. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  if (!isObject(value)) return true;
  if (value['Quantity'] === 0 || value['Enabled'] === false) return false;
  return Object.values(value).some(saysSomething);
}

const MAX_CHARACTERS = 80;

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_CHARACTERS ? `${text.slice(0, MAX_CHARACTERS - 1)}…` : text;
}
