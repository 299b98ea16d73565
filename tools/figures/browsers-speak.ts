import { rmSync } from 'node:fs';
import path from 'node:path';
import { playwrightCli } from '../find-browser.ts';
import { readJson, reports, root, run } from '../repository.ts';
import type { Figure, FigureResult } from './figure.ts';
import { testFigure } from './tests.ts';

const ISSUE = 'What browsers really speak: HTTPS, HTTP/2, compression';

interface Report {
  readonly stats: Readonly<Record<'expected' | 'unexpected' | 'flaky' | 'skipped', number>>;
}

/** Tests in Chromium that show a claim by passing, all of them, at the first try. */
export async function inChromium(...args: readonly string[]): Promise<FigureResult> {
  const file = path.join(reports, 'playwright.json');
  rmSync(file, { force: true });
  const config = ['--config', 'e2e/playwright.config.ts'];
  const command = ['--conditions=source', playwrightCli(), 'test', ...config, ...args];
  const { exitCode, output } = await run(process.execPath, command);
  if (exitCode !== 0) return { holds: false, measured: { exitCode, output: output.slice(-2000) } };
  const { stats } = readJson(path.relative(root, file)) as Report;
  const { expected: passed, unexpected, flaky, skipped } = stats;
  const failed = unexpected + flaky;
  return { holds: passed > 0 && failed === 0, measured: { passed, failed, skipped } };
}

export const browsersSpeak: readonly Figure[] = [
  {
    id: 'https-browser',
    issue: ISSUE,
    claim:
      'Chromium, which ignores nothing, trusts the edge after `poplet ca install` and not before: HTTP/2, a service worker, zstd or br, fonts across hosts, Secure cookies, WebSockets',
    command: 'npm run verify https-browser',
    run: () => inChromium('--project=chromium', 'https.spec'),
  },
  {
    id: 'http2-browser',
    issue: ISSUE,
    claim: 'every case of the browser suite also passes over HTTP/2',
    command: 'npm run verify http2-browser',
    run: () => inChromium('--project=chromium-http2'),
  },
  testFigure({
    id: 'http2-cases',
    issue: ISSUE,
    claim: 'every case that is not about the syntax of HTTP/1.1 holds over HTTP/2',
    files: ['packages/conformance/test/cases-http2.test.ts'],
  }),
  testFigure({
    id: 'http2-clients',
    issue: ISSUE,
    claim:
      'curl, nghttp and h2load over HTTP/2, which shares what is stored with HTTP/1.1; floods are ended, the others served on',
    files: ['packages/edge/test/http2', 'packages/edge/test/hostile/http2-requests.test.ts'],
  }),
  testFigure({
    id: 'tls-bad-input',
    issue: ISSUE,
    claim:
      'bad certificates, unknown names, TLS 1.0, garbage and floods on the TLS port: a clear refusal, and the others are served on',
    files: [
      'packages/edge/test/tls',
      'packages/certificates/test',
      'packages/cdn/test/https.test.ts',
      'apps/cli/test/https.test.ts',
    ],
  }),
  testFigure({
    id: 'codings',
    issue: ISSUE,
    claim:
      'codings of a body in every store, streamed, stored and shared between clients that want different ones: each gets the bytes that its Content-Encoding says',
    files: [
      'packages/edge/test/pipeline/codings.test.ts',
      'packages/store/test/disk/codings.test.ts',
    ],
  }),
];
