import { parseDuration } from '@poplet/edge';
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

/** `30s`, `2m`; real time. */
const duration = z.string().refine((text) => {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
}, 'this is not a duration: write 250ms, 30s, 2m or 1h30m');

const count = z.int().min(0);

const timeoutsSchema = z.strictObject({
  connect: duration.optional().describe('Until the connection stands. Default: 10s.'),
  head: duration
    .optional()
    .describe('From the request until the head of the response is complete. Default: 2m.'),
  bodyIdle: duration
    .optional()
    .describe('Between two pieces of a body; none for event streams. Default: 5m.'),
  body: duration
    .optional()
    .describe(
      'For a whole body, slow clients included; none for event streams. Default: 0s, no limit.',
    ),
});

const limitsSchema = z.strictObject({
  headerBytes: z
    .int()
    .min(1)
    .optional()
    .describe('Request line and header section; above it 431. Default: 65536.'),
  headerCount: z.int().min(1).optional().describe('Header fields; above it 431. Default: 200.'),
  targetBytes: z
    .int()
    .min(1)
    .optional()
    .describe('The request target; above it 414. Default: 16384.'),
  contentBytes: count
    .optional()
    .describe('Content of a request; above it 413. Default: 0, no limit.'),
  handshakeTimeout: duration
    .optional()
    .describe('From the connection to the end of the TLS handshake. Default: 10s.'),
  headersTimeout: duration
    .optional()
    .describe('For a whole header section; then 408. Default: 30s.'),
  requestTimeout: duration
    .optional()
    .describe('For a whole request with its content; then 408. Default: 5m; 0s: no limit.'),
  keepAliveTimeout: duration.optional().describe('Between two requests. Default: 65s.'),
  writeTimeout: duration
    .optional()
    .describe('How long a client may take nothing of its answer; then it is cut. Default: 60s.'),
  halfClosedTimeout: duration
    .optional()
    .describe(
      'How long a client that has stopped sending waits for its answer to begin. Default: 30s.',
    ),
  connections: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Open at once; above it the longest idle is closed, or the new one refused with 503. Default: 20000.',
    ),
  pipelined: z
    .int()
    .min(1)
    .optional()
    .describe('Safe requests of one connection that are answered at once. Default: 16.'),
  streams: z
    .int()
    .min(1)
    .optional()
    .describe('Requests of one connection in HTTP/2 that are answered at once. Default: 100.'),
  exchanges: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Requests being answered at once; above it 503. As many more may wait on their connections. Default: 20000.',
    ),
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
    .describe(
      'Host names the site answers to; "*.example.test" is every name below it. None: any.',
    ),
  source: z
    .string()
    .min(1)
    .describe(
      'A folder, relative to this file, or the address of a server: http://localhost:5173, or its port.',
    ),
  profile: z.string().optional().describe('The CDN to imitate. Default: "rfc9111".'),
  vendorIds: z
    .array(z.string().min(1))
    .optional()
    .describe(
      'What the purge API of its CDN calls the site, beside its id: a zone, service, distribution or project. Default: its id alone.',
    ),
  import: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe(
      'In place of a profile: what the CDN’s own configuration says, as JSON. A distribution of CloudFront (aws cloudfront get-distribution-config), with its cache policies (get-cache-policy), or the cache rules of Cloudflare. Files relative to this one.',
    ),
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
  timeouts: timeoutsSchema
    .optional()
    .describe('How long the server may take, in real time. 0s: for ever.'),
  connections: z
    .int()
    .min(1)
    .optional()
    .describe('Connections to the server at most; further requests wait. Default: 1024.'),
  http2: z
    .boolean()
    .optional()
    .describe('Speak HTTP/2 with an https server that offers it. Default: true.'),
});

const fieldValue = z.string().min(1).refine(isFieldValue, 'no field can carry this');

const visitorSchema = z.strictObject({
  country: fieldValue.optional().describe('Two letters: "DE".'),
  region: fieldValue.optional().describe('Of the country: "BE".'),
  city: fieldValue.optional(),
  latitude: fieldValue.optional().describe('Degrees: "52.52".'),
  longitude: fieldValue.optional(),
  timezone: fieldValue.optional().describe('"Europe/Berlin".'),
  continent: fieldValue.optional().describe('Two letters: "EU".'),
  postalCode: fieldValue.optional(),
  address: z.union([z.ipv4(), z.ipv6()]).optional().describe('The client’s address.'),
});

