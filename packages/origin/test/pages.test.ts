import { chmod, link, symlink } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ask } from './ask.ts';
import { addFiles, serveFolder, serveSite, writeSite } from './site.ts';

const NAVIGATION = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

describe('which file a path stands for', () => {
  test('pages, folders and their URLs', async () => {
    const { url } = await serveSite({
      'index.html': 'home',
      'about.html': 'about',
      'docs/index.html': 'docs',
      'docs/intro.html': 'intro',
      'both.html': 'both as a page',
      'both/index.html': 'both as a folder',
      'empty/file.txt': 'a folder without a page',
      'with space/über uns.html': 'about us',
      notes: 'no extension',
    });
    const answers = async (target: string) => {
      const { status, text, headers } = await ask(url, target);
      return headers['location'] === undefined
        ? `${status} ${text}`
        : `${status} → ${headers['location']}`;
    };
    expect(await answers('/')).toBe('200 home');
    expect(await answers('/index.html')).toBe('200 home');
    expect(await answers('/about')).toBe('200 about');
    expect(await answers('/about.html')).toBe('200 about');
    expect(await answers('/about/')).toBe('301 → /about');
    expect(await answers('/about/?a=1')).toBe('301 → /about?a=1');
    expect(await answers('/docs')).toBe('301 → /docs/');
    expect(await answers('/docs?a=1&b=//c')).toBe('301 → /docs/?a=1&b=//c');
    expect(await answers('/docs/')).toBe('200 docs');
    expect(await answers('/docs/intro')).toBe('200 intro');
    expect(await answers('/both')).toBe('200 both as a page');
    expect(await answers('/both/')).toBe('200 both as a folder');
    expect(await answers('/notes')).toBe('200 no extension');
    expect(await answers('/with%20space/%C3%BCber%20uns')).toBe('200 about us');
    expect(await answers('/with%20space/%C3%BCber%20uns/')).toBe(
      '301 → /with%20space/%C3%BCber%20uns',
    );
    expect((await ask(url, '/empty')).status).toBe(404);
    expect((await ask(url, '/empty/')).status).toBe(404);
    expect((await ask(url, '/about.htm')).status).toBe(404);
    expect((await ask(url, '/notes/x')).status).toBe(404);
  });

  test('cleanUrls can be off', async () => {
    const { url } = await serveSite({ 'about.html': 'about' }, { cleanUrls: false });
    expect((await ask(url, '/about')).status).toBe(404);
    expect((await ask(url, '/about/')).status).toBe(404);
    expect((await ask(url, '/about.html')).text).toBe('about');
  });

  test('names with characters that URLs or patterns give a meaning', async () => {
    const { url } = await serveSite({
      'a#b.txt': 'hash',
      'a?b.txt': 'mark',
      'a%b.txt': 'percent',
      'a+b&c.txt': 'plus',
      '[id].js': 'brackets',
    });
    expect((await ask(url, '/a%23b.txt')).text).toBe('hash');
    expect((await ask(url, '/a%3Fb.txt')).text).toBe('mark');
    expect((await ask(url, '/a%25b.txt')).text).toBe('percent');
    expect((await ask(url, '/a+b&c.txt')).text).toBe('plus');
    expect((await ask(url, '/%5Bid%5D.js')).text).toBe('brackets');
    expect((await ask(url, '/[id].js')).text).toBe('brackets');
  });

  test('a long name', async () => {
    const name = `${'n'.repeat(240)}.txt`;
    const { url } = await serveSite({ [name]: 'long' });
    expect((await ask(url, `/${name}`)).text).toBe('long');
    expect((await ask(url, `/${'n'.repeat(5000)}`)).status).toBe(404);
  });

  test('only GET and HEAD', async () => {
    const { url } = await serveSite({ 'index.html': 'home' });
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PURGE']) {
      const { status, headers } = await ask(url, '/', { method });
      expect([method, status, headers['allow']]).toEqual([method, 405, 'GET, HEAD']);
    }
  });
});

