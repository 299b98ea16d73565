import { IncomingFields, type FieldLines, type PresentedRequest } from '../src/index.ts';

/** A request as a test wants it: a GET of http://shop.test/ where nothing else is said. */
export function presented(
  lines: FieldLines = [],
  changes: Partial<PresentedRequest> = {},
): PresentedRequest {
  return {
    siteId: 'default',
    method: 'GET',
    scheme: 'http',
    authority: 'shop.test',
    target: '/',
    fields: new IncomingFields(lines),
    hasContent: false,
    clientAddress: undefined,
    ...changes,
  };
}
