import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

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

/** With these files in it, by name. */
async function temporaryFolder(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'poplet-config-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return folder;
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
      'poplet.config.ts: unknown key "host" in sites[0]',
      'did you mean "hosts"?',
    ],
  },
  {
    value: { visitor: { contry: 'DE' } },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "contry" in visitor',
      'did you mean "country"?',
    ],
  },
  {
    value: { visitor: { address: 'here' } },
    says: [
      'config-invalid',
      'poplet.config.ts: visitor.address: Invalid input',
      'The client’s address.',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', sets: {} }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "sets" in sites[0].headers[0]',
      'did you mean "set"?',
    ],
  },
  {
    value: { zzzzzzzz: 1 },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "zzzzzzzz"',
      'known keys: $schema, port, host, https, cert, key, adminPort, adminHost, purgeMethod, profile, visitor, store, storeSize, storeEntries, maxBodySize, workers, limits, sites',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', set: { 'X Bad': 'a' } }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: sites[0].headers[0].set.X Bad: this is not a field name',
      'Fields to set.',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', set: { 'X-A': 'a\r\nb' } }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: sites[0].headers[0].set.X-A: the value has characters no field can carry',
      'Fields to set.',
    ],
  },
  {
    value: { sites: [{ source: '.', headers: [{ for: '/*', unset: ['X-A', '✓'] }] }] },
    says: [
      'config-invalid',
      'poplet.config.ts: sites[0].headers[0].unset[1]: this is not a field name',
      'Fields to remove.',
    ],
  },
  {
    value: { limits: { headersTimeout: '30' } },
    says: [
      'config-invalid',
      'poplet.config.ts: limits.headersTimeout: this is not a duration: write 250ms, 30s, 2m or 1h30m',
      'For a whole header section; then 408. Default: 30s.',
    ],
  },
  {
    value: { port: '80' },
    says: [
      'config-invalid',
      'poplet.config.ts: port: expected number, received string',
      'Port of the edge; 0: any free. Default: 8080.',
    ],
  },
  {
    value: { sites: [{ source: 5173 }] },
    says: [
      'config-invalid',
      'poplet.config.ts: sites[0].source: expected string, received number',
      'A folder, relative to this file, or the address of a server: http://localhost:5173, or its port.',
    ],
  },
  {
    value: () => ({ port: 80 }),
    says: [
      'config-invalid',
      'poplet.config.ts: expected object, received function',
      'the default export is the configuration: { sites: [{ source: "./dist" }] }',
    ],
  },
  {
    value: { limits: { conections: 5 } },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "conections" in limits',
      'did you mean "connections"?',
    ],
  },
  {
    value: { sites: [{ source: '.', timeouts: { heads: '1s' } }] },
    says: [
      'config-invalid',
      'poplet.config.ts: unknown key "heads" in sites[0].timeouts',
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
  expect(message).toContain('port: ');
});

it('describes itself to editors', () => {
  expect(configJsonSchema()).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: { port: { type: 'integer', minimum: 0, maximum: 65_535 } },
  });
});

it('loads TypeScript, JavaScript and JSON', async () => {
  const files = {
    'a.ts':
      "import type { PopletConfig } from 'poplet';\nexport default { port: 1 } satisfies PopletConfig;",
    'b.mjs': 'export default { port: 1 };',
    'c.json': '\uFEFF{ "port": 1 }',
    'd.cjs': 'module.exports = { port: 1 };',
  };
  const folder = await temporaryFolder(files);
  for (const name of Object.keys(files))
    expect(await loadConfig(path.join(folder, name))).toEqual({ port: 1 });
});

const UNCLOSED = "export default {\n  port: 80,\n  sites: [{ source: './dist' ],\n};\n";

/** File, text, message without the folder, hint. */
const UNLOADABLE: readonly (readonly [string, string, RegExp, RegExp])[] = [
  ['a.ts', UNCLOSED, /^a\.ts, line 3: Expected ',', got '\]'/u, /Node can load/u],
  ['b.mjs', UNCLOSED, /^b\.mjs, line 3: Unexpected token '\]'$/u, /Node can load/u],
  ['c.ts', 'enum A { b }\nexport default {};', /^c\.ts, line 1: TypeScript enum is/u, /Node can/u],
  [
    'd.json',
    '{\n  "port": 80,\n  // mine\n}',
    /^d\.json, line 3: Expected double-quoted property name$/u,
    /^it must be JSON, which has no comments/u,
  ],
  ['e.json', '', /^e\.json: Unexpected end of JSON input$/u, /^it must be JSON/u],
  [
    'f.ts',
    'const a: unknown = {};\nexport default { port: (a as any).b.c };',
    /^f\.ts, line 2: Cannot read properties of undefined \(reading 'c'\)$/u,
    /^the file was run, and failed there$/u,
  ],
  [
    'g.ts',
    "import { defineConfig } from '@poplet/nowhere';\nexport default defineConfig({});",
    /^g\.ts imports "@poplet\/nowhere", which is not there$/u,
    /import type \{ PopletConfig \} from 'poplet'$/u,
  ],
  ['h.mjs', "import './z.js';", /^h\.mjs imports "z\.js", which is not there$/u, /^install it/u],
  [
    'i.mjs',
    "import { nothing } from 'node:fs';",
    /^i\.mjs, line 1: .* does not provide an export named 'nothing'$/u,
    /Node can load/u,
  ],
  ['j.ts', 'export const config = {};', /^j\.ts has no default export$/u, /^it is to say: export/u],
  ['k.yaml', 'port: 80', /^k\.yaml is neither TypeScript, JavaScript nor JSON/u, /^name it/u],
  ['l.mjs', "throw 'a tantrum';", /^l\.mjs threw a tantrum$/u, /^it must load$/u],
];

