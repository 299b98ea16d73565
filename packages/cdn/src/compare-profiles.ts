import {
  createEdge,
  type ComparedTreatment,
  type Comparison,
  type ExplainRequest,
  type PolicyChoice,
} from '@poplet/edge';
import { PopletError, rfc9111, type Policy } from '@poplet/policy';
import type { ProfileOption } from '@poplet/vendors';

import { namedCdn } from './named-cdn.ts';
import { PROFILES, profileNamed } from './profiles.ts';
import { differingAspects, type Aspect } from './treatment-aspects.ts';

export interface CompareProfilesInput {
  /** What is asked for, as visitors ask. */
  readonly request: ExplainRequest;
  /** The server that is asked, where that is not the URL's own. */
  readonly upstreamUrl?: string | undefined;
  /** Names of profiles, or of files as `namedCdn` has them. */
  readonly profiles: readonly string[];
}

/** What profiles make of one response. Plain data: it is JSON as it stands. */
export interface ProfileComparison extends Pick<Comparison, 'method' | 'url' | 'upstream'> {
  readonly profiles: readonly ComparedProfile[];
  /** What files say and no policy does. */
  readonly notEmulated: readonly string[];
}

export interface ComparedProfile extends ComparedTreatment {
  /** What nobody is sure of, and would make a difference here. */
  readonly doubts: readonly Doubt[];
}

/** An option whose standard value is not sure, and another value with which this response would be treated differently. */
export interface Doubt extends Pick<ProfileOption, 'name' | 'summary' | 'standard'> {
  readonly because: string;
  readonly other: string;
  /** The profile with the other value. */
  readonly profile: string;
  readonly aspects: readonly Aspect[];
  readonly treatment: ComparedTreatment;
}

/** An alternative to be played through. */
interface Alternative {
  readonly option: ProfileOption;
  readonly other: string;
  readonly policy: Policy;
}

/**
 * Asks the origin server once, and says what each profile would make of its answer. Throws PopletError
 * `invalid-option`, `upstream-unreachable`.
 */
export async function compareProfiles({
  request,
  upstreamUrl,
  profiles,
}: CompareProfilesInput): Promise<ProfileComparison> {
  const sides = await Promise.all(
    profiles.map(async (name) => ({
      ...(await namedCdn(name)),
      alternatives: alternativesTo(name),
    })),
  );
  const policies = sides.flatMap(({ policy, alternatives }) => [
    policy,
    ...alternatives.map((one) => one.policy),
  ]);
  const { treatments, ...asked } = await askOnce(request, upstreamUrl, policies);
  const left = treatments.values();
  const next = (): ComparedTreatment => left.next().value as ComparedTreatment;
  const compared = sides.map(({ alternatives }): ComparedProfile => {
    const treatment = next();
    const doubts = alternatives.flatMap((one) => doubtOf(treatment, next(), one));
    return { ...treatment, doubts };
  });
  const notEmulated = sides.flatMap((side) => side.notEmulated);
  return { ...asked, profiles: compared, notEmulated };
}

async function askOnce(
  request: ExplainRequest,
  upstreamUrl: string | undefined,
  policies: readonly PolicyChoice[],
): Promise<Comparison> {
  const url = upstreamUrl ?? originOf(request.url);
  const hostHeader = upstreamUrl === undefined ? 'viewer' : 'upstream';
  const edge = createEdge({ sites: [{ upstream: { url }, policy: rfc9111, hostHeader }] });
  try {
    return await edge.compare(request, policies);
  } finally {
    await edge.close();
  }
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/u.test(url.protocol)) return url.origin;
  throw new PopletError('invalid-option', `${JSON.stringify(text)} is not a URL`, {
    hint: 'write it as http://localhost:5173/data.json',
  });
}

/** The profile with each value that may hold instead of each option that is in doubt, one at a time. */
function alternativesTo(text: string): readonly Alternative[] {
  const [name = '', settings] = text.split(':');
  const set = new Map(settings?.split(',').map((one) => one.split('=') as [string, string]));
  return (PROFILES[name]?.options ?? []).flatMap((option) => {
    // Who sets it is sure.
    if (option.doubt === undefined || set.has(option.name)) return [];
    return othersOf(option).map((other): Alternative => {
      const changed = [...set, [option.name, other]].map((one) => one.join('='));
      return { option, other, policy: profileNamed(`${name}:${changed.join(',')}`) };
    });
  });
}

/** The values that may hold in place of the standard one. */
function othersOf({ values, standard, instead }: ProfileOption): readonly string[] {
  if (instead !== undefined) return instead;
  return values.kind === 'choice' ? values.choices.filter((choice) => choice !== standard) : [];
}

function doubtOf(
  standardly: ComparedTreatment,
  otherwise: ComparedTreatment,
  { option, other }: Alternative,
): readonly Doubt[] {
  const aspects = differingAspects(standardly, otherwise);
  if (aspects.length === 0) return [];
  const { name, summary, standard, doubt = '' } = option;
  const { profile } = otherwise;
  return [
    { name, summary, standard, because: doubt, other, profile, aspects, treatment: otherwise },
  ];
}
