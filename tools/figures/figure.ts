// What an issue asks to be shown, and how it is shown.

export interface FigureResult {
  /** Whether the claim holds. */
  readonly holds: boolean;
  /** What was measured, with units in the names: `{requests: 10000, mismatches: 0}`. */
  readonly measured: Readonly<Record<string, number | string | boolean>>;
}

export interface Figure {
  /** Short and stable, as in `oracle-agreement`. */
  readonly id: string;
  /** The issue that asks for it. */
  readonly issue: string;
  /** The claim in words, as in `10,000 random exchanges agree with the oracle`. */
  readonly claim: string;
  /** What a person types to measure this one alone. */
  readonly command: string;
  readonly run: () => Promise<FigureResult>;
}
