import type { Policy, RequestOfAnyone } from '@poplet/policy';

/** A file that was read: its name, for messages, and the JSON in it. */
export interface ImportedFile {
  readonly file: string;
  readonly value: unknown;
}

/** The last part of a file's path: what policies are called by. */
export function nameOf({ file }: Pick<ImportedFile, 'file'>): string {
  return file.split(/[/\\]/u).at(-1) ?? file;
}

/** What a vendor's own configuration comes to. */
export interface Imported {
  /** Name of the vendor. */
  readonly vendor: string;
  /** Holds where nothing else does; the site is known by its name. */
  readonly policy: Policy;
  /** Pure, and one of a few values that stay the same. */
  readonly policyFor: (request: RequestOfAnyone) => Policy;
  /** What the files say and no policy here does: place and what it is, one line each. */
  readonly notEmulated: readonly string[];
  /** Rules that ask which host a request is for: place and name. */
  readonly goesByHost: readonly string[];
}
