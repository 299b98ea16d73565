import type { UserFolders } from '../authority-folder.ts';
import type { Authority } from '../authority.ts';

/** Something that programs of this machine take their trusted authorities from. */
export interface TrustStore {
  /** As a person calls it: `Firefox (~/.mozilla/firefox/abc.default)`. */
  readonly name: string;
  /** Who reads it: programs and some browsers, or browsers that bring their own. */
  readonly kind: 'system' | 'browsers';
  /** Whether it trusts the authority. */
  holds(authority: Authority): Promise<boolean>;
  /** Has it trust the authority, and no earlier one of Poplet. */
  add(authority: Authority): Promise<TrustChange>;
  /** Has it trust no authority of Poplet. */
  remove(): Promise<TrustChange>;
}

export type TrustChange =
  | { readonly kind: 'done' }
  /** It was so already. */
  | { readonly kind: 'unchanged' }
  /** Needs somebody with more rights, or something that is not installed. */
  | { readonly kind: 'by-hand'; readonly why: string; readonly commands: readonly string[] }
  | { readonly kind: 'failed'; readonly why: string };

/** The machine and the user whose stores are meant. */
export interface Machine extends UserFolders {
  /** Of the user, -1 where there are no such numbers. */
  readonly uid: number;
  /** Where the file system begins. */
  readonly root: string;
}
