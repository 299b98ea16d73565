// `poplet ./dist --profile netlify`: the project's own rules, from its own command line.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { popletToEnd, served } from './poplet.ts';

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-project-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'dist'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
}

it('serves dist with the netlify.toml beside it', async () => {
  const folder = await project({
    'package.json': '{}',
    'netlify.toml':
      '[build]\npublish = "dist"\n[[redirects]]\nfrom = "/old"\nto = "/a.css"\n[[redirects]]\nfrom = "/old"\nto = "/b"\n',
    'dist/a.css': 'css',
  });
  const run = await served(path.join(folder, 'dist'), '--profile', 'netlify');
  onTestFinished(() => void run.child.kill());
  const moved = await fetch(`${run.ready.edge}/old`, { redirect: 'manual' });
  expect(moved.status).toBe(301);
  expect(moved.headers.get('location')).toBe('/a.css');
  for (const member of ['fwd=miss', 'hit']) {
    const { headers } = await fetch(`${run.ready.edge}/a.css`);
    expect(headers.get('cache-status')).toMatch(new RegExp(`^"Netlify Edge"; ${member}, `, 'u'));
  }
  expect(run.stderr()).toContain(
    'netlify.toml:6: /old never matches: netlify.toml:3 (/old) answers first',
  );
});

it('poplet deploy starts anew, as after a build', async () => {
  const folder = await project({ 'package.json': '{}', 'dist/a.css': 'old' });
  const run = await served(path.join(folder, 'dist'), '--profile', 'vercel');
  onTestFinished(() => void run.child.kill());
  const css = async (): Promise<string> => (await fetch(`${run.ready.edge}/a.css`)).text();
  expect(await css()).toBe('old');
  await writeFile(path.join(folder, 'dist/a.css'), 'new');
  expect(await css()).toBe('old');
  const told = await popletToEnd('deploy', '--admin', run.ready.admin);
  expect(told).toMatchObject({ code: 0, stdout: expect.stringMatching(/^deployment \S+: /u) });
  expect(await css()).toBe('new');
  const json = await popletToEnd('deploy', '--json', '--admin', run.ready.admin);
  expect(JSON.parse(json.stdout)).toEqual({ deployment: expect.stringMatching(/^\S+$/u) });
});

it('says where a vercel.json is wrong, and what was expected', async () => {
  const folder = await project({
    'package.json': '{}',
    'vercel.json': '{\n  "cleanUrls": "yes"\n}\n',
    'dist/index.html': 'home',
  });
  const { code, stderr } = await popletToEnd(path.join(folder, 'dist'), '--profile', 'vercel');
  expect(code).toBe(2);
  expect(stderr).toContain('vercel.json:2: cleanUrls: expected boolean, received string');
});
