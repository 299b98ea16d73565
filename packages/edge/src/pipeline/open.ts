import { reason, type StoredResponse } from '@poplet/policy';
import type { BodySource, Refetch } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import type { Exchange } from '../exchange.ts';
import { askedOf } from './fetch.ts';

/** The body of a stored response; undefined when it was evicted or purged since `lookup`: look again. */
export function open(
  response: StoredResponse,
  exchange: Exchange,
  { store }: EdgeContext,
): BodySource | undefined {
  return store.open(response, refetchOf(response, exchange));
}

/**
 * Brings a stretch of a whole body whose stored bytes prove damaged while they are sent: with Range, and
 * If-Match so that it is of the same version (RFC 9110 §13.1.1). Undefined without a strong entity tag.
 */
function refetchOf(response: StoredResponse, exchange: Exchange): Refetch | undefined {
  const { facts, part, status, bodyBytes } = response;
  const { etag } = facts;
  if (etag === null || etag.weak || part !== null || status !== 200) return undefined;
  const { site, request, client, notes } = exchange;
  return async (startByte, endByte) => {
    const asked = askedOf({ site, request }, { kind: 'fill' });
    const range = ['Range', `bytes=${startByte}-${endByte - 1}`, 'If-Match', etag.opaque];
    const abort = new AbortController();
    const stopListening = client.onGone(() => abort.abort());
    try {
      await site.upstream.ready();
      const reply = await site.upstream.ask(
        { ...asked, method: 'GET', lines: [...asked.lines, ...range] },
        { signal: abort.signal, mayIdle: false },
      );
      if (reply.kind !== 'response') throw new Error('the upstream did not answer');
      const { head, body } = reply;
      const isThatPart =
        head.status === 206 &&
        head.fields.get('content-range') === `bytes ${startByte}-${endByte - 1}/${bodyBytes}`;
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      if (isThatPart) {
        for await (const chunk of body) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > endByte - startByte) break;
        }
      }
      body.destroy();
      if (bytes !== endByte - startByte) throw new Error('the upstream sent something else');
      notes.push(reason('body-mended', { startByte }));
      return Buffer.concat(chunks);
    } finally {
      stopListening();
    }
  };
}
