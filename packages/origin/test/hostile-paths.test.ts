// Whatever bytes a client sends for a path, nothing outside the folder and nothing hidden in it comes back.

import { link, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { FileBusyError, FileVersions } from '../src/file-version.ts';
import { ask } from './ask.ts';
import { serveFolder, writeSite } from './site.ts';

const SECRET = 'root:x:0:0';

/** A site, and beside it what must not come out. */
async function serveBesideSecrets(): Promise<{ readonly url: string; readonly port: number }> {
  const above = await writeSite({
    'secret.txt': SECRET,
    'site-secrets/secret.txt': SECRET,
    'site/index.html': 'home',
    'site/404.html': 'nothing here',
    'site/a/b.txt': 'b',
    'site/empty/.keep': SECRET,
    'site/.env': SECRET,
    'site/.git/config': SECRET,
    'site/a/.htpasswd': SECRET,
    'site/.well-known/.secret': SECRET,
    'site/.well-known/security.txt': 'Contact: x',
    'site/_headers': `/*\n  X-Secret: ${SECRET}\n`,
    'site/poplet.config.ts': SECRET,
  });
  await symlink(path.join(above, 'secret.txt'), path.join(above, 'site/a/link.txt'));
  await symlink(above, path.join(above, 'site/up'));
  await symlink('/', path.join(above, 'site/root'));
  await symlink('../..', path.join(above, 'site/a/above'));
  await symlink('.env', path.join(above, 'site/visible.txt'));
  await symlink('.git', path.join(above, 'site/git'));
  return serveFolder(path.join(above, 'site'));
}

/** The whole answer to a request line, as bytes. */
async function answerTo(port: number, target: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 'latin1');
  return (await buffer(socket)).toString('latin1');
}

const DOTS = [
  '..',
  '%2e%2e',
  '%2E.',
  '.%2e',
  '%252e%252e',
  '%c0%ae%c0%ae',
  '%uff0e%uff0e',
  '..;',
  '..%00',
  '..%20',
  '.. ',
  '...',
  '....',
  '%2e%2e%2f..',
  '\\..',
  '..%ef%bc%8f..',
];
const SLASHES = [
  '/',
  '%2f',
  '%2F',
  '\\',
  '%5c',
  '%5C',
  '%252f',
  '%255c',
  '//',
  '/./',
  '%c0%af',
  '%u2215',
];
const UPWARDS = DOTS.flatMap((dots) =>
  SLASHES.flatMap((slash) => [
    `/${dots}${slash}secret.txt`,
    `/a${slash}${dots}${slash}${dots}${slash}secret.txt`,
    `/${dots}${slash}site-secrets${slash}secret.txt`,
  ]),
);

const ELSEWHERE = [
  '/etc/passwd',
  '//etc/passwd',
  '///etc/passwd',
  '/%2fetc%2fpasswd',
  '/file:///etc/passwd',
  'file:///etc/passwd',
  'http://a/../secret.txt',
  'http://a/%2e%2e/secret.txt',
  'http://a\\..\\secret.txt',
  'http:/../secret.txt',
  '../secret.txt',
  '/C:/secret.txt',
  '/C:%5Csecret.txt',
  '/~root',
  '/proc/self/environ',
  '/a/link.txt',
  '/a/above/secret.txt',
  '/up/secret.txt',
  '/up/site/.env',
  '/up/site-secrets/secret.txt',
  '/root/etc/passwd',
  '/visible.txt',
  '/git/config',
  '/site-secrets/secret.txt',
  '/../site-secrets/secret.txt',
];

const HIDDEN = [
  '/.env',
  '/%2eenv',
  '/.ENV',
  '/.env/',
  '/.env%00',
  '/.env%20',
  '/.env.',
  '/.env;x',
  '/.env?',
  '/.git/config',
  '/.git%2fconfig',
  '/.git/',
  '/a/.htpasswd',
  '/a/%2ehtpasswd',
  '/empty/.keep',
  '/.well-known/.secret',
  '/.well-known/../.env',
  '/.well-known/%2e%2e/.env',
  '/_headers',
  '/_headers/',
  '/_HEADERS',
  '/%5fheaders',
  '/poplet.config.ts',
];

/** What would list a folder elsewhere. */
const FOLDERS = ['/a/', '/empty/', '/a', '/empty', '/.well-known/', '/.well-known', '/a/?C=M;O=A'];

