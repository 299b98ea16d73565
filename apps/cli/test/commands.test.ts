// What is typed wrong, and what commands say about themselves.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, it, onTestFinished, vi } from 'vitest';

import { popletToEnd } from './poplet.ts';

// Each starts a process or several, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

it.each([
  [
    ['purg', '/x'],
    'there is neither a folder nor a command "purg"',
    'did you mean "poplet purge"?',
  ],
  [
    ['purg', '--prefix', '/x'],
    'there is neither a folder nor a command "purg"',
    'did you mean "poplet purge"?',
  ],
  [
    ['clock', 'advnace', '2m'],
    'there is no command "poplet clock advnace"',
    'did you mean "poplet clock advance"?',
  ],
  [
    ['clock', 'tomorrow'],
    'there is no command "poplet clock tomorrow"',
    'poplet clock --help shows its commands',
  ],
  [['ca', 'instal'], 'there is no command "poplet ca instal"', 'did you mean "poplet ca install"?'],
  [['purge', '--tga', 'x'], "unknown option '--tga'", 'did you mean --tag?'],
  [
    ['--port', 'eighty'],
    "option '--port <port>' argument 'eighty' is invalid: a port is a number from 0 to 65535",
    'poplet --help shows what there is',
  ],
  [['explain'], "missing required argument 'url'", 'poplet explain --help shows what there is'],
  [
    ['ca', 'install', '--only', 'me'],
    "option '--only <stores>' argument 'me' is invalid: Allowed choices are system, browsers",
    'poplet ca install --help shows what there is',
  ],
  [
    ['./a', './b'],
    'too many arguments: expected 1 argument but got 2: ./a, ./b',
    'poplet --help shows what there is',
  ],
] as const)('%j is refused in one style, with a way out', async (args, what, hint) => {
  expect(await popletToEnd(...args)).toEqual({
    code: 2,
    stdout: '',
    stderr: `error ${what}\n hint ${hint}\n`,
  });
});

it('a folder that is called nearly like a command is a folder', async () => {
  const parent = await mkdtemp(path.join(tmpdir(), 'poplet-commands-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  await mkdir(path.join(parent, 'purg'));
  const before = process.cwd();
  process.chdir(parent);
  const { stderr } = await popletToEnd('purg', '--profile', 'none').finally(() =>
    process.chdir(before),
  );
  expect(stderr).toContain('there is no profile "none"');
});

it.each([
  [['help'], /^Usage: poplet <folder \| URL> \[options\]\n/u],
  [['help', 'purge'], /^Usage: poplet purge \[options\] \[urls\.\.\.\]\n/u],
  [['clock', 'help', 'advance'], /^Usage: poplet clock advance \[options\] <duration>\n/u],
  [['ca', 'help'], /^Usage: poplet ca \[options\] \[command\]\n/u],
] as const)('%j helps', async (args, usage) => {
  const { code, stdout, stderr } = await popletToEnd(...args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(usage);
});

it('profiles are listed for people and for programs', async () => {
  expect((await popletToEnd('profiles')).stdout).toMatch(
    /^rfc9111 +the HTTP caching.*\ncloudflare +Cloudflare: .*\nfastly +Fastly: /u,
  );
  const { stdout } = await popletToEnd('profiles', '--json');
  expect(JSON.parse(stdout)).toEqual({
    profiles: expect.arrayContaining([
      { name: 'rfc9111', summary: expect.stringContaining('every MUST'), options: [] },
      {
        name: 'cloudfront-caching-disabled',
        summary: expect.stringContaining('CachingDisabled'),
        options: expect.arrayContaining([
          {
            name: 'min-ttl',
            summary: expect.stringContaining('the least lifetime'),
            standard: '0',
            values: { kind: 'seconds' },
          },
        ]),
      },
    ]),
  });
});

it('a profile alone is listed with what can be set of it', async () => {
  const { code, stdout } = await popletToEnd('profiles', 'cloudflare');
  expect(code).toBe(0);
  const [head, ...options] = stdout.trimEnd().split('\n\n');
  expect(head).toBe(
    'cloudflare  Cloudflare: a Free, Pro or Business zone as it is when nobody changed it',
  );
  expect(options).toContain('To be set as in --profile cloudflare:no-cache=validated');
  // Values of either kind, with and without a doubt.
  expect(options).toContain(`  no-cache
    what a response with no-cache is
    refused|validated; else refused
    not sure: of Cloudflare’s own pages one says BYPASS, and another that it is stored and
    revalidated`);
  expect(options).toContain(`  browser-ttl
    Browser Cache TTL: the least max-age of what is cached, for browsers; 0: existing headers
    are respected
    <seconds>; else 0
    not sure: people remember 4 hours as what a new zone has, and no page that was read says so`);
  expect(options).toContain(`  origin-cache-control
    Origin Cache Control, which Enterprise zones may switch off
    on|off; else on`);
  expect((await popletToEnd('profiles', 'rfc9111')).stdout).toMatch(
    /\n\nNothing of it can be set\.\n$/u,
  );
  expect((await popletToEnd('profiles', 'cloudflair')).stderr).toContain(
    'did you mean "cloudflare"?',
  );
});
