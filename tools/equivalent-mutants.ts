// Mutants that no test can kill, because what they compute is the same; each with the proof.

export interface EquivalentMutant {
  /** Within packages/policy/src. */
  readonly file: string;
  /** The function, `Class.method` or constant in which it stands. */
  readonly within: string;
  /** The code that is replaced, as `npm run mutation` prints it. */
  readonly code: string;
  readonly replacement: string;
  /** How many there are in that place, when the same code stands there more than once. */
  readonly times?: number;
  /** Why nobody can tell the difference. */
  readonly proof: string;
}

export const EQUIVALENT_MUTANTS: readonly EquivalentMutant[] = [];
