import { noVarySearchRequirements } from './no-vary-search.ts';
import { rfc3986Requirements } from './rfc3986.ts';
import { rfc5789Requirements } from './rfc5789.ts';
import { rfc5861Requirements } from './rfc5861.ts';
import { rfc6585Requirements } from './rfc6585.ts';
import { rfc7725Requirements } from './rfc7725.ts';
import { rfc8246Requirements } from './rfc8246.ts';
import { rfc8297Requirements } from './rfc8297.ts';
import { rfc8586Requirements } from './rfc8586.ts';
import { rfc9110Requirements } from './rfc9110.ts';
import { rfc9111Requirements } from './rfc9111.ts';
import { rfc9112Requirements } from './rfc9112.ts';
import { rfc9211Requirements } from './rfc9211.ts';
import { rfc9213Requirements } from './rfc9213.ts';
import { rfc9651Requirements } from './rfc9651.ts';
import { rfc9875Requirements } from './rfc9875.ts';
import { rfc9842Requirements } from './rfc9842.ts';

/** What the specifications require, one table each, in the order of docs/conformance.md. */
export const policyRequirements = [
  rfc9111Requirements,
  rfc9110Requirements,
  rfc9112Requirements,
  rfc5861Requirements,
  rfc8246Requirements,
  rfc9213Requirements,
  rfc9211Requirements,
  rfc9875Requirements,
  rfc9651Requirements,
  rfc9842Requirements,
  noVarySearchRequirements,
  rfc8297Requirements,
  rfc8586Requirements,
  rfc5789Requirements,
  rfc6585Requirements,
  rfc7725Requirements,
  rfc3986Requirements,
];
