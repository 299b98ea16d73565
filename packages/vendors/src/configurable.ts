import type { Policy } from '@poplet/policy';

import type { OptionValues, Profile, ProfileOption } from './vendor.ts';

/** An option of a profile, and what its values make of that which the policy is made of. */
export interface Setting<Base> extends Omit<ProfileOption, 'values'> {
  readonly values:
    | {
        readonly kind: 'choice';
        readonly choices: Readonly<Record<string, (base: Base) => Base>>;
      }
    | {
        readonly kind: 'seconds';
        readonly baseWith: (base: Base, seconds: number) => Base;
      }
    | {
        readonly kind: 'fields';
        /** The names in lower case. */
        readonly baseWith: (base: Base, names: readonly string[]) => Base;
      };
}

/** A profile that can be set: what its policy is made of, how, and what may be different. */
export function configurable<Base>({
  base,
  policyOf,
  settings,
}: {
  readonly base: Base;
  readonly policyOf: (base: Base) => Policy;
  /** Applied in this order. */
  readonly settings: readonly Setting<Base>[];
}): Required<Pick<Profile, 'policy' | 'options' | 'configured'>> {
  return {
    policy: policyOf(base),
    options: settings.map((setting) => ({ ...setting, values: valuesOf(setting) })),
    configured: (values) =>
      policyOf(
        settings.reduce((before, setting) => {
          const value = values.get(setting.name);
          return value === undefined ? before : applied(before, setting, value);
        }, base),
      ),
  };
}

/** The same, where what the options change is the policy itself. */
export function configurablePolicy(
  policy: Policy,
  settings: readonly Setting<Policy>[],
): ReturnType<typeof configurable> {
  return configurable({ base: policy, policyOf: unchanged, settings });
}

/** What a value of an option makes of things that are so already. */
export function unchanged<Base>(before: Base): Base {
  return before;
}

function valuesOf<Base>({ values }: Setting<Base>): OptionValues {
  return values.kind === 'choice'
    ? { kind: 'choice', choices: Object.keys(values.choices) }
    : { kind: values.kind };
}

function applied<Base>(base: Base, { name, values }: Setting<Base>, value: string): Base {
  switch (values.kind) {
    case 'seconds':
      return values.baseWith(base, Number(value));
    case 'fields':
      return values.baseWith(base, value === '' ? [] : value.toLowerCase().split('+'));
    case 'choice': {
      const change = values.choices[value];
      if (change === undefined) throw new Error(`${name} cannot be ${value}`);
      return change(base);
    }
    default:
      return values satisfies never;
  }
}
