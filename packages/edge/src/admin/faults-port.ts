/** One scripted fault, as the origin server understands it: plain JSON that fits `FaultsPort.schema`. */
export type Fault = Readonly<Record<string, unknown>>;

/**
 * The fault script of an origin server, as the admin API drives it. What a fault is belongs to the
 * origin server, which describes it by a JSON schema; the edge only carries it.
 */
export interface FaultsPort {
  /** JSON schema (draft 7) of one fault; `additionalProperties: false`. Goes into the OpenAPI document. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The script in force. */
  list(): readonly Fault[];
  /** Replaces the script. May throw an `Error` whose message says what cannot be used. */
  set(faults: readonly Fault[]): void;
  /** Ends all faults. */
  clear(): void;
}
