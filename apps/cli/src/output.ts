/** All text that a person reads: an error says what, why and how to solve it. */
import { styleText } from 'node:util';

import type { Order, PurgeApiView } from '@poplet/cdn/start';
import type { TrustChange } from '@poplet/certificates';
import type { ExchangeView } from '@poplet/edge';
import {
  durationWords,
  PopletError,
  type Outcome,
  type Purge,
  type PurgeSelector,
} from '@poplet/policy';

/** What `GET|POST clock` answers. */
export interface ClockAnswer {
  readonly now: string;
  readonly offsetMs: number;
  readonly frozen: boolean;
}

/** What `POST purge` answers. */
export interface PurgeAnswer {
  readonly soft: boolean;
  readonly sequence: number;
  /** How many were purged: a path counts once for each name of the edge. */
  readonly selectors: number;
}

export type Style = Parameters<typeof styleText>[0];

/** `stream` decides whether colour is written; NO_COLOR and FORCE_COLOR are obeyed. */
export function paint(
  style: Style,
  text: string,
  stream: NodeJS.WriteStream = process.stdout,
): string {
  return styleText(style, text, { stream });
}

/** What is wrong with a command line, as commander words it. `command`: as one types it. */
export function usageErrorText(text: string, command: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const what = first
    .replace(/^error: /u, '')
    .replace(/ is invalid\. /u, ' is invalid: ')
    .replace(/\. Expected/u, ': expected')
    .replace(/\.$/u, '');
  const meant = /\(Did you mean (?<meant>.*)\?\)/u.exec(rest.join(' '))?.groups?.['meant'];
  const hint =
    meant === undefined ? `${command} --help shows what there is` : `did you mean ${meant}?`;
  return errorText(new PopletError('invalid-option', what, { hint }));
}

