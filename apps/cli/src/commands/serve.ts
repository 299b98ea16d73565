import { Command, InvalidArgumentError } from 'commander';

import type { Cdn } from '@poplet/cdn';

import { createJsonLines } from '../json-lines.ts';
import { listenToKeys } from '../keys.ts';
import { createLiveLines } from '../live-lines.ts';
import { bypassText, exchangeText, purgeText, readyText, warningText } from '../output.ts';

interface ServeOptions {
  readonly port?: number;
  readonly host?: string;
  readonly adminPort?: number;
  readonly profile?: string;
  readonly hostHeader?: 'upstream' | 'viewer';
  readonly spa?: boolean | string;
  readonly config?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** `poplet <folder | URL>`: the edge in front of a folder or a server. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('serve a folder, or stand in front of a server (the default command)')
    .argument('[source]', 'a folder, or the address of a server: http://localhost:5173')
    .option('--port <port>', 'port of the edge; 0: any free (8080)', portNumber)
    .option('--host <address>', 'address to listen on (127.0.0.1)')
    .option('--admin-port <port>', 'port of the admin API; 0: any free (8081)', portNumber)
    .option('--profile <name>', 'the CDN to imitate (rfc9111)')
    .option('--host-header <which>', 'which Host the server sees: upstream or viewer (upstream)', hostHeader)
    .option('--spa [file]', 'answer unknown pages with index.html, or the file named; never missing assets')
    .option('--config <file>', 'configuration file: poplet.config.ts')
    .option('--json', 'one JSON object per line: the ready object, then one per exchange')
    .option('--quiet', 'no line per exchange')
    .action(serve);
}

async function serve(source: string | undefined, options: ServeOptions): Promise<void> {
  const { createCdn, configured } = await import('@poplet/cdn');
  const { port, host, adminPort, profile, hostHeader: hostHeaderOption, spa, config } = options;
  const cdnOptions = await configured({
    source,
    configFile: config,
    overrides: { port, host, adminPort, profile, hostHeader: hostHeaderOption, spaFallback: spa },
  });
  const cdn = await createCdn(cdnOptions);
  const ended = untilEnded(cdn);
  for (const warning of cdn.warnings) process.stderr.write(warningText(warning));
  if (options.json === true) await showJson(cdn, options);
  else showText(cdn, options, ended.end);
  await ended.promise;
  await cdn.close();
}

/** Resolves when a person or the system wants it to end. */
function untilEnded(cdn: Cdn): { readonly promise: Promise<void>; readonly end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // A reader that went away (`poplet | head`) ends it too.
  process.stdout.on('error', end);
  void cdn;
  return { promise, end };
}

async function showJson(cdn: Cdn, options: ServeOptions): Promise<void> {
  const { exchangeView } = await import('@poplet/edge');
  const lines = createJsonLines(process.stdout);
  lines.write({ event: 'ready', edge: cdn.url, admin: cdn.adminUrl, profile: cdn.profiles.join(',') });
  if (options.quiet === true) return;
  cdn.edge.journal.subscribe((record) => lines.write({ event: 'exchange', ...exchangeView(record) }));
}

function showText(cdn: Cdn, options: ServeOptions, end: () => void): void {
  const out = (text: string): void => void process.stdout.write(text);
  const hasKeys = process.stdin.isTTY && process.stdout.isTTY;
  out(
    readyText({
      url: cdn.url,
      adminUrl: cdn.adminUrl,
      sources: cdn.sources,
      profile: cdn.profiles.join(', '),
      hasKeys,
    }),
  );
  if (options.quiet !== true) showExchanges(cdn, out);
  if (hasKeys) takeKeys(cdn, out, end);
}

function showExchanges(cdn: Cdn, out: (text: string) => void): void {
  const lines = createLiveLines(out);
  const { view } = cdn;
  cdn.edge.journal.subscribe((record) => lines.write(() => exchangeText(view(record))));
}

function takeKeys(cdn: Cdn, out: (text: string) => void, end: () => void): void {
  const stop = listenToKeys(process.stdin, {
    purge: () => {
      void cdn.edge
        .purge([{ selector: { kind: 'everything' }, soft: false, siteId: undefined }])
        .then(({ sequence }) => out(purgeText({ soft: false, sequence })));
    },
    bypass: () => {
      cdn.edge.bypass = !cdn.edge.bypass;
      out(`${bypassText(cdn.edge.bypass)}\n`);
    },
    quit: () => {
      stop();
      end();
    },
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535.');
  return port;
}

function hostHeader(text: string): 'upstream' | 'viewer' {
  if (text !== 'upstream' && text !== 'viewer') throw new InvalidArgumentError('it is "upstream" or "viewer".');
  return text;
}
