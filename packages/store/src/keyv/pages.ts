import { keysOf, type KeyvLink } from './keyv-link.ts';
import { sealed, unsealed } from './sealed-text.ts';

/** Pages from `first` up to and including `last`; none where that is less. */
export interface PageRange {
  readonly first: number;
  readonly last: number;
}

export const NO_PAGES: PageRange = { first: 1, last: 0 };

export interface PagesOptions {
  readonly link: KeyvLink;
  readonly name: string;
  /** What is written in another one does not count. */
  readonly epoch: () => string;
}

interface Page<Content> {
  readonly epoch: string;
  readonly content: Content;
}

/** Numbered texts, of which somebody else remembers which of them count. */
export class Pages<Content> {
  readonly #options: PagesOptions;
  readonly #pieces = new Map<number, number>();

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  async write(number: number, content: Content): Promise<void> {
    const { link, epoch } = this.#options;
    const page: Page<Content> = { epoch: epoch(), content };
    const text = sealed(page);
    const pieces = link.piecesOf(text.length);
    this.#pieces.set(number, Math.max(pieces, this.#pieces.get(number) ?? 1));
    await link.set(this.#key(number), text);
  }

  /** Those that are there and whole, until one is not. */
  async read({ first, last }: PageRange): Promise<Content[]> {
    const { link, epoch } = this.#options;
    const found: Content[] = [];
    for (let number = first; number <= last; number++) {
      const page = unsealed(await link.get(this.#key(number))) as Page<Content> | undefined;
      if (page === undefined || page.epoch !== epoch()) break;
      found.push(page.content);
    }
    return found;
  }

  /** Best effort: what does not count does no harm. */
  async remove({ first, last }: PageRange): Promise<void> {
    for (let number = first; number <= last; number++) {
      const keys = keysOf(this.#key(number), this.#pieces.get(number) ?? 1);
      this.#pieces.delete(number);
      await this.#options.link.deleteMany(keys).catch(() => {});
    }
  }

  #key(number: number): string {
    return `${this.#options.name}:${number}`;
  }
}
