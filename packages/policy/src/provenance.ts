import type { PresentedRequest } from './contracts/request.ts';
import type { Provenance } from './contracts/stored-response.ts';

export function provenanceOf({ fields }: PresentedRequest): Provenance {
  if (fields.has('authorization')) return 'authorization';
  return fields.has('cookie') ? 'cookie' : 'anonymous';
}

/** Whether a request is somebody's own. */
export function isPersonal(request: PresentedRequest): boolean {
  return provenanceOf(request) !== 'anonymous';
}
