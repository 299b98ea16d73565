// `poplet` as it is published: a few files instead of nine hundred, so that it starts quickly. See
// docs/adr/0013-the-command-is-bundled.md.

import { readFileSync } from 'node:fs';

import { defineConfig, type Plugin, type RolldownOptions } from 'rolldown';

import { thirdPartyLicences } from './third-party-licences.ts';

/** Modules of Node that take long to load, and that the first answer over plain HTTP does without. */
const LAZY =
  /(?<declared>\b(?:let|const) \w+ = )require\("(?:node:)?(?<name>http2|https|tls|zlib)"\)/gu;

/** The same, imported as a whole: `import childProcess from 'node:child_process'`. */
const LAZY_DEFAULT =
  /let (?<local>\w+) = require\("node:(?<name>child_process)"\);\n\k<local> = [^;\n]+;/gu;

/** Stands for a module of Node until something of it is read. */
const LAZY_MODULE = `
function lazyModule(name) {
  return new Proxy({}, { get: (_, key) => process.getBuiltinModule(name)[key] });
}
`;

const lazyModulesOfNode: Plugin = {
  name: 'lazy-modules-of-node',
  renderChunk(code) {
    const lazy = code
      .replaceAll(LAZY, '$<declared>lazyModule("node:$<name>")')
      .replaceAll(LAZY_DEFAULT, 'let $<local> = { default: lazyModule("node:$<name>") };');
    return lazy === code ? null : lazy + LAZY_MODULE;
  },
};

/** The edge speaks HTTP/2 itself (docs/adr/0010); undici's own loads node:http2 at once. */
const withoutHttp2OfUndici: Plugin = {
  name: 'without-http2-of-undici',
  load: {
    filter: { id: /\/undici\/lib\/dispatcher\/client-h2\.js$/u },
    handler: () => `module.exports = () => { throw new Error('allowH2 is off'); };`,
  },
};

/** What tsc said of the types of `index.ts`. */
const typesOfIndex: Plugin = {
  name: 'types-of-index',
  generateBundle() {
    const source = readFileSync(new URL('.cache/types/index.d.ts', import.meta.url), 'utf8');
    this.emitFile({ type: 'asset', fileName: 'index.d.ts', source });
  },
};

/** The command. */
const command: RolldownOptions = {
  input: { main: 'src/main.ts', worker: '../../packages/edge/src/workers/worker.ts' },
  plugins: [lazyModulesOfNode, withoutHttp2OfUndici, thirdPartyLicences()],
  output: {
    dir: 'dist',
    // `import` of one of Node's modules reads all of its exports; of node:http, that loads the fetch of Node.
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    comments: false,
    cleanDir: true,
  },
};

/** What configuration files import. */
const library: RolldownOptions = {
  input: { index: 'src/index.ts' },
  plugins: [typesOfIndex],
  output: { dir: 'dist', format: 'esm' },
};

const common = {
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import', 'default'] },
  treeshake: {
    // Of Poplet's own modules, none does anything by being loaded but `main`.
    moduleSideEffects: [{ test: /\/(?:packages|apps)\/[^/]+\/src\//u, sideEffects: false }],
  },
} satisfies RolldownOptions;

export default defineConfig([
  { ...common, ...command },
  { ...common, ...library },
]);