/** The configuration file: `poplet.config.ts`. Unknown keys are errors. */
export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  port: port.optional().describe('Port of the edge; 0: any free. Default: 8080.'),
  host: z.string().min(1).optional().describe('Address to listen on. Default: 127.0.0.1.'),
  https: z
    .boolean()
    .optional()
    .describe(
      'Serve HTTPS, with certificates of the local CA (poplet ca install) or those named here. Default: false; true where cert is given.',
    ),
  cert: z.string().min(1).optional().describe('A certificate of your own: a file, PEM.'),
  key: z.string().min(1).optional().describe('The key to it: a file, PEM, not encrypted.'),
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
  visitor: visitorSchema
    .optional()
    .describe(
      'Where clients are, as the profile’s CDN tells the server. Requests that say so themselves (x-poplet-country, x-poplet-client-address) are taken at their word.',
    ),
  store: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Where responses live: "memory", "disk:<folder>", "redis://host:6379" for several edges, or the address of another database that Keyv knows, such as "postgres://host/database", for one. Default: "memory".',
    ),
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
  workers: z
    .union([z.int().min(1), z.literal('auto')])
    .optional()
    .describe(
      'Threads that take connections and answer hits in plain HTTP: a number, or "auto" for as many as there are processors. Linux. Default: 1.',
    ),
  limits: limitsSchema.optional().describe('What a client may do. Times are real time.'),
  sites: z.array(siteSchema).min(1).optional().describe('What is served.'),
});

export type PopletConfig = z.infer<typeof configSchema>;
export type SiteConfig = z.infer<typeof siteSchema>;
export type LimitsConfig = z.infer<typeof limitsSchema>;
export type TimeoutsConfig = z.infer<typeof timeoutsSchema>;

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
  const place = placeOf(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const nearest = nearestName(key, knownKeys(issue.path));
    const where = place === '' ? '' : ` in ${place}`;
    throw new PopletError('config-invalid', `${source}: unknown key "${key}"${where}`, {
      hint:
        nearest === undefined
          ? `known keys: ${knownKeys(issue.path).join(', ')}`
          : `did you mean "${nearest}"?`,
    });
  }
  const what = place === '' ? '' : `${place}: `;
  const why = issue.message.replace(/^Invalid (?:input|option): /u, '');
  throw new PopletError('config-invalid', `${source}: ${what}${why}`, {
    hint:
      descriptionAt(issue.path) ??
      'the default export is the configuration: { sites: [{ source: "./dist" }] }',
  });
}

/** As one would write it: `sites[0].source`. */
function placeOf(place: readonly PropertyKey[]): string {
  return place
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${String(key)}`,
    )
    .join('');
}

/** The part of JSON Schema that leads to a description. */
interface Described {
  readonly description?: string;
  readonly items?: Described;
  readonly anyOf?: readonly Described[];
  readonly properties?: Readonly<Record<string, Described>>;
}

/** What is to stand at a place, or around it. */
function descriptionAt(place: readonly PropertyKey[]): string | undefined {
  let description: string | undefined;
  let schema: Described | undefined = configJsonSchema();
  for (const key of place) {
    schema = within(schema, key);
    if (schema === undefined) break;
    description = schema.description ?? description;
  }
  return description;
}

function within(
  { items, anyOf = [], properties }: Described,
  key: PropertyKey,
): Described | undefined {
  if (typeof key === 'number') return items;
  const inside = properties ?? anyOf.find((one) => one.properties !== undefined)?.properties;
  return inside?.[String(key)];
}

/** Keys that are known at a place inside the configuration. */
function knownKeys(place: readonly PropertyKey[]): readonly string[] {
  if (place.length === 0) return Object.keys(configSchema.shape);
  if (place.includes('limits')) return Object.keys(limitsSchema.shape);
  if (place.includes('visitor')) return Object.keys(visitorSchema.shape);
  if (place.includes('timeouts')) return Object.keys(timeoutsSchema.shape);
  if (place.includes('headers')) return ['for', 'set', 'unset'];
  return Object.keys(siteSchema.shape);
}
