import type { FieldLines, PresentedRequest } from '@poplet/policy';

/** What a request may say of where its client is, by the end of its name: none of it goes on as it came. */
const GEO = [
  'country',
  'region',
  'city',
  'latitude',
  'longitude',
  'timezone',
  'continent',
  'postal-code',
] as const;

export type GeoPart = (typeof GEO)[number];

/** `x-poplet-country` and the like, lower case. */
export const GEO_FIELDS: readonly string[] = GEO.map(geoFieldOf);

/** The field of a request that says a part of where its client is. */
export function geoFieldOf(part: GeoPart): string {
  return `x-poplet-${part}`;
}

/** The parts that a request says, each as a line of the name that `nameOf` gives it. */
export function geoLines(
  { fields }: PresentedRequest,
  nameOf: Readonly<Partial<Record<GeoPart, string>>>,
): FieldLines {
  return GEO.flatMap((part) => {
    const name = nameOf[part];
    const value = fields.get(geoFieldOf(part));
    return name === undefined || value === undefined ? [] : [name, value];
  });
}
