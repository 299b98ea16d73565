import { IncomingFields, type FieldLines, type FieldReader } from '../headers.ts';
import { applyHeaderPatch } from './header-patch.ts';
import type { Scene } from './rehearsal.ts';
import type { Side, SidePatch } from './suggestion.ts';

/** One field to be changed: its new value, or null to remove it. */
interface Change {
  readonly on: Side;
  readonly name: string;
  readonly value: string | null;
}

const SIDES: readonly Side[] = ['request', 'response'];

/** A suggestion in the making: a scene, and the fields changed so far. Immutable. */
export class Draft {
  readonly #before: Scene;
  readonly #changes: readonly Change[];
  readonly why: readonly string[];
  readonly spec: readonly string[];
  /** The scene with all changes made. */
  readonly scene: Scene;

  private constructor(
    before: Scene,
    changes: readonly Change[],
    { why, spec }: Pick<Draft, 'why' | 'spec'>,
  ) {
    this.#before = before;
    this.#changes = changes;
    this.why = why;
    this.spec = spec;
    this.scene = sceneWith(before, changes);
  }

  static of(scene: Scene): Draft {
    return new Draft(scene, [], { why: [], spec: [] });
  }

  get isEmpty(): boolean {
    return this.#changes.length === 0;
  }

  lines(on: Side, name: string): readonly string[] {
    return this.scene[on].fields.lines(name);
  }

  /**
   * With a field set, or removed where the value is null or empty. Unchanged where the field is the mark of a
   * file that the CDN serves itself: nobody can send that.
   */
  with(on: Side, name: string, value: string | null): Draft {
    if (this.scene.policy.key.assetFields.includes(name)) return this;
    const before = this.#before[on].fields.lines(name);
    const others = this.#changes.filter((one) => one.on !== on || one.name !== name);
    const wanted = value === '' ? null : value;
    const isAsBefore =
      wanted === null ? before.length === 0 : before.length === 1 && before[0] === wanted;
    const changes = isAsBefore ? others : [...others, { on, name, value: wanted }];
    return new Draft(this.#before, changes, this);
  }

  /** With a sentence and a clause that say what the last change is for. */
  because(why: string, spec: string): Draft {
    return new Draft(this.#before, this.#changes, {
      why: this.why.includes(why) ? this.why : [...this.why, why],
      spec: this.spec.includes(spec) ? this.spec : [...this.spec, spec],
    });
  }

  /** Without every change that the promise holds without. */
  minimal(isKept: (scene: Scene) => boolean): Draft {
    for (const change of this.#changes) {
      const others = this.#changes.filter((one) => one !== change);
      if (isKept(sceneWith(this.#before, others))) {
        return new Draft(this.#before, others, this).minimal(isKept);
      }
    }
    return this;
  }

  get patches(): readonly SidePatch[] {
    return patchesOf(this.#before, this.#changes);
  }
}

function sceneWith(before: Scene, changes: readonly Change[]): Scene {
  const patched = (on: Side): FieldLines =>
    patchesOf(before, changes)
      .filter((patch) => patch.on === on)
      .reduce<FieldLines>(applyHeaderPatch, before[on].fields.toLines());
  return {
    ...before,
    request: { ...before.request, fields: new IncomingFields(patched('request')) },
    response: { ...before.response, fields: new IncomingFields(patched('response')) },
  };
}

function patchesOf(before: Scene, changes: readonly Change[]): readonly SidePatch[] {
  return SIDES.map((on) => patchOf(before[on].fields, changes, on)).filter(
    ({ set, remove }) => set.length + remove.length > 0,
  );
}

function patchOf(fields: FieldReader, changes: readonly Change[], on: Side): SidePatch {
  const own = changes.filter((change) => change.on === on);
  const written = (name: string): string => spelling(fields.toLines(), name);
  return {
    on,
    set: own.flatMap(({ name, value }) =>
      value === null ? [] : [[written(name), value] as const],
    ),
    remove: own.flatMap(({ name, value }) => (value === null ? [written(name)] : [])),
    replaces: own.flatMap(({ name }) =>
      fields.lines(name).map((value) => [written(name), value] as const),
    ),
  };
}

/** The name of a field as the section writes it, or else as is usual. */
function spelling(lines: FieldLines, name: string): string {
  const found = lines.find((text, index) => index % 2 === 0 && text.toLowerCase() === name);
  return found ?? usualSpelling(name);
}

/** `cdn-cache-control` as `CDN-Cache-Control`. */
export function usualSpelling(name: string): string {
  return name
    .split('-')
    .map((word) => (word === 'cdn' ? 'CDN' : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('-');
}
