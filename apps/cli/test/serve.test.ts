import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';

import { poplet, popletToEnd, served, watched, type Run } from './poplet.ts';

// Each starts a process or several, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
const runs: Run[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'poplet-cli-'));
  await writeFile(path.join(folder, 'index.html'), '<h1>harbour</h1>');
  await writeFile(path.join(folder, 'menu.json'), '{"soup":9}');
  await writeFile(path.join(folder, '_headers'), '/menu.json\n  Cache-Control: max-age=60\n');
});

afterEach(async () => {
  for (const { child, ended } of runs.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await rm(folder, { recursive: true });
});

async function serve(source: string, ...options: readonly string[]): ReturnType<typeof served> {
  const run = await served(source, ...options);
  runs.push(run);
  return run;
}

describe('poplet <folder>', () => {
  it('says where it is in one JSON object, then one per exchange', async () => {
    const run = await serve(folder);
    expect(run.ready).toEqual({
      event: 'ready',
      edge: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      admin: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      profile: 'rfc9111',
    });
    expect(await (await fetch(`${run.ready.edge}/menu.json`)).text()).toBe('{"soup":9}');
    expect(await (await fetch(`${run.ready.edge}/menu.json`)).text()).toBe('{"soup":9}');
    await run.until(/"hit"/);
    const exchanges = run
      .stdout()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(exchanges.map(({ event, outcome }) => [event, outcome])).toEqual([
      ['exchange', 'miss'],
      ['exchange', 'hit'],
    ]);
    expect(exchanges[0]?.['reasons']).toEqual([
      {
        code: 'nothing-stored',
        spec: 'RFC 9111 §4',
        text: 'nothing is stored for this URL',
        values: {},
      },
      {
        code: 'stored',
        spec: 'RFC 9111 §3',
        text: 'stored for 60 s (max-age)',
        values: { lifetimeSeconds: 60, source: 'max-age' },
      },
      {
        code: 'not-coded-too-small',
        spec: 'Poplet',
        text: 'not compressed: 10 bytes are too few to be worth it (1024 are the least)',
        values: { bytes: 10, minBytes: 1024 },
      },
    ]);
  });

  it('says the ready object only when it is to be quiet', async () => {
    const run = await serve(folder, '--quiet');
    await (await fetch(run.ready.edge)).text();
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    expect(run.stdout().trim().split('\n')).toHaveLength(1);
  });

  it('keeps on disk what it is told to, and says how much is there', async () => {
    const parent = await mkdtemp(path.join(tmpdir(), 'poplet-cli-store-'));
    const store = `disk:${path.join(parent, 'store')}`;
    const before = await serve(folder, '--store', store, '--store-size', '1GiB');
    expect(before.ready).toMatchObject({ store: { kind: 'disk', entries: 0 } });
    await (await fetch(`${before.ready.edge}/menu.json`)).text();
    await before.until(/"miss"/);
    before.child.kill('SIGTERM');
    expect(await before.ended).toBe(0);
    const after = poplet(folder, '--port', '0', '--admin-port', '0', '--store', store);
    runs.push(after);
    await after.until(/\n/);
    expect(after.stdout()).toContain('1 stored on disk');
    after.child.kill('SIGTERM');
    await after.ended;
    await rm(parent, { recursive: true, force: true });
  });

  it('shows a line per request with the reason in words', async () => {
    const run = poplet(folder, '--port', '0', '--admin-port', '0');
    runs.push(run);
    await run.until(/\n/);
    const url = /http:\/\/\S+/.exec(run.stdout())?.[0] as string;
    expect(run.stdout()).toContain('CACHING');
    await (await fetch(`${url}/menu.json`)).text();
    await run.until(/menu\.json/);
    expect(run.stdout()).toMatch(
      /200 GET {2}MISS +\S+ ms {2}\/menu\.json nothing is stored for this URL → stored for 60 s \(max-age\)/,
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends cleanly on %s, with a client still connected',
    async (signal) => {
      const run = await serve(folder);
      await fetch(run.ready.edge);
      run.child.kill(signal);
      expect(await run.ended).toBe(0);
      expect(run.stderr()).toBe('');
    },
  );

  it('obeys a running edge: purge a path, move the clock', async () => {
    const run = await serve(folder);
    const { ready } = run;
    const outcomeOf = async (): Promise<string | null> => {
      const response = await fetch(`${ready.edge}/menu.json`);
      await response.text();
      return response.headers.get('cache-status');
    };
    expect(await outcomeOf()).toContain('fwd=uri-miss');
    expect(await outcomeOf()).toContain('poplet;hit');
    const purge = await popletToEnd('purge', '/menu.json', '--admin', ready.admin);
    expect(purge).toEqual({
      code: 0,
      stderr: '',
      stdout: 'purged (purge 1): the next requests fetch anew\n',
    });
    expect(await outcomeOf()).toContain('fwd=uri-miss');
    const clock = await popletToEnd('clock', 'advance', '2m', '--admin', ready.admin);
    expect(clock.stdout).toMatch(/running, 2 minutes ahead of real time\n$/);
    expect(await outcomeOf()).toContain('fwd-status=304');
    const json = await popletToEnd('clock', 'freeze', '--json', '--admin', ready.admin);
    expect(JSON.parse(json.stdout)).toMatchObject({ frozen: true, offsetMs: expect.any(Number) });
    const deploy = await popletToEnd('deploy', '--json', '--admin', ready.admin);
    const { deployment } = JSON.parse(deploy.stdout) as { deployment: string };
    expect(deployment).toMatch(/^\w+-1$/);
    // Whoever watches the edge sees what was done to it.
    const orders = run
      .stdout()
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as Record<string, unknown>)
      .filter(({ event }) => event !== 'ready' && event !== 'exchange');
    expect(orders).toMatchObject([
      {
        event: 'purge',
        sequence: 1,
        purges: expect.arrayContaining([
          { selector: { kind: 'url', url: `${ready.edge}/menu.json` }, soft: false },
        ]),
      },
      { event: 'clock', frozen: false, now: expect.any(String) },
      { event: 'clock', frozen: true },
      { event: 'deployment', deployment },
    ]);
  });

  it('shows in the terminal what another one orders', async () => {
    const run = poplet(folder, '--port', '0', '--admin-port', '0');
    runs.push(run);
    await run.until(/admin \S+/);
    expect(run.stdout()).not.toContain('made stale');
    const admin = /admin (?<url>http:\S+)/.exec(run.stdout())?.groups?.['url'] as string;
    await popletToEnd('purge', '/menu.json', '/a.js', '--soft', '--admin', admin);
    await run.until(
      /made stale .*\/menu\.json, .* and \d+ more \(purge 1\): the next requests rev/,
    );
    await popletToEnd('clock', 'set', '2020-01-01T00:00:00Z', '--admin', admin);
    await run.until(
      /\nclock 2020-01-01T00:00:0\d\.\d+Z {2}running, about \d+ years .*behind real time\n/,
    );
  });

  it('says at the end how many lines were left out', async () => {
    const run = poplet(folder, '--port', '0', '--admin-port', '0');
    runs.push(run);
    await run.until(/\n/);
    const url = /http:\/\/\S+/.exec(run.stdout())?.[0] as string;
    const answers = Array.from({ length: 300 }, async () => (await fetch(url)).text());
    await Promise.all(answers);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
    const shown = run.stdout().match(/^200 GET/gm)?.length ?? 0;
    const leftOut = [...run.stdout().matchAll(/^… (\d+) lines left out$/gm)];
    expect(leftOut.reduce((sum, [, count]) => sum + Number(count), shown)).toBe(300);
  });

  it('reads a configuration file, and the command line wins over it', async () => {
    const file = path.join(folder, 'poplet.config.mjs');
    await writeFile(
      file,
      `export default { sites: [{ source: ${JSON.stringify(folder)}, headers: [{ for: '/*', set: { 'x-site': 'yes' } }] }], adminPort: 1 };`,
    );
    const run = poplet('--config', file, '--port', '0', '--admin-port', '0', '--json');
    runs.push(run);
    await run.until(/\n/);
    const { edge } = JSON.parse(run.stdout().split('\n')[0] as string) as { readonly edge: string };
    expect((await fetch(edge)).headers.get('x-site')).toBe('yes');
  });
});

describe('what cannot be served', () => {
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    return port;
  };

  it('a missing folder', async () => {
    expect(await popletToEnd('./no-such-folder')).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error there is no folder ./no-such-folder\n hint build the site first, or give the address of a server: http://localhost:5173\n',
    });
  });

  it('a port in use', async () => {
    const { ready } = await serve(folder);
    const { port } = new URL(ready.edge);
    const { code, stderr } = await popletToEnd(folder, '--port', port, '--admin-port', '0');
    expect(code).toBe(2);
    expect(stderr).toContain(port);
    expect(stderr).toMatch(/\n hint .*--port/);
  });

  it('an upstream that is down', async () => {
    const port = await freePort();
    expect(
      await popletToEnd(`http://127.0.0.1:${port}`, '--port', '0', '--admin-port', '0'),
    ).toEqual({
      code: 3,
      stdout: '',
      stderr: `error nothing listens at http://127.0.0.1:${port}\n hint start that server first, or check its address\n`,
    });
  });

  it.each([
    { args: ['--port', 'eighty'], says: 'a port is a number from 0 to 65535' },
    { args: ['--prot', '80'], says: 'did you mean --port?' },
    { args: ['--profile', 'rfc911'], says: 'did you mean "rfc9111"?' },
    {
      args: ['--config', './no-such.config.ts'],
      says: 'there is no configuration file ./no-such.config.ts',
    },
  ])('$args', async ({ args, says }) => {
    const { code, stderr } = await popletToEnd(folder, '--port', '0', '--admin-port', '0', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });

  it('nothing at all', async () => {
    const { code, stderr } = await popletToEnd();
    expect(code).toBe(2);
    expect(stderr).toContain('poplet ./dist serves a folder');
  });
});

