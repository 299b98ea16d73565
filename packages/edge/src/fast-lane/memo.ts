import type { StoredResponse } from '@poplet/policy';
import type { ReadyAnswer } from './ready-answer.ts';

/** What ready answers may take in memory, in round figures. Those that were not used lately go first. */
const MAX_BYTES = 24 * 1024 * 1024;

/** Different requests for one stored response whose answers are kept. */
const MAX_PER_RESPONSE = 16;

type Answers = ReadyAnswer[];

/**
 * Answers that were worked out, by what they were made of: gone with the stored response, or when there are
 * too many. In two halves: when the younger is full, the older is forgotten, bar what was used meanwhile.
 */
export class Memo {
  #young = new WeakMap<StoredResponse, Answers>();
  #old = new WeakMap<StoredResponse, Answers>();
  #youngBytes = 0;

  of(response: StoredResponse): readonly ReadyAnswer[] {
    const answers = this.#young.get(response);
    if (answers !== undefined) return answers;
    const kept = this.#old.get(response);
    if (kept === undefined) return [];
    this.#old.delete(response);
    this.#keep(response, kept);
    return kept;
  }

  /** In the place of `instead`, where that is given. */
  set(response: StoredResponse, answer: ReadyAnswer, instead: ReadyAnswer | undefined): void {
    const answers = this.#young.get(response);
    if (answers === undefined) {
      this.#keep(response, [answer]);
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

  #keep(response: StoredResponse, answers: Answers): void {
    this.#count(answers.reduce((bytes, { heldBytes }) => bytes + heldBytes, 0));
    this.#young.set(response, answers);
  }

  #count(bytes: number): void {
    this.#youngBytes += bytes;
    if (this.#youngBytes <= MAX_BYTES / 2) return;
    this.#old = this.#young;
    this.#young = new WeakMap();
    this.#youngBytes = bytes;
  }
}