/** Bytes that no path has, and paths of every length. */
const ODD = [
  '/a%00.txt',
  '/a/b.txt%00.html',
  '/a/b.txt%0a',
  '/%',
  '/%2',
  '/%zz',
  '/%ff',
  '/%f0%28%8c%28',
  `/${'a'.repeat(5000)}`,
  `/${'a/'.repeat(4000)}`,
  `/${'../'.repeat(4000)}secret.txt`,
  `/${'%2e%2e/'.repeat(1000)}secret.txt`,
  '/CON',
  '/aux.txt',
  '/a/b.txt::$DATA',
  '/a/b.txt.',
  '/A/B.TXT',
];

describe.each([
  { what: 'upwards', targets: UPWARDS },
  { what: 'elsewhere, and by links', targets: ELSEWHERE },
  { what: 'to what is hidden', targets: HIDDEN },
  { what: 'to a listing', targets: FOLDERS },
  { what: 'through odd bytes', targets: ODD },
])('no path leads $what', ({ targets }) => {
  test(`${targets.length} of them`, async () => {
    const { port } = await serveBesideSecrets();
    for (const target of targets) {
      const answer = await answerTo(port, target);
      // The folder's own 404, a 400 for what is no path, or a redirect to where the name really is.
      expect([target, answer.split('\r\n', 1)[0]]).toEqual([
        target,
        expect.stringMatching(/^HTTP\/1\.1 (?:400|404)\b/u),
      ]);
      const content = answer.slice(answer.indexOf('\r\n\r\n'));
      expect([target, content]).toEqual([target, expect.not.stringContaining(SECRET)]);
      expect([target, content]).toEqual([target, expect.not.stringMatching(/b\.txt|\.keep/u)]);
    }
    expect(await answerTo(port, '/.well-known/security.txt')).toContain('Contact: x');
    expect(await answerTo(port, '/a/b.txt')).toMatch(/^HTTP\/1\.1 200 [^]*\r\n\r\nb$/u);
  });
});

describe('a path that is swapped after it was vetted', () => {
  test('the file is a link by now', async () => {
    const folder = await writeSite({ 'secret.txt': SECRET });
    await symlink('secret.txt', path.join(folder, 'page.txt'));
    await expect(new FileVersions().open(path.join(folder, 'page.txt'))).rejects.toMatchObject({
      code: 'ELOOP',
    });
  });

  test('a folder above it is a link by now', async () => {
    const folder = await writeSite({ 'outside/page.txt': SECRET });
    await symlink('outside', path.join(folder, 'inside'));
    const opened = new FileVersions().open(path.join(folder, 'inside/page.txt'));
    await expect(opened).rejects.toThrow(FileBusyError);
  });

  test('while it is asked for, again and again', async () => {
    const above = await writeSite({ 'outside/page.txt': SECRET, 'site/docs/page.txt': 'page' });
    const { url } = await serveFolder(path.join(above, 'site'));
    const docs = path.join(above, 'site/docs');
    await symlink('../outside', path.join(above, 'site/link'));
    const over = new AbortController();
    const swapping = (async () => {
      while (!over.signal.aborted) {
        await rename(docs, path.join(above, 'site/kept'));
        await rename(path.join(above, 'site/link'), docs);
        await rename(docs, path.join(above, 'site/link'));
        await rename(path.join(above, 'site/kept'), docs);
      }
    })();
    const seen = new Set<string>();
    for (let turn = 0; turn < 300; turn += 1) {
      const { status, text } = await ask(url, '/docs/page.txt');
      seen.add(status === 200 ? text : String(status));
    }
    over.abort();
    await swapping;
    expect([...seen]).toEqual(expect.not.arrayContaining([SECRET]));
    for (const one of seen) expect(['page', '404', '503']).toContain(one);
    expect((await ask(url, '/docs/page.txt')).text).toBe('page');
  });

  test('a hard link is a file of the folder, wherever its other names are', async () => {
    const above = await writeSite({ 'outside.txt': 'shared', 'site/index.html': 'home' });
    await link(path.join(above, 'outside.txt'), path.join(above, 'site/page.txt'));
    const { url } = await serveFolder(path.join(above, 'site'));
    expect((await ask(url, '/page.txt')).text).toBe('shared');
  });

  test('the folder itself is a link: what it leads to is served', async () => {
    const above = await writeSite({
      'build-1/index.html': 'first',
      'build-2/index.html': 'second',
    });
    await symlink('build-1', path.join(above, 'site'));
    const { url } = await serveFolder(path.join(above, 'site'));
    expect((await ask(url, '/')).text).toBe('first');
    await symlink('build-2', path.join(above, 'next'));
    await rename(path.join(above, 'next'), path.join(above, 'site'));
    expect((await ask(url, '/')).text).toBe('second');
    await mkdir(path.join(above, 'build-2/new'));
    await writeFile(path.join(above, 'build-2/new/a.txt'), 'a');
    expect((await ask(url, '/new/a.txt')).text).toBe('a');
  });
});
