import type { ApiAnswer } from '@poplet/policy';

export function jsonAnswer(
  status: number,
  value: unknown,
  fields: Readonly<Record<string, string>> = {},
): ApiAnswer {
  return {
    status,
    fields: { 'content-type': 'application/json', ...fields },
    content: JSON.stringify(value),
  };
}

/** The object that content is in JSON; undefined where it is none. */
export function jsonObject(content: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(content);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined where it is no list, or anything in it is no text or is empty. */
export function listOfTexts(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const texts = value.filter((one) => typeof one === 'string' && one !== '') as string[];
  return texts.length === value.length ? texts : undefined;
}
