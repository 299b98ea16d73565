// HTTP/2 as other implementations speak it: curl, and nghttp2's own client and load generator.

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SELF_SIGNED } from '@poplet/conformance/self-signed';
import { createEdge, type Edge } from '../../src/index.ts';

const runProgram = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), 'poplet-http2-'));
const ca = path.join(folder, 'ca.pem');

let edge: Edge;
let url: string;
const origin = createServer((request, response) => {
  if (request.url === '/echo') {
    request.pipe(response);
    return;
  }
  if (request.url === '/hints')
    response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style' });
  response.setHeader('Cache-Control', 'max-age=60');
  response.end(request.url?.startsWith('/large') === true ? 'x'.repeat(300_000) : 'page');
});

beforeAll(async () => {
  writeFileSync(ca, SELF_SIGNED.cert);
  origin.listen(0, '127.0.0.1');
  await once(origin, 'listening');
  const { port } = origin.address() as AddressInfo;
  edge = createEdge({ sites: [{ upstream: { url: `http://127.0.0.1:${port}` } }] });
  const tls = { contextFor: () => createSecureContext(SELF_SIGNED) };
  const listening = await edge.listen({ port: 0, tls });
  url = `https://localhost:${listening.port}`;
});

afterAll(async () => {
  await edge.close();
  origin.close();
  rmSync(folder, { recursive: true });
});

/** Whether a program is on the PATH; `npm test` installs those that are not. */
function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function run(program: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await runProgram(program, args, { maxBuffer: 8 * 1024 * 1024 });
  return stdout + stderr;
}

const curl = (...args: readonly string[]): Promise<string> =>
  run('curl', '-sS', '--cacert', ca, ...args);

describe.skipIf(!isInstalled('curl'))('curl', () => {
  it('--http2 and --http1.1 share what is stored', async () => {
    const form = '%{http_version} %{response_code} %{size_download}';
    const args = ['-o', path.join(folder, 'out'), '-w', form, `${url}/shared`] as const;
    expect(await curl('--http2', ...args)).toBe('2 200 4');
    expect(await curl('--http1.1', ...args)).toBe('1.1 200 4');
    expect(await curl('--http2', ...args)).toBe('2 200 4');
    const outcomes = edge.journal.latest(3).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['miss', 'hit', 'hit']);
  });

  it('posts a large body and gets it back', async () => {
    const sent = path.join(folder, 'sent');
    const received = path.join(folder, 'received');
    writeFileSync(sent, 'abc'.repeat(1_000_000));
    await curl('--http2', '--data-binary', `@${sent}`, '-o', received, `${url}/echo`);
    expect(execFileSync('cmp', [sent, received]).toString()).toBe('');
  });

  it('hears 103 before the answer', async () => {
    const heard = await curl('--http2', '-D', '-', `${url}/hints`);
    expect(heard).toMatch(
      /^HTTP\/2 103 \r\nlink: <\/a\.css>; rel=preload; as=style\r\n\r\nHTTP\/2 200 /u,
    );
  });
});

describe.skipIf(!isInstalled('nghttp'))('nghttp', () => {
  it('gets everything of one connection, large and small', async () => {
    const urls = Array.from(
      { length: 20 },
      (_, index) => `${url}/${index % 2 ? 'large' : 'small'}?${index}`,
    );
    const heard = await run('nghttp', '--no-verify-peer', '-nv', ...urls);
    expect(heard.match(/:status: 200/gu)).toHaveLength(20);
    expect(heard).toContain('SETTINGS_ENABLE_CONNECT_PROTOCOL(0x08):1');
    expect(heard).not.toContain('RST_STREAM');
  });
});

describe.skipIf(!isInstalled('h2load'))('h2load', () => {
  it('has every request answered, many at once on several connections', async () => {
    const heard = await run(
      'h2load',
      '-n',
      '4000',
      '-c',
      '8',
      '-m',
      '64',
      `${url}/large`,
      `${url}/shared`,
    );
    expect(heard).toContain(
      '4000 total, 4000 started, 4000 done, 4000 succeeded, 0 failed, 0 errored, 0 timeout',
    );
    expect(heard).toContain('status codes: 4000 2xx, 0 3xx, 0 4xx, 0 5xx');
    expect(edge.journal.latest(4000).filter(({ complete }) => !complete)).toEqual([]);
  });
});
