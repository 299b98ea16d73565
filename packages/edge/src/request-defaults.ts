import { IncomingFields, isFieldValue, isToken, PopletError } from '@poplet/policy';

/** The fields of a request, and what it is taken to have beside them. */
export type WithDefaults = (fields: IncomingFields) => IncomingFields;

/**
 * Gives requests the fields that they lack of these, by name. Throws PopletError `invalid-option` where one cannot be
 * sent.
 */
export function requestDefaults(defaults: Readonly<Record<string, string>>): WithDefaults {
  const lines = Object.entries(defaults).map(([name, value]) => {
    if (!isToken(name) || !isFieldValue(value))
      throw new PopletError('invalid-option', `no request can have ${JSON.stringify(name)}`, {
        hint: 'write names and values as HTTP does: {"x-poplet-country": "DE"}',
      });
    return [name.toLowerCase(), value] as const;
  });
  if (lines.length === 0) return (fields) => fields;
  return (fields) => {
    const missing = lines.filter(([name]) => !fields.has(name));
    return missing.length === 0
      ? fields
      : new IncomingFields([...fields.toLines(), ...missing.flat()]);
  };
}
