import { parseVary } from '@poplet/policy';

interface Field {
  /** As it is to be spelled on the wire. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** The header fields of an answer in the making. Names are compared without regard to case. */
export class ResponseFields {
  readonly #fields = new Map<string, Field>();

  set(name: string, value: string): void {
    this.#fields.set(name.toLowerCase(), { name, lines: [value] });
  }

  /** Another line of the field; RFC 9110 §5.3: only Set-Cookie needs lines of its own. */
  add(name: string, value: string): void {
    const earlier = this.#fields.get(name.toLowerCase());
    if (earlier === undefined) this.set(name, value);
    else if (name.toLowerCase() === 'set-cookie') {
      this.#fields.set('set-cookie', { name, lines: [...earlier.lines, value] });
    } else this.set(earlier.name, `${earlier.lines[0]}, ${value}`);
  }

  delete(...names: readonly string[]): void {
    for (const name of names) this.#fields.delete(name.toLowerCase());
  }

  get(name: string): string | undefined {
    return this.#fields.get(name.toLowerCase())?.lines.join(', ');
  }

  /** Names the request fields that the answer depends on (RFC 9110 §12.5.5). */
  varyBy(name: string): void {
    const varied = parseVary(this.#fields.get('vary')?.lines ?? []);
    if (varied === '*' || varied.includes(name.toLowerCase())) return;
    this.add('Vary', name);
  }

  /** In the form that Fastify takes. */
  toHeaders(): Record<string, string | string[]> {
    const headers: Record<string, string | string[]> = {};
    for (const { name, lines } of this.#fields.values()) {
      headers[name] = lines.length === 1 ? (lines[0] as string) : [...lines];
    }
    return headers;
  }
}
