import type { Visit } from './routing.ts';

/** The cookies of a request; of several of one name the first. */
export function cookiesOf({ headers }: Pick<Visit, 'headers'>): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [, name, value = ''] = /^\s*([^=\s]+)=(.*?)\s*$/u.exec(pair) ?? [];
    if (name !== undefined && !cookies.has(name)) cookies.set(name, value);
  }
  return cookies;
}

/** Where a visitor is said to be, lower case: by cookie, else by the edge, else in the United States, as netlify dev has it. */
export function countryOf(visit: Visit): string {
  const told = visit.headers['x-country']?.toString();
  return (cookiesOf(visit).get('nf_country') ?? told ?? 'us').toLowerCase();
}

/** Which language a visitor wants most, lower case: by cookie, else by Accept-Language, else English, as netlify dev has it. */
export function languageOf(visit: Visit): string {
  return (
    cookiesOf(visit).get('nf_lang') ??
    wanted(visit.headers['accept-language']) ??
    'en'
  ).toLowerCase();
}

function wanted(accepted: string | undefined): string | undefined {
  let best: { readonly name: string; readonly weight: number } | undefined;
  for (const member of (accepted ?? '').split(',')) {
    const [name = '', ...parameters] = member.split(';').map((part) => part.trim());
    const weight = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
    const isWanted = name !== '' && name !== '*' && weight > 0;
    if (isWanted && (best === undefined || weight > best.weight)) best = { name, weight };
  }
  return best?.name;
}