describe('what is never served', () => {
  test('dotfiles and files that configure a host; .well-known is', async () => {
    const { url } = await serveSite({
      '.env': 'SECRET=1',
      '.git/config': 'secret',
      'a/.htpasswd': 'secret',
      '.well-known/security.txt': 'Contact: x',
      '.well-known/.secret': 'secret',
      'a/.well-known/x.txt': 'secret',
      _headers: '/*\n  X-A: b\n',
      _redirects: '/a /b',
      '_worker.js': 'secret',
      'netlify.toml': 'secret',
      'vercel.json': '{}',
      'docs/_headers': 'about the file',
    });
    const status = async (target: string) => (await ask(url, target)).status;
    expect(await status('/.env')).toBe(404);
    expect(await status('/.git/config')).toBe(404);
    expect(await status('/a/.htpasswd')).toBe(404);
    expect(await status('/%2eenv')).toBe(404);
    expect(await status('/.well-known/.secret')).toBe(404);
    expect(await status('/a/.well-known/x.txt')).toBe(404);
    expect(await status('/_headers')).toBe(404);
    expect(await status('/_Headers')).toBe(404);
    expect(await status('/_redirects')).toBe(404);
    expect(await status('/_worker.js')).toBe(404);
    expect(await status('/netlify.toml')).toBe(404);
    expect(await status('/vercel.json')).toBe(404);
    expect(await status('/.well-known/security.txt')).toBe(200);
    expect(await status('/docs/_headers')).toBe(200);
  });

  test('nothing outside the folder, by path or by link', async () => {
    const outside = await writeSite({ 'secret.txt': 'secret', 'sub/page.html': 'secret' });
    const folder = await writeSite({
      'index.html': 'home',
      'real.txt': 'real',
      '.env': 'SECRET=1',
    });
    await symlink(path.join(outside, 'secret.txt'), path.join(folder, 'file-link.txt'));
    await symlink(path.join(outside, 'sub'), path.join(folder, 'folder-link'));
    await symlink('.env', path.join(folder, 'env.txt'));
    await symlink('real.txt', path.join(folder, 'inside.txt'));
    await symlink('loop', path.join(folder, 'loop'));
    await symlink(path.join(outside, 'secret.txt'), path.join(folder, 'real.txt.br'));
    const { url } = await serveFolder(folder);
    const name = path.basename(outside);
    for (const target of [
      `/../${name}/secret.txt`,
      `/%2e%2e/${name}/secret.txt`,
      `/..%2f${name}%2fsecret.txt`,
      `/a/../../${name}/secret.txt`,
      String.raw`/..\${name}\secret.txt`,
      path.join(outside, 'secret.txt'),
      '/file-link.txt',
      '/folder-link/page.html',
      '/folder-link/page',
      '/env.txt',
      '/loop',
    ]) {
      const { status, text } = await ask(url, target);
      expect([target, status]).toEqual([target, 404]);
      expect(text).not.toContain('secret\n');
    }
    expect((await ask(url, '/inside.txt')).text).toBe('real');
    const coded = await ask(url, '/real.txt', { headers: { 'accept-encoding': 'br' } });
    expect(coded.text).toBe('real');
  });

  // Root may read anything.
  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const folder = await writeSite({ 'index.html': 'home', 'private.txt': 'x' });
    await chmod(path.join(folder, 'private.txt'), 0);
    const { url } = await serveFolder(folder);
    expect((await ask(url, '/private.txt')).status).toBe(403);
  });

  test.skipIf(process.getuid?.() === 0)('a folder that may not be read', async () => {
    const folder = await writeSite({ 'index.html': 'home' });
    await chmod(folder, 0o111);
    const { origin } = await serveFolder(folder);
    await chmod(folder, 0o755);
    expect(origin.warnings).toEqual([expect.stringMatching(/ cannot be read: EACCES/u)]);
  });

  test('a hard link is a file like any other', async () => {
    const folder = await writeSite({ 'a.txt': 'a' });
    await link(path.join(folder, 'a.txt'), path.join(folder, 'b.txt'));
    const { url } = await serveFolder(folder);
    expect((await ask(url, '/b.txt')).text).toBe('a');
  });
});

