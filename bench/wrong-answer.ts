/** What makes a run void: an answer, or a count, that is not what it has to be. */
export class WrongAnswer extends Error {
  override readonly name = 'WrongAnswer';
}

/** Throws a WrongAnswer unless something is right. */
export function must(isRight: boolean, otherwise: () => string): void {
  if (!isRight) throw new WrongAnswer(otherwise());
}
