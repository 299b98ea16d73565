import { formatEntityTag } from '../fields/etag.ts';
import { parseVary } from '../fields/vary.ts';
import { IncomingFields, withoutFields, type FieldLines } from '../headers.ts';
import type { BodyForm } from './form.ts';

/** What speaks of the content as it came. */
const CONTENT_FIELDS: ReadonlySet<string> = new Set(['content-encoding', 'etag']);
const RANGED_FIELDS: ReadonlySet<string> = new Set([...CONTENT_FIELDS, 'accept-ranges']);

/** The header section of a response in the form in which it goes out. */
export function codedLines(lines: FieldLines, form: BodyForm): FieldLines {
  const { conversion, validators, isNegotiated } = form;
  if (!isNegotiated) return lines;
  if (conversion === null) return varying(lines);
  // RFC 9110 §14.3: no range of a body that is made anew each time.
  const removed = form.isRangeable ? CONTENT_FIELDS : RANGED_FIELDS;
  const kept = withoutFields(lines, removed);
  if (validators.etag !== null) kept.push('ETag', formatEntityTag(validators.etag));
  if (conversion.to !== 'identity') kept.push('Content-Encoding', conversion.to);
  return varying(kept);
}

/** RFC 9110 §12.5.5: whoever caches it is told what it was chosen by. */
function varying(lines: FieldLines): FieldLines {
  const names = parseVary(new IncomingFields(lines).lines('vary'));
  if (names === '*' || names.includes('accept-encoding')) return lines;
  return [...lines, 'Vary', 'Accept-Encoding'];
}
