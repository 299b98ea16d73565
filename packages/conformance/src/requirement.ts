/**
 * What the specifications require, each with the cases that fail when it is not met. The rows stand
 * beside the cases; docs/conformance.md is written from them.
 */
import type { Case } from './case.ts';

export type RequirementLevel = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY' | 'defines';

export const REQUIREMENT_LEVELS: readonly RequirementLevel[] = [
  'MUST',
  'MUST NOT',
  'SHOULD',
  'SHOULD NOT',
  'MAY',
  'defines',
];

export interface Requirement {
  /** As the cases cite it: `RFC 9111 §4.2.3`. */
  readonly clause: string;
  /** `defines`: a definition that binds whoever calculates or compares by it. */
  readonly level: RequirementLevel;
  /** One sentence, in our own words. */
  readonly requirement: string;
  /** Ids of the cases that fail when the behaviour is removed; never empty. */
  readonly cases: readonly string[];
  /** What Poplet does, in one short sentence. */
  readonly does: string;
}

/** A clause without rows, although a case may cite it. */
export interface LeftOut {
  readonly clause: string;
  /** Why there is no row: it binds only other roles, explains, or is another row's context. */
  readonly why: string;
}

export interface RequirementNotes {
  /** Of the specification: `HTTP Caching`. */
  readonly title: string;
  readonly leftOut?: readonly LeftOut[];
  /** The text was not at hand: the rows say `unverified text`. */
  readonly isUnverified?: true;
}

/** The requirements of one specification, in the order of its clauses. */
export interface RequirementTable extends RequirementNotes {
  /** As in the clauses: `RFC 9111`. */
  readonly specification: string;
  readonly requirements: readonly Requirement[];
}

interface Clause {
  readonly specification: string;
  /** `4.2.3`, `A.1` of an appendix, or the heading where sections have no numbers. */
  readonly section: string;
}

function parseClause(clause: string): Clause | undefined {
  const { specification, section } =
    /^(?<specification>\S.*) §(?<section>(?:\d+|[A-Z])(?:\.\d+)*|[A-Z][a-z]+(?: [A-Za-z]+)*)$/u.exec(
      clause,
    )?.groups ?? {};
  if (specification === undefined || section === undefined) return undefined;
  return { specification, section };
}

/** Checks the clauses, and returns the table in their order. */
export function defineRequirements(
  specification: string,
  requirements: readonly Requirement[],
  notes: RequirementNotes,
): RequirementTable {
  for (const { clause } of [...requirements, ...(notes.leftOut ?? [])]) {
    if (parseClause(clause)?.specification !== specification) {
      throw new Error(`'${clause}' is no clause of ${specification}`);
    }
  }
  return { specification, ...notes, requirements: requirements.toSorted(byClause) };
}

function byClause(a: Requirement, b: Requirement): number {
  return a.clause.localeCompare(b.clause, 'en', { numeric: true });
}

/** Whether the case is about the clause: it cites the clause, a part of it, or the section it is part of. */
function isAbout(cited: readonly string[], clause: string): boolean {
  const parent = clause.replace(/\.\d+$/u, '');
  return cited.some((one) => one === clause || one === parent || one.startsWith(`${clause}.`));
}

/** Everything wrong with the tables, as lines that name row and case. */
export function requirementProblems(
  tables: readonly RequirementTable[],
  cases: readonly Case[],
): readonly string[] {
  const byId = new Map(cases.map((found) => [found.id, found]));
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const { clause, level, requirement, cases: ids } of tables.flatMap((t) => t.requirements)) {
    const row = `${clause} ${level} '${requirement}'`;
    if (seen.has(row)) problems.push(`${row}: stands twice`);
    seen.add(row);
    if (ids.length === 0) problems.push(`${row}: has no case`);
    if (new Set(ids).size < ids.length) problems.push(`${row}: names a case twice`);
    for (const id of ids) {
      const found = byId.get(id);
      if (found === undefined) problems.push(`${row}: ${id} is no case`);
      else if (!isAbout(found.spec, clause)) {
        problems.push(`${row}: ${id} cites ${found.spec.join(', ')}`);
      }
    }
  }
  return problems;
}

/** Clauses that cases cite and no table knows, as lines that name the case. */
export function unknownClauses(
  tables: readonly RequirementTable[],
  cases: readonly Case[],
): readonly string[] {
  const known = new Set(
    tables.flatMap(({ requirements, leftOut = [] }) =>
      [...requirements, ...leftOut].map(({ clause }) => clause),
    ),
  );
  return cases.flatMap(({ id, spec }) =>
    spec
      .filter((clause) => clause !== 'Poplet' && !known.has(clause))
      .map((clause) => `${id}: cites ${clause}, which no table knows`),
  );
}