describe('npm run poplet', () => {
  it('serves a folder as one names it from where one is, and ends with npm', async () => {
    const root = path.join(import.meta.dirname, '..', '..', '..');
    const npm = spawn(
      'npm',
      [
        'run',
        '--silent',
        '--prefix',
        root,
        'poplet',
        '--',
        '.',
        '--port',
        '0',
        '--admin-port',
        '0',
      ],
      // A group of its own, so that none of it is left behind.
      { cwd: folder, env: { ...process.env, NO_COLOR: '1' }, detached: true },
    );
    onTestFinished(() => {
      try {
        process.kill(-(npm.pid ?? 0), 'SIGKILL');
      } catch {
        // It has ended.
      }
    });
    const run = watched(npm);
    await run.until(/CACHING/);
    const [url = ''] = /http:\S+/u.exec(run.stdout()) ?? [];
    expect(await (await fetch(`${url}/menu.json`)).text()).toBe('{"soup":9}');
    npm.kill('SIGTERM');
    // Its output ends when all that wrote to it have ended.
    await run.ended;
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });
});

describe('who may control it', () => {
  it('is everybody on this machine for PURGE, once that is turned on', async () => {
    const { ready } = await serve(folder, '--purge-method');
    await (await fetch(`${ready.edge}/menu.json`)).text();
    const answer = await fetch(`${ready.edge}/menu.json`, {
      method: 'PURGE',
      headers: { 'Sec-Fetch-Site': 'none' },
    });
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', sequence: 1 }]);
  });

  it('is nobody for PURGE otherwise', async () => {
    const { ready } = await serve(folder);
    const answer = await fetch(`${ready.edge}/menu.json`, { method: 'PURGE' });
    expect(answer.status).toBe(405);
    expect(await answer.text()).toContain('--purge-method');
  });

  it('is nobody where the admin API would be open to other machines', async () => {
    const { code, stderr } = await popletToEnd(folder, '--port', '0', '--admin-host', '0.0.0.0');
    expect(code).toBe(2);
    expect(stderr).toContain('the admin API would be open to all on 0.0.0.0');
  });

  it('is who brings the token that the environment names, which is written nowhere', async () => {
    process.env['POPLET_TOKEN'] = 'sesame-open';
    try {
      const run = await serve(folder, '--admin-host', '0.0.0.0');
      const health = `${run.ready.admin}/poplet/v1/health`;
      expect((await fetch(health)).status).toBe(401);
      const right = { authorization: 'Bearer sesame-open' };
      expect((await fetch(health, { headers: right })).status).toBe(200);
      // The commands read it from there, too.
      const { code } = await popletToEnd('purge', '/menu.json', '--admin', run.ready.admin);
      expect(code).toBe(0);
      const wrong = await popletToEnd('clock', '--token', 'no', '--admin', run.ready.admin);
      expect([wrong.code, wrong.stderr]).toEqual([
        2,
        'error the token is not that of the running edge\n hint it must be the POPLET_TOKEN that the edge was started with; --token wins over the environment\n',
      ]);
      delete process.env['POPLET_TOKEN'];
      const none = await popletToEnd('clock', '--admin', run.ready.admin);
      expect([none.code, none.stderr]).toEqual([
        2,
        'error the running edge asks for its token\n hint it is the POPLET_TOKEN that the edge was started with: set that here, too, or give --token\n',
      ]);
      expect(run.stdout() + run.stderr()).not.toContain('sesame');
    } finally {
      delete process.env['POPLET_TOKEN'];
    }
  });
});

it('--import: what the CDN’s own configuration says, and what of it is not emulated', async () => {
  await writeFile(path.join(folder, 'page.html'), 'page');
  const file = path.join(folder, 'rules.json');
  const rule = {
    action: 'set_cache_settings',
    expression: 'http.request.uri.path eq "/page"',
    action_parameters: { cache: true, cache_reserve: { eligible: true } },
  };
  await writeFile(file, JSON.stringify({ rules: [rule] }));
  const run = await serve(folder, '--import', file);
  expect(run.ready.profile).toBe('cloudflare (rules.json)');
  const { headers } = await fetch(`${run.ready.edge}/page`);
  expect(headers.get('cf-cache-status')).toBe('MISS');
  expect(run.stderr()).toContain(
    'not emulated: rules[0].action_parameters.cache_reserve: {"eligible":true}\n',
  );
});
