/**
 * Every failure that a person may see, in one registry. `user`: something the person can change;
 * `upstream`: the server behind the edge; `internal`: a fault of Poplet. The CLI's exit code follows
 * from the class. The message says what went wrong, the hint how to solve it.
 */
export const ERROR_CLASSES = {
  'no-sites': 'user',
  'duplicate-site': 'user',
  'invalid-option': 'user',
  'bad-upstream-url': 'user',
  'folder-missing': 'user',
  'port-in-use': 'user',
  'port-forbidden': 'user',
  'config-invalid': 'user',
  'authority-unusable': 'user',
  'certificate-unusable': 'user',
  'store-in-use': 'user',
  'store-unusable': 'user',
  'store-unreachable': 'user',
  'admin-token-required': 'user',
  'admin-unreachable': 'user',
  'admin-refused': 'user',
  'store-away': 'upstream',
  'upstream-unreachable': 'upstream',
  'upstream-malformed': 'upstream',
  internal: 'internal',
} as const satisfies Record<string, 'user' | 'upstream' | 'internal'>;

export type ErrorCode = keyof typeof ERROR_CLASSES;

export interface PopletErrorOptions {
  /** How to solve it, in one line. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The one error class that crosses package borders. */
export class PopletError extends Error {
  override readonly name = 'PopletError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: PopletErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }

  get class(): 'user' | 'upstream' | 'internal' {
    return ERROR_CLASSES[this.code];
  }
}
