import { rfc3986Requirements } from './rfc3986.ts';
import { rfc5861Requirements } from './rfc5861.ts';
import { rfc6585Requirements } from './rfc6585.ts';
import { rfc8246Requirements } from './rfc8246.ts';
import { rfc8297Requirements } from './rfc8297.ts';
import { rfc8586Requirements } from './rfc8586.ts';
import { rfc9111Requirements } from './rfc9111.ts';
import { rfc9211Requirements } from './rfc9211.ts';
import { rfc9213Requirements } from './rfc9213.ts';
import { rfc9651Requirements } from './rfc9651.ts';

/** What the specifications require, one table each, in the order of docs/conformance.md. */
export const policyRequirements = [
  rfc9111Requirements,
  rfc5861Requirements,
  rfc8246Requirements,
  rfc9213Requirements,
  rfc9211Requirements,
  rfc9651Requirements,
  rfc8297Requirements,
  rfc8586Requirements,
  rfc6585Requirements,
  rfc3986Requirements,
];
