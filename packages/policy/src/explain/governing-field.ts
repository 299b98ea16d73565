import { effectiveCacheControl } from '../effective-cache-control.ts';
import { formatDirectives, writtenDirectives } from '../fields/directive-list.ts';
import { targetedFrom, type EditedField } from './cache-control-edits.ts';
import { usualSpelling, type Draft } from './draft.ts';

/** The field that this cache obeys: the targeted one that governs, or Cache-Control. */
export function governingField(draft: Draft): EditedField {
  const { fields } = draft.scene.response;
  const { field, targeted } = effectiveCacheControl(fields, draft.scene.policy.freshness);
  return {
    name: field,
    isTargeted: targeted,
    directives: writtenDirectives(fields.lines(field)),
  };
}

/**
 * The field that speaks to the CDN alone: the targeted one that governs, or a new one that takes over
 * from Cache-Control; undefined where the policy obeys none.
 */
export function cdnField(draft: Draft): EditedField | undefined {
  const governing = governingField(draft);
  if (governing.isTargeted) return governing;
  const name = targetedName(draft);
  return name === undefined
    ? undefined
    : targetedFrom(name, draft.lines('response', 'cache-control'));
}

/** The first targeted field that takes directives, and that an origin server of one's own may send. */
export function targetedName(draft: Draft): string | undefined {
  const { freshness, key } = draft.scene.policy;
  const others = new Set([...freshness.secondsFields, ...key.assetFields]);
  return freshness.targetedFields.find((name) => !others.has(name));
}

/** The draft with that field in the response; a field without directives is removed. */
export function withField(draft: Draft, { name, directives }: EditedField): Draft {
  return draft.with('response', name, formatDirectives(directives));
}

/** How the field is called in sentences. */
export function nameOf({ name }: EditedField): string {
  return usualSpelling(name);
}
