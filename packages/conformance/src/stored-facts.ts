import type { StoredFacts } from '@poplet/policy';

/** What is known of a response without validators that may be reused for a minute: where a test is about something else. */
export const FRESH_FOR_A_MINUTE: StoredFacts = {
  lifetimeSeconds: 60,
  lifetimeSource: 'max-age',
  initialAgeMs: 0,
  alwaysValidate: false,
  staleForbiddenBy: null,
  staleWhileRevalidateSeconds: null,
  staleIfErrorSeconds: null,
  immutable: false,
  provenance: 'anonymous',
  isPersonal: false,
  etag: null,
  lastModifiedAtMs: null,
  isLastModifiedStrong: false,
  dateAtMs: 0,
};
