import { realpath } from 'node:fs/promises';
import { PopletError, type RouteRule } from '@poplet/policy';
import type { HeadersDialect } from './dialect.ts';
import type { Hosting } from './hosting.ts';
import { checkRules, compileRules, type CompiledRule } from './route-rules.ts';
import { neverMatches, type StatedRule } from './redirect-rule.ts';
import { NO_ROUTING } from './routing.ts';
import { listSitePaths } from './site-paths.ts';
import {
  hostFiles,
  rulesReader,
  type RulesReader,
  type SiteRules,
  unreadFiles,
} from './site-rules.ts';
import { WatchedFiles } from './watched-files.ts';

export interface RuleBookOptions {
  readonly folder: string;
  readonly dialect: HeadersDialect;
  /** Null: the site's own server. */
  readonly hosting: Hosting | null;
  /** Applied after those of the files. */
  readonly ownRules: readonly RouteRule[];
  readonly cleanUrls: boolean;
  /** Pages that no file stands for are answered too. */
  readonly hasFallback: boolean;
}

const NONE: SiteRules = {
  headers: [],
  routing: NO_ROUTING,
  redirects: [],
  cleanUrls: undefined,
  problems: [],
};

/** The rules in force: those of the site's own files, read again when these change, then one's own. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  readonly #files: WatchedFiles;
  readonly #read: RulesReader;
  readonly #own: readonly CompiledRule[];
  readonly #ownWarnings: readonly string[];
  #site: SiteRules = NONE;
  /** Why what stands in the files by now cannot be followed; null: it is. */
  #unreadable: string | null = null;
  #withoutEffect: readonly string[] = [];
  #looking: Promise<void> | null = null;
  #scan: Promise<void> = Promise.resolve();

  private constructor(
    options: RuleBookOptions,
    { files, read }: { readonly files: WatchedFiles; readonly read: RulesReader },
  ) {
    this.#options = options;
    this.#files = files;
    this.#read = read;
    const { rules, warnings } = compileRules(options.ownRules, options.dialect);
    this.#own = rules;
    this.#ownWarnings = warnings;
  }

  /**
   * Throws PopletError: `invalid-option` when a rule of one's own cannot be followed, `config-invalid` when a file of
   * rules is not what its name says. Single rules of files that cannot be followed become warnings.
   */
  static async load(options: RuleBookOptions): Promise<RuleBook> {
    checkRules(options.ownRules);
    const files = new WatchedFiles(await hostFiles(options.folder, options.hosting));
    const book = new RuleBook(options, { files, read: await rulesReader(options) });
    await files.look({ isFresh: true });
    book.#use(book.#read(files.texts));
    await book.#scan;
    return book;
  }

  get rules(): readonly RouteRule[] {
    return [...this.#site.headers, ...this.#own].map(({ rule }) => rule);
  }

  /** Rules that are malformed, and rules that match nothing in the folder. */
  get warnings(): readonly string[] {
    return [
      ...(this.#unreadable === null
        ? []
        : [`${this.#unreadable}: what stood there before still holds`]),
      ...this.#site.problems,
      ...this.#ownWarnings,
      ...this.#withoutEffect,
    ];
  }

  /** The rules as the site has them now. */
  async current(): Promise<SiteRules> {
    // Requests that come together look once.
    this.#looking ??= this.#look({ isFresh: false }).finally(() => {
      this.#looking = null;
    });
    await this.#looking;
    return { ...this.#site, headers: [...this.#site.headers, ...this.#own] };
  }

  /** Reads everything anew, and waits for the warnings. */
  async reload(): Promise<void> {
    await this.#look({ isFresh: true });
    this.#use(this.#site);
    await this.#scan;
  }

  /** Until nothing is under way. */
  async settled(): Promise<void> {
    await this.#looking;
    await this.#scan;
  }

  async #look(how: { readonly isFresh: boolean }): Promise<void> {
    if (!(await this.#files.look(how))) return;
    try {
      const site = this.#read(this.#files.texts);
      this.#unreadable = null;
      this.#use(site);
    } catch (error) {
      if (!(error instanceof PopletError)) throw error;
      this.#unreadable = error.message;
    }
  }

  #use(site: SiteRules): void {
    this.#site = site;
    this.#scan = this.#findWithoutEffect();
  }

  async #findWithoutEffect(): Promise<void> {
    const { folder, hasFallback, cleanUrls, hosting } = this.#options;
    const site = this.#site;
    const unread = await unreadFiles(folder, hosting);
    const listed = await realpath(folder)
      .then((root) => listSitePaths(root, { cleanUrls: site.cleanUrls ?? cleanUrls }))
      .catch(() => null);
    if (listed === null) {
      this.#withoutEffect = unread;
      return;
    }
    const paths = new Set([
      ...listed,
      ...listed.filter((one) => one.endsWith('/')).map((one) => one.slice(0, -1)),
    ]);
    const isAnswered = hasFallback || site.routing.rewrites;
    const headers = [...site.headers, ...this.#own]
      .filter(({ rule, pattern }) => {
        // With a fallback, a page needs no file.
        if (isAnswered && !/\.\w+$/u.test(rule.pattern)) return false;
        const host = hostOf(rule.pattern);
        return ![...paths].some((one) => pattern.match(one, host) !== null);
      })
      .map(({ rule }) => `${rule.source}: ${rule.pattern} matches nothing in the folder`);
    const canForce = hosting?.dialect === 'netlify';
    const shadowed = site.redirects
      .filter(({ isForced, from }) => !isForced && paths.has(from))
      .map(
        ({ source, from }) =>
          `${source}: ${from} never matches: there is a file, which comes first${canForce ? ' (write ! behind the status to have the rule win)' : ''}`,
      );
    const answered = site.redirects.flatMap(({ source, from, answeredBy: above }) =>
      above === undefined || leadsNowhere(above, paths)
        ? []
        : [neverMatches({ source, from }, above)],
    );
    const missing = site.redirects
      .filter((rule) => leadsNowhere(rule, paths))
      .map(({ source, to }) => `${source}: there is no ${to} in the folder`);
    this.#withoutEffect = [...headers, ...shadowed, ...answered, ...missing, ...unread];
  }
}

/** Whether a page is to answer that is the same for all, and none of the folder's. */
function leadsNowhere({ status, to }: StatedRule, paths: ReadonlySet<string>): boolean {
  const isRedirect = status >= 300 && status < 400;
  if (isRedirect || !to.startsWith('/') || /[:$]/u.test(to)) return false;
  const [path = ''] = to.split(/[?#]/u);
  return path !== '' && !paths.has(path) && !paths.has(`${path}/`);
}

/** A host that the pattern matches, where it names one. */
function hostOf(pattern: string): string {
  const [, authority = 'localhost'] = /^https:\/\/([^/]+)/iu.exec(pattern) ?? [];
  return authority.replace(/:[A-Za-z]\w*|\*/gu, 'a');
}
