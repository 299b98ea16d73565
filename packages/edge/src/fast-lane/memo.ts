import type { Section } from './section.ts';

/** What ready answers may take in memory, in round figures. Those that were not used lately go first. */
const MAX_BYTES = 128 * 1024 * 1024;

/** Different requests for one stored body whose answers are kept. */
const MAX_PER_RESPONSE = 16;

/** What of an answer counts here. */
interface Remembered {
  /** Of the request that it was made for; others may have the same. */
  readonly section: Section;
  /** What it takes in memory beside its section. */
  readonly heldBytes: number;
}

/**
 * Answers that were worked out, by the body they are about: gone with the stored response, or when there are
 * too many. In two halves: when the younger is full, the older is forgotten, bar what was used meanwhile.
 */
export class Memo<Answer extends Remembered> {
  #young = new WeakMap<object, Answer[]>();
  #old = new WeakMap<object, Answer[]>();
  #youngBytes = 0;
  /** Those in the younger half: each is counted once, however many answers are for it. */
  #youngSections = new WeakSet<Section>();

  of(body: object): readonly Answer[] {
    const answers = this.#young.get(body);
    if (answers !== undefined) return answers;
    const kept = this.#old.get(body);
    if (kept === undefined) return [];
    this.#old.delete(body);
    this.#keep(body, kept);
    return kept;
  }

  /** In the place of `instead`, where that is given. */
  set(body: object, answer: Answer, instead: Answer | undefined): void {
    const answers = this.#young.get(body);
    if (answers === undefined) {
      this.#keep(body, [answer]);
      return;
    }
    const index = instead === undefined ? -1 : answers.indexOf(instead);
    if (index !== -1) {
      answers[index] = answer;
      return;
    }
    if (answers.length >= MAX_PER_RESPONSE) answers.shift();
    answers.push(answer);
    this.#count(answer);
  }

  #keep(body: object, answers: Answer[]): void {
    this.#young.set(body, answers);
    for (const answer of answers) this.#count(answer);
  }

  #count({ heldBytes, section }: Remembered): void {
    this.#youngBytes += heldBytes;
    if (!this.#youngSections.has(section)) {
      this.#youngSections.add(section);
      this.#youngBytes += section.heldBytes;
    }
    if (this.#youngBytes <= MAX_BYTES / 2) return;
    this.#old = this.#young;
    this.#young = new WeakMap();
    this.#youngBytes = 0;
    this.#youngSections = new WeakSet();
  }
}
