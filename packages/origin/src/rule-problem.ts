/** What is wrong with a line of a file of rules. */
export interface RuleProblem {
  /** Counts from 1. */
  readonly line: number;
  readonly message: string;
}
