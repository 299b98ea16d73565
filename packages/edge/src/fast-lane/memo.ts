import type { ReadyAnswer } from './ready-answer.ts';

/** What ready answers may take in memory, in round figures. Those that were not used lately go first. */
const MAX_BYTES = 96 * 1024 * 1024;

/** Different requests for one stored body whose answers are kept. */
const MAX_PER_RESPONSE = 16;

type Answers = ReadyAnswer[];

/**
 * Answers that were worked out, by the body they are about: gone with the stored response, or when there are
 * too many. In two halves: when the younger is full, the older is forgotten, bar what was used meanwhile.
 */
export class Memo {
  #young = new WeakMap<object, Answers>();
  #old = new WeakMap<object, Answers>();
  #youngBytes = 0;

  of(body: object): readonly ReadyAnswer[] {
    const answers = this.#young.get(body);
    if (answers !== undefined) return answers;
    const kept = this.#old.get(body);
    if (kept === undefined) return [];
    this.#old.delete(body);
    this.#keep(body, kept);
    return kept;
  }

  /** In the place of `instead`, where that is given. */
  set(body: object, answer: ReadyAnswer, instead: ReadyAnswer | undefined): void {
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
    this.#count(answer.heldBytes);
  }

  #keep(body: object, answers: Answers): void {
    this.#count(answers.reduce((bytes, { heldBytes }) => bytes + heldBytes, 0));
    this.#young.set(body, answers);
  }

  #count(bytes: number): void {
    this.#youngBytes += bytes;
    if (this.#youngBytes <= MAX_BYTES / 2) return;
    this.#old = this.#young;
    this.#young = new WeakMap();
    this.#youngBytes = bytes;
  }
}
