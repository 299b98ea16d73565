// Stands in for vitest where the tests of packages/policy are played against mutants: they compute and
// compare, at once, so that each is a function call. What of vitest they use, and is not here, fails to load.

export { expect } from 'expect';

export interface FixedTest {
  /** Its file and the names around it. */
  readonly id: string;
  /** Throws where something is wrong. */
  readonly run: () => void;
}

const found: FixedTest[] = [];
const around: string[] = [];

type Body = () => void;
type Rows = readonly unknown[];

/** What the file declares, each test once. */
export async function testsOf(file: string, load: () => Promise<unknown>): Promise<FixedTest[]> {
  around.splice(0, around.length, file);
  await load();
  const seen = new Map<string, number>();
  return found.splice(0).map(({ id, run }) => {
    const times = (seen.get(id) ?? 0) + 1;
    seen.set(id, times);
    return { id: times === 1 ? id : `${id} (${times})`, run };
  });
}

export function describe(name: string, body: Body): void {
  around.push(name);
  body();
  around.pop();
}

export function test(name: string, body: Body): void {
  const id = [...around, name].join(' > ');
  const run = (): void => {
    const result: unknown = body();
    if (result !== undefined) throw new TypeError(`${id} returns something: is it over?`);
  };
  found.push({ id, run });
}

export const it = test;

describe.each = eachOf(describe);
test.each = eachOf(test);

function eachOf(declare: (name: string, body: Body) => void) {
  return (rows: Rows) => (name: string, body: (...row: Rows) => void) => {
    for (const [index, row] of rows.entries()) {
      declare(`${name} [${index}]`, () => body(...(Array.isArray(row) ? row : [row])));
    }
  };
}
