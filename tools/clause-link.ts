/** A clause as a link to where it stands: `RFC 9111 §4.2`. Where that is nowhere online, the text alone. */
export function clauseLink(clause: string, text = clause): string {
  const { rfc, section } =
    /^RFC (?<rfc>\d+) §(?<section>[\dA-Z][\d.]*)$/u.exec(clause)?.groups ?? {};
  if (rfc === undefined || section === undefined) return text;
  const kind = /^\d/u.test(section) ? 'section' : 'appendix';
  return `[${text}](https://www.rfc-editor.org/rfc/rfc${rfc}#${kind}-${section})`;
}
