import { pathToFileURL } from 'node:url';
import path from 'node:path';

import { isFieldValue, isToken, PopletError } from '@poplet/policy';
import { z } from 'zod';

import { nearestName } from './nearest-name.ts';

const port = z.int().min(0).max(65_535);

const fieldName = z.string().refine(isToken, 'this is not a field name');

/** Fields by name. */
const fields = z.record(z.string(), z.string()).superRefine((values, context) => {
  for (const [name, value] of Object.entries(values)) {
    if (!isToken(name)) {
      context.addIssue({ code: 'custom', path: [name], message: 'this is not a field name' });
    } else if (!isFieldValue(value)) {
      const message = 'the value has characters no field can carry';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  }
});

const siteSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[\w.-]+$/, 'letters, digits, ".", "_" and "-" only')
    .optional()
    .describe('Leads every cache key and purge. Default: "default".'),
  hosts: z
    .array(z.string().min(1))
    .optional()
    .describe('Host names the site answers to; none: any.'),
  source: z.string().min(1).describe('A folder, or the address of a server: http://localhost:5173'),
  profile: z.string().optional().describe('The CDN to imitate. Default: "rfc9111".'),
  hostHeader: z.enum(['upstream', 'viewer']).optional().describe('Which Host the server sees.'),
  headers: z
    .array(
      z.strictObject({
        for: z.string().min(1).describe('Path pattern: one "*", ":name" placeholders.'),
        set: fields.optional().describe('Fields to set.'),
        unset: z.array(fieldName).optional().describe('Fields to remove.'),
      }),
    )
    .optional()
    .describe('Response headers by path, after the folder’s own _headers file.'),
  spaFallback: z
    .union([z.boolean(), z.string()])
    .optional()
    .describe('Answer unknown pages (never missing assets) with index.html, or the file named.'),
  cleanUrls: z.boolean().optional().describe('/about is about.html. Default: true.'),
});

/** The configuration file: `poplet.config.ts`. Unknown keys are errors. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  port: port.optional().describe('Port of the edge; 0: any free. Default: 8080.'),
  host: z.string().min(1).optional().describe('Address to listen on. Default: 127.0.0.1.'),
  adminPort: port.optional().describe('Port of the admin API; 0: any free. Default: 8081.'),
  adminHost: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Address of the admin API. Default: 127.0.0.1; anything but loopback needs a token, from the environment variable POPLET_TOKEN.',
    ),
  purgeMethod: z
    .union([z.boolean(), z.strictObject({ token: z.string().regex(/^[!-~]+$/) })])
    .optional()
    .describe(
      'Obey PURGE on the edge’s own port: true, from programs on this machine; with a token, from whoever brings it. Default: false.',
    ),
  profile: z.string().optional().describe('Profile of every site that names none of its own.'),
  store: z
    .string()
    .min(1)
    .optional()
    .describe('Where responses live: "memory", or "disk:<folder>". Default: "memory".'),
  storeSize: z
    .string()
    .min(1)
    .optional()
    .describe('What all of it may take: "2GiB". Default: 512 MiB in memory, 10 GiB on disk.'),
  storeEntries: z
    .int()
    .min(1)
    .optional()
    .describe('How many responses. Default: 1 000 000 in memory, 200 000 on disk.'),
  maxBodySize: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Longer bodies are not stored. Default: 32 MiB in memory, an eighth of the size on disk.',
    ),
  sites: z.array(siteSchema).min(1).optional().describe('What is served.'),
});

export type PopletConfig = z.infer<typeof configSchema>;
export type SiteConfig = z.infer<typeof siteSchema>;

/** For `export default defineConfig({…})`: checks the types, changes nothing. */
export function defineConfig(config: PopletConfig): PopletConfig {
  return config;
}

/** JSON Schema of the configuration, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema);
}

/**
 * Checks a configuration. `source` names it in messages.
 * Throws PopletError `config-invalid` that names the place and, for an unknown key, the nearest known.
 */
export function parseConfig(value: unknown, source: string): PopletConfig {
  const parsed = configSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue === undefined) throw new PopletError('config-invalid', `${source} cannot be read`);
  const place = issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const nearest = nearestName(key, knownKeys(issue.path));
    throw new PopletError('config-invalid', `${source}: unknown key "${key}"${place}`, {
      hint:
        nearest === undefined
          ? `known keys: ${knownKeys(issue.path).join(', ')}`
          : `did you mean "${nearest}"?`,
    });
  }
  throw new PopletError('config-invalid', `${source}: ${issue.message}${place}`, {
    hint: 'the configuration is described in docs/configuration.md',
  });
}

/** Loads and checks a configuration file: TypeScript, JavaScript or JSON. */
export async function loadConfig(file: string): Promise<PopletConfig> {
  const url = pathToFileURL(path.resolve(file)).href;
  const isJson = file.endsWith('.json');
  const loaded = (await import(url, isJson ? { with: { type: 'json' } } : {}).catch(
    (error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new PopletError('config-invalid', `${file} cannot be loaded: ${why}`, {
        hint: 'it must exist and have a default export',
        cause: error,
      });
    },
  )) as { readonly default?: unknown };
  return parseConfig(loaded.default, file);
}

/** Keys that are known at a place inside the configuration. */
function knownKeys(place: readonly PropertyKey[]): readonly string[] {
  if (place.length === 0) return Object.keys(configSchema.shape);
  if (place.includes('headers')) return ['for', 'set', 'unset'];
  return Object.keys(siteSchema.shape);
}