/** An error on one line, its hint on the next. */
export function errorText(error: unknown): string {
  const label = paint(['bold', 'red'], 'error', process.stderr);
  if (!(error instanceof PopletError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${label} ${text}\n${paint('dim', 'this is a fault of poplet: please report it', process.stderr)}\n`;
  }
  const hint =
    error.hint === undefined ? '' : `${paint('cyan', ' hint', process.stderr)} ${error.hint}\n`;
  return `${label} ${error.message}\n${hint}`;
}

export interface ReadyInput {
  /** Where each site is found. */
  readonly addresses: readonly string[];
  readonly adminUrl: string;
  /** What is served: folders and servers as the person named them. */
  readonly sources: readonly string[];
  readonly profile: string;
  /** `connection`: it lies elsewhere. `maxSharedBodyBytes`: other edges share it. */
  readonly store: {
    readonly kind: string;
    readonly entries: number;
    readonly connection?: string;
    readonly maxSharedBodyBytes?: number;
  };
  readonly hasKeys: boolean;
}

/** The one line that says it is up, where to click, and that answers are now cached. */
export function readyText(ready: ReadyInput): string {
  const { addresses, adminUrl, sources, profile, store, hasKeys } = ready;
  const parts = [
    addresses.map((address) => paint(['bold', 'underline'], address)).join(' '),
    `${paint(['bold', 'yellow'], 'CACHING')} ${sources.join(', ')} as ${profile}`,
    paint('dim', `admin ${adminUrl}`),
  ];
  // What is there already may answer the first request.
  if (store.maxSharedBodyBytes !== undefined) parts.push(`shared on ${store.kind}`);
  else if (store.connection !== undefined) parts.push(`${store.entries} stored in ${store.kind}`);
  else if (store.kind !== 'memory') parts.push(`${store.entries} stored on ${store.kind}`);
  if (hasKeys) parts.push(paint('dim', 'keys: p purge · b bypass · q quit'));
  return `${parts.join('  ')}\n`;
}

/** Where the clients of a CDN purge, and what they call the sites. */
export function purgeApiText({ title, url, siteWord, names }: PurgeApiView): string {
  const words = names.map((name) => `${siteWord} ${name}`).join(', ');
  return `${paint('dim', `purge as with ${title}: ${url}  ${words}`)}\n`;
}

const OUTCOME_STYLES: Record<Outcome, Style> = {
  hit: 'green',
  revalidated: 'green',
  updating: 'yellow',
  stale: 'yellow',
  miss: 'cyan',
  expired: 'cyan',
  bypass: 'magenta',
  pass: 'magenta',
  ineligible: 'gray',
  error: ['bold', 'red'],
};

/** One exchange: status, method, target, outcome, time, and the reasons in words. `hasHosts`: with the host before the target. */
export function exchangeText(
  view: ExchangeView,
  { hasHosts }: { readonly hasHosts: boolean },
): string {
  const { status, method, outcome, reasons } = view;
  const target = shortened(targetText(view.url, hasHosts));
  const word = view.collapsed ? `${outcome}+` : outcome;
  const time = `${view.durationMs < 10 ? view.durationMs.toFixed(1) : Math.round(view.durationMs)} ms`;
  const cut = view.complete ? '' : paint('red', ' (cut off)');
  const background = view.background === true ? paint('dim', ' (in the background)') : '';
  return [
    paint(status < 400 ? 'dim' : 'red', String(status)),
    method.padEnd(4),
    paint(OUTCOME_STYLES[outcome], word.toUpperCase().padEnd(11)),
    time.padStart(8),
    ` ${target}${background}${cut}`,
    paint(
      'dim',
      reasons
        .filter(isNews)
        .map(({ text }) => text)
        .join(' → '),
    ),
  ].join(' ');
}

/** What holds for every picture and every short answer is for who asks (`explain`, `--json`). */
const EXPECTED: ReadonlySet<string> = new Set(['not-coded-type', 'not-coded-too-small']);

function isNews({ code }: { readonly code: string }): boolean {
  return !EXPECTED.has(code);
}

/** The target as it was sent, for two spellings are two URLs; what would play with the terminal is escaped. */
function targetText(url: string, hasHosts: boolean): string {
  const { authority = '', target = url } =
    /^https?:\/\/(?<authority>[^/?#*]*)(?<target>.*)$/su.exec(url)?.groups ?? {};
  const host = authority.replace(/:\d+$/u, '');
  const shown = hasHosts || target === '' ? host + target : target;
  return shown.replaceAll(
    /[^!-~]/gu,
    (one) => `\\x${(one.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  );
}

/** Longest target that a line shows. */
const MAX_TARGET = 200;

function shortened(target: string): string {
  return target.length <= MAX_TARGET
    ? target
    : `${target.slice(0, MAX_TARGET)}… (${target.length} characters)`;
}

/** What a rate-limited terminal did not show. */
export function leftOutText(lines: number): string {
  return paint('dim', `… ${lines} lines left out`);
}

export function clockText({ now, offsetMs, frozen }: ClockAnswer): string {
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const way = offsetMs > 0 ? 'ahead of' : 'behind';
  const offset = seconds === 0 ? 'real time' : `${durationWords(seconds)} ${way} real time`;
  return `${now}  ${frozen ? paint('cyan', 'frozen') : 'running'}, ${offset}\n`;
}

/** What the admin API says of a new deployment. */
export interface DeployAnswer {
  readonly deployment: string;
}

export function deployText({ deployment }: DeployAnswer): string {
  return `deployment ${deployment}: sites whose CDN caches by deployment start with nothing stored\n`;
}

/** `what`: what was named; empty where the person has just named it. */
export function purgeText(
  { soft, sequence }: Pick<PurgeAnswer, 'soft' | 'sequence'>,
  what = '',
): string {
  return soft
    ? `made stale${what} (purge ${sequence}): the next requests revalidate\n`
    : `purged${what} (purge ${sequence}): the next requests fetch anew\n`;
}

/** What somebody did over the admin API, for whoever looks at the running edge. */
export function orderText(order: Order): string {
  if (order.kind === 'clock') return paint('cyan', `clock ${clockText(order.clock)}`);
  if (order.kind === 'deployment') return paint('cyan', deployText(order));
  const { purges, sequence } = order;
  const soft = purges.some((one) => one.soft);
  return paint('cyan', purgeText({ soft, sequence }, ` ${purgedWords(purges)}`));
}

/** Longest list of what was purged. */
const MAX_PURGED = 3;

function purgedWords(purges: readonly Purge[]): string {
  const selectors = purges.map(({ selector }) => selector);
  // A path stands for as many URLs as the edge has names.
  const urls = selectors.flatMap((one) => (one.kind === 'url' ? [URL.parse(one.url)] : []));
  const paths = new Set(urls.map((url) => (url === null ? '' : url.pathname + url.search)));
  const [path = ''] = paths;
  const words =
    urls.length === selectors.length && paths.size === 1 && path !== ''
      ? [path]
      : [...new Set(selectors.map(selectorWords))];
  const left = words.length - MAX_PURGED;
  const shown = words.slice(0, MAX_PURGED).map(shortened).join(', ');
  const site = purges[0]?.siteId;
  return `${shown}${left > 0 ? ` and ${left} more` : ''}${site === undefined ? '' : ` of the site ${site}`}`;
}

function selectorWords(selector: PurgeSelector): string {
  switch (selector.kind) {
    case 'url':
      return selector.url;
    case 'prefix':
      return `${selector.prefix}…`;
    case 'path': {
      const all = selector.extent === 'prefix' ? '…' : '';
      return `${selector.hostname ?? ''}${selector.path}${all}`;
    }
    case 'host':
      return `the host ${selector.host}`;
    case 'tag':
      return `the tag ${selector.tag}`;
    case 'group':
      return `the group ${selector.group}`;
    case 'everything':
      return 'everything';
    default:
      return selector satisfies never;
  }
}

export function bypassText(isBypassed: boolean): string {
  return isBypassed
    ? `${paint(['bold', 'magenta'], 'NOT CACHING')} every request is passed by the cache (PASS); press b again to cache`
    : `${paint(['bold', 'yellow'], 'CACHING')} again`;
}

/** A warning about the configuration of the site, such as a rule that never matches. */
export function warningText(warning: string): string {
  return `${paint('yellow', 'warning', process.stderr)} ${warning}\n`;
}

/** What became of one store that is to trust the local authority, or not to. */
export function trustChangeText(store: string, change: TrustChange, verb: string): string {
  switch (change.kind) {
    case 'done':
      return `${paint('green', '✓')} ${store}: ${verb}\n`;
    case 'unchanged':
      return `${paint('green', '✓')} ${store}: ${verb} ${paint('dim', '(nothing to change)')}\n`;
    case 'by-hand': {
      const commands = change.commands.map((command) => `    ${command}\n`).join('');
      return `${paint('yellow', '!')} ${store}: ${change.why}. To do by hand:\n${commands}`;
    }
    case 'failed':
      return `${paint('red', '✗')} ${store}: ${change.why}\n`;
    default:
      return change satisfies never;
  }
}

/** Browsers read their stores when they start. */
export function restartText(): string {
  return `${paint('dim', 'browsers that run already have to be started again')}\n`;
}

export interface AuthorityInput {
  readonly name: string;
  readonly file: string;
  readonly hosts: readonly string[];
  readonly expiresAtMs: number;
  readonly stores: readonly { readonly store: string; readonly trusted: boolean }[];
}

/** The local authority, what it can be used for, and who trusts it. */
export function authorityText({ name, file, hosts, expiresAtMs, stores }: AuthorityInput): string {
  const covered = ['localhost', '*.localhost', '*.test', 'loopback addresses', ...hosts];
  const lines = stores.map(({ store, trusted }) =>
    trusted
      ? `${paint('green', '✓')} ${store}: trusted`
      : `${paint('yellow', '!')} ${store}: not trusted`,
  );
  const hint = stores.some(({ trusted }) => !trusted)
    ? [`${paint('cyan', 'hint')} poplet ca install`]
    : [];
  return [
    `${paint('bold', name)}, until ${new Date(expiresAtMs).toISOString().slice(0, 10)}`,
    file,
    `for ${covered.join(', ')}, and nothing else`,
    ...lines,
    ...hint,
    '',
  ].join('\n');
}

/** Which authority it is about, and where that came from. */
export function authorityLine({
  name,
  file,
  history,
}: {
  readonly name: string;
  readonly file: string;
  readonly history: 'kept' | 'made' | 'replaced';
}): string {
  const made = { kept: '', made: ' (made now)', replaced: ' (made now, in place of the last)' };
  return `${paint('bold', name)}${made[history]}\n${file}\n`;
}

export function noAuthorityText(): string {
  return `there is no local CA yet\n${paint('cyan', 'hint')} poplet ca install makes it and has browsers trust it\n`;
}

/** Said at the start where the name of a site leads to nowhere, or to elsewhere. */
export function elsewhereText(hosts: readonly string[]): string {
  const names = hosts.filter((host) => !host.startsWith('*.'));
  const wild = hosts.filter((host) => host.startsWith('*.'));
  const where = `on this machine ${hosts.join(', ')} ${hosts.length === 1 ? 'does' : 'do'} not lead here`;
  const line =
    names.length === 0 ? [] : [`add the line "127.0.0.1 ${names.join(' ')}" to /etc/hosts`];
  const each =
    wild.length === 0
      ? []
      : [
          `/etc/hosts knows no wildcards: write each name below ${wild.join(', ')} that you use, or choose names below localhost`,
        ];
  return `${where}: ${[...line, ...each].join('; ')}`;
}

/** Said where something is done for each name of the edge. */
export function wildcardText(wildcards: readonly string[]): string {
  return `names below ${wildcards.map((one) => one.slice(2)).join(', ')} are left out, for only their visitors know them: write whole URLs for those, or --everything`;
}

/** Said of a purge under a name that no visitor of the edge is known to use. */
export function noNameText(name: string, origins: readonly string[]): string {
  return `${name} does not lead to the running edge, which is ${origins.join(', ')}: what is stored under that name is purged, if there is any`;
}

/** Said at the start where no store trusts the local authority: each program has its own way. */
export function untrustedText(file: string): string {
  return [
    'nothing trusts the certificates yet',
    '  browsers, system: poplet ca install',
    `  curl:             curl --cacert ${file} …`,
    `  Node:             NODE_EXTRA_CA_CERTS=${file} node …`,
  ].join('\n');
}

/** Said where no running edge was asked. */
export function askedDirectlyText({
  origin,
  profile,
  hasAsked,
}: {
  readonly origin: string;
  readonly profile: string;
  readonly hasAsked: boolean;
}): string {
  const text = hasAsked
    ? `${origin} was asked directly: this is what ${profile} makes of it`
    : `this is what ${profile} would make of the request, before ${origin}`;
  return `${paint('dim', text, process.stderr)}\n`;
}

/** What an imported file says, and no policy does. */
export function notEmulatedText(text: string): string {
  return warningText(`not emulated: ${text}`);
}
