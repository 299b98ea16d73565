// `npm run docs`: the pages that are written from the code. With --check: whether they are what the code says.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { configJsonSchema } from '@poplet/cdn';
import { REASONS, type ReasonDefinition } from '@poplet/policy';
import { VENDORS } from '@poplet/vendors';
import { withTables } from '../bench/page.ts';
import type { Results } from '../bench/results.ts';
import { clauseLink } from './clause-link.ts';
import { conformancePage } from './conformance-page.ts';
import { mutationPage } from './mutation/page.ts';
import { readJson, readText, root } from './repository.ts';
import { trapsPage } from './traps-page.ts';
import { vendorPage } from './vendor-page.ts';

interface Page {
  readonly file: string;
  readonly text: () => string;
}

const pages: readonly Page[] = [
  { file: 'docs/reasons.md', text: reasonsPage },
  { file: 'docs/conformance.md', text: conformancePage },
  { file: 'docs/mutation.md', text: mutationPage },
  { file: 'docs/performance.md', text: performancePage },
  { file: 'docs/configuration.md', text: configurationPage },
  { file: 'docs/poplet.config.schema.json', text: schemaFile },
  { file: 'docs/purge-apis.md', text: purgeApisPage },
  { file: 'docs/cdns.md', text: trapsPage },
  ...VENDORS.map((vendor) => ({
    file: `packages/vendors/src/${vendor.name}/README.md`,
    text: () => vendorPage(vendor),
  })),
];

function performancePage(): string {
  const results = readJson('docs/performance.json') as Results;
  return withTables(readText('docs/performance.md'), results);
}

const SNIPPET = /<!-- (?<file>sdks\/applications\/\S+) -->\n(?:\n```js\n.*?\n```\n)?/gsu;

/** Its snippets are the applications that are run in tests. */
function purgeApisPage(): string {
  return readText('docs/purge-apis.md').replaceAll(
    SNIPPET,
    (_, file: string) => `<!-- ${file} -->\n\n\`\`\`js\n${readText(file).trimEnd()}\n\`\`\`\n`,
  );
}

function reasonsPage(): string {
  const rows = Object.entries<ReasonDefinition>(REASONS).map(
    ([code, { spec, summary }]) =>
      `| <a id="${code}"></a>\`${code}\` | ${clauseLink(spec)} | ${summary} |`,
  );
  return `# Reasons

Written from \`packages/policy/src/reasons.ts\` by \`npm run docs\`.

Every decision leaves a chain of these, with the values compared in place of \`{…}\`; \`poplet explain\`, \`--json\` and the journal give each with its code, clause, words and values. \`reasons.md#stored\` leads to the row of \`stored\`. The last one of a chain is the \`detail\` of \`Cache-Status\`.

| code | source | in words |
|---|---|---|
${rows.join('\n')}
`;
}

/** The part of JSON Schema that the configuration uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

function configurationPage(): string {
  const rows = rowsOf(configJsonSchema(), '');
  return `# Configuration

Written from \`packages/cdn/src/config.ts\` by \`npm run docs\`.

\`poplet --config poplet.config.ts\` reads a file with a default export: TypeScript, JavaScript or JSON. The command line wins over it. Unknown keys are errors. Folders and files that are relative in it (\`source\`, \`cert\`, \`key\`, \`disk:…\`) are so to the file, wherever it is read from; on the command line they are relative to the working directory.

\`\`\`ts
import type { PopletConfig } from 'poplet';

export default {
  sites: [
    { id: 'shop', hosts: ['shop.localhost'], source: './dist' },
    { id: 'api', hosts: ['api.localhost'], source: 'http://localhost:3000', hostHeader: 'viewer' },
    { id: 'tenants', hosts: ['*.tenants.localhost'], source: 'http://localhost:4000' },
  ],
} satisfies PopletConfig;
\`\`\`

The import is for the editor alone: where \`poplet\` is not installed beside the file, it is loaded all the same. Where it is (\`npm install --save-dev poplet\`), \`import { defineConfig } from 'poplet'\` and \`export default defineConfig({…})\` do the same in JavaScript. A JSON file is checked by editors against [poplet.config.schema.json](poplet.config.schema.json).

\`*.tenants.localhost\` is every name below \`tenants.localhost\`, with one label more or several, and not that name itself. A host that is named wins over a wildcard, and a longer wildcard over a shorter one.

| key | type | meaning |
|---|---|---|
${rows.join('\n')}
`;
}

function rowsOf({ properties = {} }: Schema, prefix: string): readonly string[] {
  return Object.entries(properties)
    .filter(([name]) => name !== '$schema')
    .flatMap(([name, schema]) => {
      const key = `${prefix}${name}`;
      const row = `| \`${key}\` | ${typeOf(schema)} | ${schema.description ?? ''} |`;
      return [row, ...rowsOf(schema, `${key}.`), ...rowsOf(schema.items ?? {}, `${key}[].`)];
    });
}

function typeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`"${value}"\``).join(' or ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  return schema.type ?? 'any';
}

function schemaFile(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}

const isCheck = process.argv.includes('--check');
for (const { file, text } of pages) {
  if (!isCheck) writeFileSync(path.join(root, file), text());
  else if (readText(file) !== text()) {
    console.log(`${file} is not what the code says: run \`npm run docs\``);
    process.exitCode = 1;
  }
}
