import { withoutFields, type FieldLines, type ResponsePlan } from '@poplet/policy';
import { CONNECTION_FIELDS } from './connection-fields.ts';

const REMOVED: ReadonlySet<string> = new Set([...CONNECTION_FIELDS, 'te']);
const REMOVED_WITHOUT_BODY: ReadonlySet<string> = new Set([...REMOVED, 'trailer']);
const REMOVED_OF_204: ReadonlySet<string> = new Set([...REMOVED_WITHOUT_BODY, 'content-length']);

/** The planned head as raw fields of HTTP/2, `:status` first. */
export function responseHead({ status, lines, body }: ResponsePlan): string[] {
  const fields = withoutConnectionFields(lines, removedOf(status, body.kind === 'whole'));
  // RFC 9110 §8.6: a length is never guessed of what is not sent, and no 204 has one.
  return [':status', String(status), ...fields];
}

function removedOf(status: number, mayHaveTrailers: boolean): ReadonlySet<string> {
  if (status === 204) return REMOVED_OF_204;
  return mayHaveTrailers ? REMOVED : REMOVED_WITHOUT_BODY;
}

/** Field lines that may go over HTTP/2. */
export function withoutConnectionFields(
  lines: FieldLines,
  removed: ReadonlySet<string> = REMOVED,
): string[] {
  return withoutFields(lines, removed);
}

/** Fields by name, for what node:http2 takes no raw lines for. */
export function byName(lines: FieldLines): Record<string, string[]> {
  const fields: Record<string, string[]> = {};
  for (let index = 0; index < lines.length; index += 2) {
    const name = (lines[index] as string).toLowerCase();
    (fields[name] ??= []).push(lines[index + 1] as string);
  }
  return fields;
}