describe('what is missing', () => {
  test('404.html of the nearest folder, with its status and body', async () => {
    const { url } = await serveSite({
      '404.html': 'nothing here',
      'docs/404.html': 'no such chapter',
      'docs/index.html': 'docs',
    });
    const root = await ask(url, '/nope');
    expect([root.status, root.text]).toEqual([404, 'nothing here']);
    expect(root.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(root.headers['content-length']).toBe('12');
    // No validators: a "not found" is not confirmed, it is looked up again.
    expect(root.headers['etag']).toBeUndefined();
    expect((await ask(url, '/docs/a/b/c')).text).toBe('no such chapter');
    expect((await ask(url, '/img/nope.png')).text).toBe('nothing here');
    const page = await ask(url, '/404.html');
    expect([page.status, page.text]).toEqual([200, 'nothing here']);
    const head = await ask(url, '/nope', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.text]).toEqual([404, '12', '']);
    const conditional = await ask(url, '/nope', {
      headers: { 'if-none-match': '*', range: 'bytes=0-1' },
    });
    expect([conditional.status, conditional.text]).toEqual([404, 'nothing here']);
  });

  test('plain text without such a page, or when it is off', async () => {
    const bare = await serveSite({ 'index.html': 'home' });
    expect((await ask(bare.url, '/nope')).text).toBe(
      '404: nothing in the folder answers to /nope\n',
    );
    const off = await serveSite({ '404.html': 'page' }, { notFoundPage: false });
    expect((await ask(off.url, '/nope')).headers['content-type']).toBe('text/plain; charset=utf-8');
    const named = await serveSite(
      { 'errors/missing.html': 'mine' },
      { notFoundPage: 'errors/missing.html' },
    );
    expect((await ask(named.url, '/nope')).text).toBe('mine');
  });

  test('no lifetime from the rules of what is missing', async () => {
    const { url } = await serveSite({
      _headers:
        '/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n  X-Frame-Options: DENY\n',
      'assets/a.js': 'a',
    });
    const { status, headers } = await ask(url, '/assets/gone.js');
    expect([status, headers['cache-control']]).toEqual([404, 'public, max-age=0, must-revalidate']);
    expect((await ask(url, '/assets/a.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
  });
});

describe('spaFallback', () => {
  const files = { 'index.html': 'app', '404.html': 'nothing', 'assets/app.js': 'code' };

  test('off by default', async () => {
    const { url } = await serveSite(files);
    const { status, headers } = await ask(url, '/users/1', NAVIGATION);
    expect([status, headers['vary']]).toEqual([404, undefined]);
  });

  test('answers navigations, and only those', async () => {
    const { url } = await serveSite(files, { spaFallback: true });
    const page = await ask(url, '/users/1', NAVIGATION);
    expect([page.status, page.text, page.headers['vary']]).toEqual([200, 'app', 'Accept']);
    // A script's request for the same URL gets another answer, hence Vary on both.
    const script = await ask(url, '/users/1', { headers: { accept: '*/*' } });
    expect([script.status, script.text, script.headers['vary']]).toEqual([
      404,
      'nothing',
      'Accept',
    ]);
    expect((await ask(url, '/users/1')).status).toBe(404);
    expect((await ask(url, '/users/1', { headers: { accept: 'text/html;q=0' } })).status).toBe(404);
    // Mistake 12: never HTML in the place of a script.
    const asset = await ask(url, '/assets/app-gone.js', NAVIGATION);
    expect([asset.status, asset.headers['vary']]).toEqual([404, undefined]);
    expect((await ask(url, '/users/1.json', NAVIGATION)).status).toBe(404);
    expect((await ask(url, '/', NAVIGATION)).headers['vary']).toBeUndefined();
  });

  test('a file of another name, validated like any page', async () => {
    const { url } = await serveSite(
      { ...files, 'shell.html': 'shell' },
      { spaFallback: 'shell.html' },
    );
    const page = await ask(url, '/users/1', NAVIGATION);
    expect(page.text).toBe('shell');
    const again = await ask(url, '/users/1', {
      headers: { ...NAVIGATION.headers, 'if-none-match': page.headers['etag'] ?? '' },
    });
    expect([again.status, again.headers['vary']]).toEqual([304, 'Accept']);
  });
});

test('a file added later is found', async () => {
  const { url, folder } = await serveSite({ 'index.html': 'home' });
  expect((await ask(url, '/new')).status).toBe(404);
  await addFiles(folder, { 'new.html': 'new' });
  expect((await ask(url, '/new')).text).toBe('new');
});
