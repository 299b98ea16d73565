import type { Decision } from './contracts/decision.ts';
import type { Policy } from './contracts/policy.ts';
import type { PresentedRequest } from './contracts/request.ts';
import type { StoredResponse } from './contracts/stored-response.ts';
import type { InformationalHead } from './informational.ts';

export interface LearntHintsInput {
  readonly request: PresentedRequest;
  readonly decision: Decision;
  readonly policy: Policy;
}

/**
 * What a client is told while it waits for the upstream: the links for loading ahead of the stale response
 * that it selects (RFC 8297 §2). Null where there are none, or the client is not to hear of them.
 */
export function learntHints({
  request,
  decision,
  policy,
}: LearntHintsInput): InformationalHead | null {
  // RFC 8297 §3: clients in HTTP/1.1 may take it for the answer.
  if (policy.downstream.earlyHints !== 'learnt' || request.receivedVersion !== '2') return null;
  const stored = request.method === 'GET' ? awaitedOf(decision) : undefined;
  if (stored === undefined || !isForAll(stored)) return null;
  const links = stored.fields.lines('link').flatMap(linksToLoad);
  if (links.length === 0) return null;
  return { status: 103, lines: links.flatMap((link) => ['Link', link]) };
}

/** The stored response whose place the awaited one takes, or keeps. */
function awaitedOf(decision: Decision): StoredResponse | undefined {
  if (decision.kind === 'revalidate') return decision.candidate?.response;
  if (decision.kind === 'fetch') return (decision.fallback ?? decision.others[0])?.response;
  return undefined;
}

/** Whether it was served without asking while it was fresh: then its links tell nobody what was not for him. */
function isForAll({ status, facts }: StoredResponse): boolean {
  return status === 200 && !facts.alwaysValidate && !facts.isPersonal && facts.lifetimeSeconds > 0;
}

/** RFC 8288 §3: one link, up to the comma behind it. */
const LINK = /<[^>]*>(?:[^",<]|"(?:[^"\\]|\\.)*")*/g;

/** Its parameters, quoted strings and all. */
const PARAMETER = /;[^;"]*(?:"(?:[^"\\]|\\.)*"[^;"]*)*/g;

const RELATIONS = /^;[ \t]*rel[ \t]*=[ \t]*(?:"([^"]*)"|([^",; \t]+))/i;

/** Relations whose target a client loads, or connects to, before it needs it. */
const LOADED_AHEAD: ReadonlySet<string> = new Set(['preload', 'modulepreload', 'preconnect']);

function linksToLoad(line: string): readonly string[] {
  return Array.from(line.matchAll(LINK), ([link]) => link.trimEnd()).filter(isLoadedAhead);
}

/** RFC 8288 §3.3: the first `rel` counts. */
function isLoadedAhead(link: string): boolean {
  for (const [parameter] of link.slice(link.indexOf('>')).matchAll(PARAMETER)) {
    const found = RELATIONS.exec(parameter);
    if (found === null) continue;
    const relations = `${found[1] ?? found[2]}`.toLowerCase().split(' ');
    return relations.some((relation) => LOADED_AHEAD.has(relation));
  }
  return false;
}
