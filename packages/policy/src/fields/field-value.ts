// oxlint-disable-next-line no-control-regex -- what a field value must not contain
const NOT_A_VALUE = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/u;

/** Whether a header field can carry the text (RFC 9110 §5.5): no control characters, nothing beyond a byte. */
export function isFieldValue(text: string): boolean {
  return !NOT_A_VALUE.test(text);
}
