import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { PopletError } from '@poplet/policy';
import { expect, it, onTestFinished } from 'vitest';

import { configJsonSchema, configured, loadConfig, parseConfig } from '../src/index.ts';

/** Code, message and hint of what is thrown. */
async function refusal(attempt: () => unknown): Promise<readonly unknown[]> {
  try {
    await attempt();
  } catch (error) {
    if (error instanceof PopletError) return [error.code, error.message, error.hint];
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('takes what the schema describes', () => {
  const config = { port: 0, sites: [{ id: 'shop', hosts: ['shop.localhost'], source: './dist' }] };
  expect(parseConfig(config, 'a file')).toEqual(config);
});

it.each([
  {
    value: { prot: 1 },
    says: ['config-invalid', 'poplet.config.ts: unknown key "prot"', 'did you mean "port"?'],
  },
  {
    value: { sites: [{ source: '.', host: 'a.test' }] },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "host" at sites.0',
      'did you mean "hosts"?',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', sets: {} }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "sets" at sites.0.headers.0',
      'did you mean "set"?',
    ],
  },
  {
    value: { zzzzzzzz: 1 },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "zzzzzzzz"',
      'known keys: $schema, port, host, https, cert, key, adminPort, adminHost, purgeMethod, profile, store, storeSize, storeEntries, maxBodySize, limits, sites',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', set: { 'X Bad': 'a' } }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: this is not a field name at sites.0.headers.0.set.X Bad',
      'the configuration is described in docs/configuration.md',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', set: { 'X-A': 'a\r\nb' } }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: the value has characters no field can carry at sites.0.headers.0.set.X-A',
      'the configuration is described in docs/configuration.md',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', unset: ['X-A', '✓'] }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: this is not a field name at sites.0.headers.0.unset.1',
      'the configuration is described in docs/configuration.md',
    ],
  },
  {
    value: { limits: { headersTimeout: '30' } },
    says: [
      'config-invalid',
      'poplet.config.ts: this is not a duration: write 250ms, 30s, 2m or 1h30m at limits.headersTimeout',
      'the configuration is described in docs/configuration.md',
    ],
  },
  {
    value: { limits: { conections: 5 } },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "conections" at limits',
      'did you mean "connections"?',
    ],
  },
  {
    value: { sites: [{ source: '.', timeouts: { heads: '1s' } }] },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "heads" at sites.0.timeouts',
      'did you mean "head"?',
    ],
  },
])('refuses $value with the place and the nearest name', async ({ value, says }) => {
  expect(await refusal(() => parseConfig(value, 'poplet.config.ts'))).toEqual(says);
});

it('refuses a port out of range, with its place', async () => {
  const [code, message] = await refusal(() => parseConfig({ port: 70_000 }, 'c.json'));
  expect(code).toBe('config-invalid');
  expect(message).toContain('c.json');
  expect(message).toContain('at port');
});

it('describes itself to editors', () => {
  expect(configJsonSchema()).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { port: { type: 'integer', minimum: 0, maximum: 65_535 } },
  });
});

it('loads TypeScript, JavaScript and JSON', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = {
    'a.ts': 'export default { port: 1 as number };',
    'b.mjs': 'export default { port: 1 };',
    'c.json': '{ "port": 1 }',
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    await writeFile(file, text);
    expect(await loadConfig(file)).toEqual({ port: 1 });
  }
});

it('says which file cannot be loaded', async () => {
  const [code, message] = await refusal(() => loadConfig('./no-such.config.ts'));
  expect(code).toBe('config-invalid');
  expect(message).toContain('./no-such.config.ts cannot be loaded');
});

it('puts the command line over the file, and ports that are found again over nothing', async () => {
  const options = await configured({
    source: './dist',
    configFile: undefined,
    overrides: { port: 9000, profile: 'rfc9111', spaFallback: true },
  });
  expect(options).toMatchObject({
    port: 9000,
    adminPort: 8081,
    sites: [{ source: './dist', profile: 'rfc9111', origin: { spaFallback: true, rules: [] } }],
  });
});

it.each([
  [{}, undefined, undefined],
  [{ purgeMethod: false }, undefined, undefined],
  [{ purgeMethod: true }, undefined, {}],
  [{ purgeMethod: false }, true, {}],
  [{}, true, {}],
  [{ purgeMethod: { token: 'sesame' } }, true, { token: 'sesame' }],
] as const)(
  'turns PURGE on for %j and --purge-method %j: %j',
  async (file, purgeMethod, wanted) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'poplet-config-'));
    const configFile = path.join(folder, 'poplet.config.json');
    await writeFile(configFile, JSON.stringify(file));
    const options = await configured({ source: '.', configFile, overrides: { purgeMethod } });
    expect(options.purgeMethod).toEqual(wanted);
    await rm(folder, { recursive: true });
  },
);

it.each([
  { purgeMethod: { token: '' } },
  { purgeMethod: { token: 'two words' } },
  { purgeMethod: {} },
])('refuses %j', (value) => {
  expect(() => parseConfig(value, 'poplet.config.ts')).toThrow(/purgeMethod/);
});

it.each([
  [{}, {}, undefined],
  [{ https: true }, {}, true],
  [{}, { https: true }, true],
  [{ cert: 'c', key: 'k' }, {}, { cert: 'c', key: 'k' }],
  [{ https: true, cert: 'c', key: 'k' }, {}, { cert: 'c', key: 'k' }],
  [{ https: false, cert: 'c', key: 'k' }, {}, false],
  [{ https: false, cert: 'c', key: 'k' }, { https: true }, { cert: 'c', key: 'k' }],
  // A pair comes from one place.
  [{ cert: 'c', key: 'k' }, { cert: 'd' }, { cert: 'd', key: undefined }],
  [
    { cert: 'c', key: 'k' },
    { cert: 'd', key: 'l' },
    { cert: 'd', key: 'l' },
  ],
] as const)('with %j and %j on the command line HTTPS is %j', async (config, overrides, wanted) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const configFile = path.join(folder, 'c.json');
  await writeFile(configFile, JSON.stringify(config));
  const options = await configured({ source: '.', configFile, overrides });
  expect(options.https).toEqual(wanted);
});

it('hands limits and timeouts on in milliseconds; the command line wins', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const configFile = path.join(folder, 'c.json');
  const limits = {
    handshakeTimeout: '5s',
    headersTimeout: '10s',
    writeTimeout: '1m30s',
    contentBytes: 5000,
    pipelined: 2,
  };
  const timeouts = { connect: '2s', head: '3s', bodyIdle: '4s', body: '0s' };
  const site = { source: 'http://localhost:3000', timeouts, connections: 7 };
  await writeFile(configFile, JSON.stringify({ limits, sites: [site] }));
  const told = { source: undefined, configFile, overrides: {} };
  const options = await configured(told);
  expect(options.limits).toEqual({
    handshakeTimeoutMs: 5000,
    headersTimeoutMs: 10_000,
    writeTimeoutMs: 90_000,
    contentBytes: 5000,
    pipelined: 2,
  });
  expect(options.sites[0]).toMatchObject({
    timeouts: { connectMs: 2000, headMs: 3000, bodyIdleMs: 4000, bodyMs: 0 },
    connections: 7,
  });
  const overridden = await configured({ ...told, overrides: { headTimeoutMs: 600_000 } });
  expect(overridden.sites[0]?.timeouts).toMatchObject({ connectMs: 2000, headMs: 600_000 });
});
