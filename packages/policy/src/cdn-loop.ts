import { trimOws, type FieldReader } from './headers.ts';
import { pseudonymOf } from './pseudonym.ts';

/**
 * What one site of one edge adds to CDN-Loop (RFC 8586 §2): the name of the CDN, and which of its
 * servers: `poplet;id=5f3a09c1d2e4.0`. Two edges of one name, one behind the other, are no loop.
 */
export function cdnInfoOf(cacheName: string, id: string): string {
  return `${pseudonymOf(cacheName)};id=${pseudonymOf(id)}`;
}

/**
 * Whether a request has been here before. Commas count wherever they stand: behind a double quote that
 * is never closed, our own member would otherwise be missed, and nobody else can know its id.
 */
export function hasLooped(fields: FieldReader, cdnInfo: string): boolean {
  const own = partsOf(cdnInfo);
  return fields
    .lines('cdn-loop')
    .flatMap((line) => line.split(','))
    .some((member) => {
      const [name, ...parameters] = partsOf(member);
      return name === own[0] && parameters.includes(own[1] as string);
    });
}

/** Name and parameters, in lower case; a quoted value is the same as a bare one (RFC 9110 §5.6.6). */
function partsOf(cdnInfo: string): string[] {
  return cdnInfo.split(';').map((part) => trimOws(part).replaceAll('"', '').toLowerCase());
}
