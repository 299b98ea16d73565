import { collectCases } from '@poplet/conformance';

import { akamaiCases } from './akamai.cases.ts';
import { azureFrontDoorCases } from './azure-front-door.cases.ts';
import { bunnyCases } from './bunny.cases.ts';
import { cloudflareCases } from './cloudflare.cases.ts';
import { cloudfrontCases } from './cloudfront.cases.ts';
import { fastlyCases } from './fastly.cases.ts';
import { keycdnCases } from './keycdn.cases.ts';
import { netlifyCases } from './netlify.cases.ts';
import { vercelCases } from './vercel.cases.ts';
import { googleCloudCdnCases } from './google-cloud-cdn.cases.ts';

/** Every case of a vendor's profile. `spec` names the facts that it shows. */
export const vendorCases = collectCases([
  cloudflareCases,
  fastlyCases,
  cloudfrontCases,
  vercelCases,
  netlifyCases,
  googleCloudCdnCases,
  azureFrontDoorCases,
  akamaiCases,
  bunnyCases,
  keycdnCases,
]);

export { traps } from './traps/index.ts';
