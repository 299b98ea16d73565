import type { CodingPolicy, Conversion, StoredResponse } from '@poplet/policy';
import type { BodySource } from '@poplet/store';
import type { EdgeContext } from '../edge-context.ts';
import { ConvertedBody } from './conversion.ts';

/** More bodies than this do not wait their turn: who asks for one of the others begins anew. */
const MAX_WAITING = 256;

/** A coding of a stored body that somebody would have been sent, had it been there. */
export interface WantedCoding {
  readonly response: StoredResponse;
  readonly conversion: Pick<Conversion, 'from' | 'to'>;
  readonly policy: CodingPolicy;
}

/** Makes codings of stored bodies in the background: each once, one after another. */
export class Coder {
  readonly #waiting = new Map<string, WantedCoding>();
  #isAtWork = false;
  /** What is being made. */
  #chunks: AsyncIterableIterator<Uint8Array> | undefined;
  #isClosed = false;

  /** Does nothing where it is made already, is too long, or too many wait. */
  want(wanted: WantedCoding, edge: EdgeContext): void {
    const name = nameOf(wanted);
    if (this.#isClosed || this.#waiting.has(name) || this.#waiting.size >= MAX_WAITING) return;
    if (sourceOf(wanted, edge) === undefined) return;
    this.#waiting.set(name, wanted);
    if (this.#isAtWork) return;
    this.#isAtWork = true;
    edge.tasks.run('coding', () => this.#work(edge));
  }

  async #work(edge: EdgeContext): Promise<void> {
    try {
      // What comes meanwhile is among them.
      for (const [name, wanted] of this.#waiting) {
        await this.#make(wanted, edge);
        this.#waiting.delete(name);
      }
    } finally {
      this.#isAtWork = false;
      this.#waiting.clear();
    }
  }

  async #make(wanted: WantedCoding, edge: EdgeContext): Promise<void> {
    const { response, conversion } = wanted;
    const source = sourceOf(wanted, edge);
    if (source === undefined) return;
    const content = await this.#convert(source, wanted, edge);
    if (content !== undefined) await edge.store.addCoding(response, conversion.to, content);
  }

  /** Undefined where it is of no use any more, too long, or cannot be made. */
  async #convert(
    source: BodySource,
    wanted: WantedCoding,
    edge: EdgeContext,
  ): Promise<Uint8Array | undefined> {
    const { conversion, policy } = wanted;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    try {
      const converted = new ConvertedBody(source, { conversion, policy, use: 'stored' });
      this.#chunks = converted.read(0, undefined);
      for await (const chunk of this.#chunks) {
        bytes += chunk.length;
        // Purged, replaced or evicted meanwhile: nobody will ask for it.
        if (sourceOf(wanted, edge) === undefined) return undefined;
        if (bytes > policy.maxStoredBytes) return undefined;
        chunks.push(chunk);
      }
    } catch {
      // A body that is damaged, or not what its coding says: whoever is sent it is told.
      return undefined;
    }
    return this.#isClosed ? undefined : Buffer.concat(chunks);
  }

  /** What is under way is given up, and nothing is begun. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.clear();
    void this.#chunks?.return?.();
  }
}

/** The body to be coded; undefined where there is nothing to do. */
function sourceOf(
  { response, conversion, policy }: WantedCoding,
  { store }: EdgeContext,
): BodySource | undefined {
  const source = store.open(response);
  if (source?.bodyBytes === undefined || source.bodyBytes > policy.maxStoredBytes) return undefined;
  return store.openCoding(response, conversion.to) === undefined ? source : undefined;
}

function nameOf({ response, conversion }: WantedCoding): string {
  const { primaryKey, rule, variantKey } = response;
  return `${primaryKey}\n${rule.id}\n${variantKey}\n${conversion.to}`;
}
