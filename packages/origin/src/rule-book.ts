import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { RouteRule } from '@poplet/policy';
import type { HeadersDialect } from './dialect.ts';
import { parseHeadersFile } from './headers-file.ts';
import { isAbsence } from './locate.ts';
import { checkRules, type CompiledRules, compileRules } from './route-rules.ts';
import { listSitePaths } from './site-paths.ts';

const FILE_NAME = '_headers';

/**
 * A build empties its folder before it writes. For this long after `_headers` vanished its rules still
 * hold: a page must not lose its `no-store` in between.
 */
const GRACE_MS = 2000;

export interface RuleBookOptions {
  readonly folder: string;
  readonly dialect: HeadersDialect;
  /** Applied after those of the file. */
  readonly ownRules: readonly RouteRule[];
  readonly cleanUrls: boolean;
  /** Pages that no file stands for are answered too. */
  readonly hasFallback: boolean;
}

interface FileRules {
  /** What tells one state of the file from another; null: there is no file. */
  readonly identity: string | null;
  readonly rules: readonly RouteRule[];
  readonly problems: readonly string[];
}

const NO_FILE: FileRules = { identity: null, rules: [], problems: [] };

/** The rules in force: those of the folder's `_headers`, read again when it changes, then one's own. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  #file: FileRules = NO_FILE;
  #compiled: CompiledRules = { rules: [], warnings: [] };
  #withoutEffect: readonly string[] = [];
  #goneSinceMs: number | null = null;
  #looking: Promise<void> | null = null;
  #scan: Promise<void> = Promise.resolve();

  private constructor(options: RuleBookOptions) {
    this.#options = options;
  }

  /** Throws PopletError `invalid-option` when a rule of one's own cannot be followed; those of the file become warnings. */
  static async load(options: RuleBookOptions): Promise<RuleBook> {
    checkRules(options.ownRules);
    const book = new RuleBook(options);
    await book.reload();
    return book;
  }

  get rules(): readonly RouteRule[] {
    return [...this.#file.rules, ...this.#options.ownRules];
  }

  /** Rules that are malformed, and rules that match nothing in the folder. */
  get warnings(): readonly string[] {
    return [...this.#file.problems, ...this.#compiled.warnings, ...this.#withoutEffect];
  }

  /** The rules as the folder has them now. */
  async current(): Promise<CompiledRules> {
    // Requests that come together look once.
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    await this.#looking;
    return this.#compiled;
  }

  /** Reads everything anew, and waits for the warnings. */
  async reload(): Promise<void> {
    this.#use(await readHeadersFile(this.#options));
    await this.#scan;
  }

  /** Until nothing is under way. */
  async settled(): Promise<void> {
    await this.#looking;
    await this.#scan;
  }

  async #look(): Promise<void> {
    const identity = await identityOf(path.join(this.#options.folder, FILE_NAME));
    if (identity === this.#file.identity) {
      this.#goneSinceMs = null;
      return;
    }
    if (identity === null) {
      this.#goneSinceMs ??= Date.now();
      if (Date.now() - this.#goneSinceMs < GRACE_MS) return;
    }
    this.#use(await readHeadersFile(this.#options));
  }

  #use(file: FileRules): void {
    this.#file = file;
    this.#goneSinceMs = null;
    this.#compiled = compileRules(this.rules, this.#options.dialect);
    this.#scan = this.#findWithoutEffect(this.#compiled);
  }

  async #findWithoutEffect({ rules }: CompiledRules): Promise<void> {
    const { folder, cleanUrls, hasFallback } = this.#options;
    const paths = await realpath(folder)
      .then((root) => listSitePaths(root, { cleanUrls }))
      .catch(() => null);
    this.#withoutEffect = rules
      .filter(({ rule, pattern }) => {
        if (paths === null) return false;
        // With a fallback, a page needs no file.
        if (hasFallback && !/\.\w+$/u.test(rule.pattern)) return false;
        return !paths.some((one) => pattern.match(one, hostOf(rule.pattern)) !== null);
      })
      .map(({ rule }) => `${rule.source}: ${rule.pattern} matches nothing in the folder`);
  }
}

async function readHeadersFile({ folder, dialect }: RuleBookOptions): Promise<FileRules> {
  const file = path.join(folder, FILE_NAME);
  try {
    // Before the text: should it change meanwhile, the next look sees it.
    const identity = await identityOf(file);
    if (identity === null) return NO_FILE;
    const { rules, problems } = parseHeadersFile(await readFile(file, 'utf8'), dialect, FILE_NAME);
    const texts = problems.map(({ line, message }) => `${FILE_NAME}:${line}: ${message}`);
    return { identity, rules, problems: texts };
  } catch (error) {
    if (isAbsence(error)) return NO_FILE;
    throw error;
  }
}

/** An empty file counts as none: that is how one that is just being written looks. */
async function identityOf(file: string): Promise<string | null> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return size === 0n ? null : [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** A host that the pattern matches, where it names one. */
function hostOf(pattern: string): string {
  const [, authority = 'localhost'] = /^https:\/\/([^/]+)/iu.exec(pattern) ?? [];
  return authority.replace(/:[A-Za-z]\w*|\*/gu, 'a');
}
