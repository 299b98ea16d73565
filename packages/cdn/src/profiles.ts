import { isToken, PopletError, rfc9111, type Policy } from '@poplet/policy';
import { VENDORS, type ProfileOption, type Vendor } from '@poplet/vendors';

import { nearestName } from './nearest-name.ts';

/** A profile and what it stands for, for `poplet profiles`. */
export interface ProfileEntry {
  readonly policy: Policy;
  readonly summary: string;
  readonly options: readonly ProfileOption[];
  /** The policy with these values of options, each one that its option allows. */
  readonly configured: (values: ReadonlyMap<string, string>) => Policy;
}

/** Every profile, by name. */
export const PROFILES: Readonly<Record<string, ProfileEntry>> = {
  rfc9111: {
    policy: rfc9111,
    summary: 'the HTTP caching specifications at their best: every MUST, every safe optimisation',
    options: [],
    configured: () => rfc9111,
  },
  ...Object.fromEntries(
    VENDORS.flatMap(({ profiles }) => profiles).map((profile) => [
      profile.policy.name,
      { options: [], configured: () => profile.policy, ...profile },
    ]),
  ),
};

/**
 * The policy of a profile: `cloudflare`, or with options `cloudfront:min-ttl=0,default-ttl=3600`, which are part of
 * its name where they are not what they are anyway. Throws PopletError `invalid-option` that suggests the nearest name.
 */
export function profileNamed(text: string): Policy {
  const [, name = '', settings] = /^([^:]*)(?::(.*))?$/su.exec(text) ?? [];
  const { policy, options, configured } = entryNamed(name);
  if (settings === undefined) return policy;
  const given = settingsOf(settings, name, options);
  const changed = options.flatMap((option): readonly (readonly [string, string])[] => {
    const value = given.get(option.name);
    return value === undefined || value === option.standard ? [] : [[option.name, value]];
  });
  if (changed.length === 0) return policy;
  const words = changed.map(([option, value]) => `${option}=${value}`);
  return { ...configured(new Map(changed)), name: `${name}:${words.join(',')}` };
}

/** The CDN that a profile imitates, by its name with or without options; undefined: none. */
export function vendorOf(profile: string): Vendor | undefined {
  const name = profile.replace(/:.*$/su, '');
  return VENDORS.find(({ profiles }) => profiles.some(({ policy }) => policy.name === name));
}

function entryNamed(name: string): ProfileEntry {
  const entry = Object.hasOwn(PROFILES, name) ? PROFILES[name] : undefined;
  if (entry !== undefined) return entry;
  const meant = profileOfVendor(name);
  if (meant !== undefined)
    throw refused(`there is no profile "${name}"`, `did you mean "${meant}"?`);
  throw unknown(`there is no profile "${name}"`, name, {
    names: Object.keys(PROFILES),
    otherwise: 'the profiles are',
  });
}

/** The first profile of the CDN that a word of its name stands for: `azure`, `google`, `amazon`. */
function profileOfVendor(word: string): string | undefined {
  const vendor = VENDORS.find(({ title }) =>
    title.toLowerCase().split(' ').includes(word.toLowerCase()),
  );
  return vendor?.profiles[0]?.policy.name;
}

function settingsOf(
  text: string,
  profile: string,
  options: readonly ProfileOption[],
): ReadonlyMap<string, string> {
  const settings = new Map<string, string>();
  for (const setting of text.split(',')) {
    const [, name = setting, value = ''] = /^([^=]*)=(.*)$/su.exec(setting) ?? [];
    const option = options.find((one) => one.name === name);
    if (option === undefined) {
      throw unknown(`the profile ${profile} has no option "${name}"`, name, {
        names: options.map((one) => one.name),
        otherwise: 'its options are',
      });
    }
    if (settings.has(name))
      throw refused(`${profile}: the option ${name} is given twice`, 'give it once');
    mustBeValue(value, profile, option);
    settings.set(name, value);
  }
  return settings;
}

/** Nine digits: more than thirty years. */
const SECONDS = /^\d{1,9}$/u;

function mustBeValue(value: string, profile: string, { name, values }: ProfileOption): void {
  if (values.kind === 'seconds') {
    if (SECONDS.test(value)) return;
    throw refused(
      `${profile}: ${name}=${value} is no number of seconds`,
      `write it as ${profile}:${name}=3600`,
    );
  }
  if (values.kind === 'fields') {
    if (value === '' || value.split('+').every(isToken)) return;
    throw refused(
      `${profile}: ${name}=${value} is no list of field names`,
      `write it as ${profile}:${name}=origin+accept-language`,
    );
  }
  if (values.choices.includes(value)) return;
  throw unknown(`${profile}: the option ${name} cannot be "${value}"`, value, {
    names: values.choices,
    otherwise: 'it can be',
  });
}

function unknown(
  message: string,
  typed: string,
  { names, otherwise }: { readonly names: readonly string[]; readonly otherwise: string },
): PopletError {
  const nearest = nearestName(typed, names);
  if (nearest !== undefined) return refused(message, `did you mean "${nearest}"?`);
  return names.length === 0
    ? refused(message, 'it has none: leave out what stands behind the colon')
    : refused(message, `${otherwise}: ${names.join(', ')}`);
}

function refused(message: string, hint: string): PopletError {
  return new PopletError('invalid-option', message, { hint });
}
