import {
  IncomingFields,
  type FieldLines,
  type Policy,
  type PresentedRequest,
} from '@poplet/policy';

/** What a request may say of where its client is, by the end of its name. */
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

/** The field of a request that says its client's address, as origin servers are to be told it. Lower case. */
const ADDRESS_FIELD = 'x-poplet-client-address';

/** `x-poplet-country` and the like, lower case: none of it goes on as it came. */
export const VISITOR_FIELDS: readonly string[] = [...GEO.map(geoFieldOf), ADDRESS_FIELD];

/** Where a client is, as far as anybody is to be told. */
export interface Visitor {
  /** ISO 3166-1 alpha-2: `DE`. */
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  /** Degrees: `52.52`. */
  readonly latitude?: string | undefined;
  readonly longitude?: string | undefined;
  /** `Europe/Berlin`. */
  readonly timezone?: string | undefined;
  readonly continent?: string | undefined;
  readonly postalCode?: string | undefined;
  /** IPv4 or IPv6. */
  readonly address?: string | undefined;
}

/** The request fields that say so, by name. */
export function visitorFields({
  postalCode,
  address,
  ...parts
}: Visitor): Readonly<Record<string, string>> {
  const said: readonly (readonly [name: string, value: string | undefined])[] = [
    ...Object.entries(parts).map(([part, value]) => [geoFieldOf(part as GeoPart), value] as const),
    [geoFieldOf('postal-code'), postalCode],
    [ADDRESS_FIELD, address],
  ];
  return Object.fromEntries(
    said.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

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

type UpstreamFields = NonNullable<Policy['fill']['ownFields']>;

/** `linesOf`, for which a request comes from the address that it says itself, where it says one. */
export function fromSaidAddress(linesOf: UpstreamFields): UpstreamFields {
  return (request) => {
    const { fields } = request;
    const said = fields.get(ADDRESS_FIELD);
    if (said === undefined || !/^[\da-f.:]+$/iu.test(said)) return linesOf(request);
    const lines = linesOf({ ...request, clientAddress: said });
    if (new IncomingFields(lines).has('x-forwarded-for')) return lines;
    const before = fields.get('x-forwarded-for');
    const hops = before === undefined ? said : `${before}, ${said}`;
    return [...lines, 'X-Forwarded-For', hops];
  };
}
