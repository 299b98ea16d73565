import { IncomingFields, type StoredResponse } from '@poplet/policy';

import type { BodySource, Store } from '../src/store.ts';
import { storedResponse, type RecordOptions } from './stored-response.ts';

/** Bytes that differ from place to place, so that a shifted or repeated piece shows. */
export function patternBytes(lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  for (let index = 0; index < lengthBytes; index++)
    bytes[index] = (index * 31 + (index >> 9)) % 251;
  return bytes;
}

export function textBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** All bytes of an iteration. */
export async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function readText(source: BodySource): Promise<string> {
  return new TextDecoder().decode(await collect(source.read(0, undefined)));
}

/** Writes and commits a response; fails unless it was stored. */
export async function put(
  store: Store,
  options: RecordOptions & { readonly body?: string },
): Promise<StoredResponse> {
  const response = storedResponse({ seq: store.sequence, ...options });
  if (!(await tryPut(store, response, options.body))) throw new Error('it was not stored');
  return response;
}

/** Whether it was stored. */
export async function tryPut(
  store: Store,
  response: StoredResponse,
  body = 'body',
): Promise<boolean> {
  const writer = store.begin(response);
  if (body !== '') await writer.write(textBytes(body));
  return writer.commit([]);
}

/** The URIs of what a request for `uri` selects, or finds beside it. */
export function find(
  store: Store,
  options: {
    readonly siteId?: string;
    readonly uri?: string;
    readonly request?: readonly string[];
  } = {},
): ReturnType<Store['find']> {
  const { siteId = 'main', uri = 'https://example.com/', request = [] } = options;
  return store.find(`${siteId} ${uri}`, new IncomingFields(request));
}

/** The body text of what a request selects first; undefined when nothing is stored for it. */
export async function bodyOf(
  store: Store,
  options: Parameters<typeof find>[1] = {},
): Promise<string | undefined> {
  const [candidate] = find(store, options).selected;
  if (candidate === undefined) return undefined;
  const body = store.open(candidate.response);
  if (body === undefined) throw new Error('selected, but without a body');
  return readText(body);
}