// In a process of its own: here, the test runner loads modules in its own way.
it('says of a file that cannot be loaded what is wrong, and where', async () => {
  const folder = await temporaryFolder(
    Object.fromEntries(UNLOADABLE.map(([name, text]) => [name, text])),
  );
  const program = `
    import { loadConfig } from ${JSON.stringify(path.join(import.meta.dirname, '../src/index.ts'))};
    const told = [];
    for (const file of process.argv.slice(1))
      await loadConfig(file).catch(({ code, message, hint }) => told.push([code, message, hint]));
    console.log(JSON.stringify(told));`;
  const files = UNLOADABLE.map(([name]) => path.join(folder, name));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--conditions=source',
    '--input-type=module-typescript',
    '--eval',
    program,
    ...files,
  ]);
  const told = JSON.parse(stdout.replaceAll(`${folder}/`, '')) as unknown;
  expect(told).toEqual(
    UNLOADABLE.map(([, , message, hint]) => [
      'config-invalid',
      expect.stringMatching(message),
      expect.stringMatching(hint),
    ]),
  );
});

it('names a file that may be meant where there is none, or a folder', async () => {
  const folder = await temporaryFolder({ 'poplet.config.ts': 'export default {};' });
  const there = path.join(folder, 'poplet.config.ts');
  expect(await refusal(() => loadConfig(path.join(folder, 'poplet.cofnig.js')))).toEqual([
    'config-invalid',
    `there is no configuration file ${path.join(folder, 'poplet.cofnig.js')}`,
    `did you mean ${there}?`,
  ]);
  expect(await refusal(() => loadConfig(folder))).toEqual([
    'config-invalid',
    `${folder} is a folder, not a configuration file`,
    `did you mean ${there}?`,
  ]);
  expect(await refusal(() => loadConfig('./no/such/file.ts'))).toEqual([
    'config-invalid',
    'there is no configuration file ./no/such/file.ts',
    'name the file that is meant; without --config none is read',
  ]);
});

it('what is relative in a file is so to the file', async () => {
  const sites = [
    { source: './dist' },
    { source: 'http://localhost:3000' },
    { source: 'localhost:3000' },
    { source: '3000' },
    { source: '/srv/www' },
  ];
  const config = { sites, cert: 'c.pem', key: '../k.pem', store: 'disk:.poplet-store' };
  const folder = await temporaryFolder({ 'c.json': JSON.stringify(config) });
  const configFile = path.relative(process.cwd(), path.join(folder, 'c.json'));
  const options = await configured({ source: undefined, configFile, overrides: {} });
  expect(options.sites.map(({ source }) => source)).toEqual([
    path.join(folder, 'dist'),
    'http://localhost:3000',
    'localhost:3000',
    '3000',
    '/srv/www',
  ]);
  expect(options.https).toEqual({
    cert: path.join(folder, 'c.pem'),
    key: path.join(path.dirname(folder), 'k.pem'),
  });
  expect(options.store).toBe(`disk:${path.join(folder, '.poplet-store')}`);
  // On the command line it is relative to where one is.
  const overrides = { store: 'disk:here', cert: 'd.pem', key: 'd.key' };
  const told = await configured({ source: './dist', configFile, overrides });
  expect([told.sites[0]?.source, told.store, told.https]).toEqual([
    './dist',
    'disk:here',
    { cert: 'd.pem', key: 'd.key' },
  ]);
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
  [{ cert: '/c', key: '/k' }, {}, { cert: '/c', key: '/k' }],
  [{ https: true, cert: '/c', key: '/k' }, {}, { cert: '/c', key: '/k' }],
  [{ https: false, cert: '/c', key: '/k' }, {}, false],
  [{ https: false, cert: '/c', key: '/k' }, { https: true }, { cert: '/c', key: '/k' }],
  // A pair comes from one place.
  [{ cert: '/c', key: '/k' }, { cert: 'd' }, { cert: 'd', key: undefined }],
  [
    { cert: '/c', key: '/k' },
    { cert: 'd', key: 'l' },
    { cert: 'd', key: 'l' },
  ],
] as const)('with %j and %j on the command line HTTPS is %j', async (config, overrides, wanted) => {
  const folder = await temporaryFolder({ 'c.json': JSON.stringify(config) });
  const configFile = path.join(folder, 'c.json');
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

it('has the names that a CDN’s purge API knows a site by, from the file or, for one site, the command line', async () => {
  const site = { source: 'http://localhost:5173', profile: 'fastly' };
  const one = { sites: [{ ...site, vendorIds: ['SU1', 'SU2'] }] };
  const two = { sites: ['a', 'b'].map((id) => ({ ...site, id, hosts: [`${id}.test`] })) };
  const folder = await temporaryFolder({
    'one.json': JSON.stringify(one),
    'two.json': JSON.stringify(two),
  });
  const idsOf = async (file: string, vendorId?: string): Promise<unknown> => {
    const configFile = path.join(folder, file);
    const { sites } = await configured({ source: undefined, configFile, overrides: { vendorId } });
    return sites.map(({ vendorIds }) => vendorIds);
  };
  expect(await idsOf('one.json')).toEqual([['SU1', 'SU2']]);
  expect(await idsOf('one.json', 'SU3')).toEqual([['SU3']]);
  expect(await idsOf('two.json')).toEqual([undefined, undefined]);
  expect(await refusal(() => idsOf('two.json', 'SU3'))).toEqual([
    'invalid-option',
    '--vendor-id is for one site, and there are several',
    'give each its vendorIds in the configuration file',
  ]);
  expect((await refusal(() => idsOf('one.json', '')))[1]).toBe('--vendor-id is empty');
});
