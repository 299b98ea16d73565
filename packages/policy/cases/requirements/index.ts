import { rfc8246Requirements } from './rfc8246.ts';

/** What the specifications require, one table each, in the order of docs/conformance.md. */
export const policyRequirements = [rfc8246Requirements];
