import { parseWeightedList } from './fields/weighted-list.ts';
import type { FieldReader } from './headers.ts';

// What a selection rule names beside whole fields: `cookie:a` is one cookie, `x-country=us|es+pt` the group
// in which the value of a field lies, `accept-language=en|es+pt` the group that is wanted most. No field has
// such a name (RFC 9110 §5.6.2).

/** One cookie. Its name is case-sensitive. */
export function cookiePart(name: string): string {
  return `cookie:${name}`;
}

/** The group in which the value of a field lies: groups are separated by `|`, their members by `+`; lower case. */
export function groupPart(field: string, groups: string): string {
  return `${field}=${groups}`;
}

/** Whether a rule's name is of a part. */
export function isPart(name: string): boolean {
  return /[:=]/u.test(name);
}

/** The request field that a rule's name is of, lower case. */
export function fieldOf(name: string): string {
  return /^[^:=]*/u.exec(name)?.[0] as string;
}

/** What a part is in a request; undefined where there is none. */
export function valueOfPart(name: string, request: FieldReader): string | undefined {
  const field = fieldOf(name);
  const rest = name.slice(field.length + 1);
  if (name.startsWith('cookie:')) return cookieIn(request, rest);
  const groups = rest.split('|');
  const value = request.get(field)?.toLowerCase();
  if (value === undefined) return undefined;
  const values = field === 'accept-language' ? languagesOf(value) : [value];
  for (const one of values) {
    const group = groups.find((members) => members.split('+').includes(one));
    if (group !== undefined) return group;
  }
  return undefined;
}

/** The lines of a request that a rule's name is about: of Cookie no more than the cookie that is named. */
export function linesOfPart(name: string, request: FieldReader): readonly string[] {
  if (!name.startsWith('cookie:')) return request.lines(fieldOf(name));
  const cookie = name.slice('cookie:'.length);
  const value = cookieIn(request, cookie);
  return value === undefined ? [] : [`${cookie}=${value}`];
}

/** RFC 6265 §5.4: of several cookies of one name the first. */
function cookieIn(request: FieldReader, name: string): string | undefined {
  for (const pair of request.lines('cookie').flatMap((line) => line.split(';'))) {
    const text = pair.trim();
    if (text.startsWith(`${name}=`)) return text.slice(name.length + 1);
  }
  return undefined;
}

/** The languages of an Accept-Language, most wanted first, each followed by the one that it is a kind of. */
function languagesOf(accepted: string): readonly string[] {
  return parseWeightedList(accepted)
    .flatMap((weighted) => (weighted === null || weighted.weight === 0 ? [] : [weighted]))
    .toSorted((a, b) => b.weight - a.weight)
    .flatMap(({ name }) => [name, name.replace(/-.*/u, '')]);
}
