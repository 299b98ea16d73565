/** Response header changes for the paths a rule matches; the common form of `_headers` and configuration. */
export interface RouteRule {
  /** Where the rule was written, for messages: `_headers:12`. */
  readonly source: string;
  /** Path pattern: one `*` splat, `:name` placeholders; anchored at both ends. */
  readonly pattern: string;
  /** Field lines set by the rule. */
  readonly set: readonly { readonly name: string; readonly value: string }[];
  /** Fields removed by the rule, lower case (`! Name`). */
  readonly unset: readonly string[];
}
