/** What the load asks for. */
export type Target =
  | { readonly kind: 'one'; readonly path: string }
  /** `prefix` and a number below `count`, drawn at random, by Zipf's law or each as likely as the next. */
  | {
      readonly kind: 'zipf' | 'uniform';
      readonly prefix: string;
      readonly count: number;
      readonly seed: number;
    }
  /** `prefix` and 0, 1, 2 …: each once. */
  | { readonly kind: 'each'; readonly prefix: string }
  /** As `each`, and it ends with `count` of them. */
  | { readonly kind: 'fill'; readonly prefix: string; readonly count: number }
  /** One path with each value of a field in turn. */
  | {
      readonly kind: 'values';
      readonly path: string;
      readonly field: string;
      readonly values: readonly string[];
    };
