// Prints how many requirements there are, and how many cases, as one line of JSON.

import { policyCases, policyRequirements } from '@poplet/policy/cases';

const rows = policyRequirements.flatMap((table) => table.requirements);
const only = (runner: string): number =>
  policyCases.filter(({ runs }) => runs?.only === runner).length;

console.log(
  JSON.stringify({
    rows: rows.length,
    rowsWithoutCase: rows.filter(({ cases }) => cases.length === 0).length,
    cases: policyCases.length,
    onlyPure: only('pure'),
    onlySockets: only('sockets'),
  }),
);
