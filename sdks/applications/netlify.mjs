import { purgeCache } from '@netlify/functions';

// NETLIFY_PURGE_API_TOKEN and SITE_ID come from the environment.
const apiURL = process.env.NETLIFY_API_URL;

export const purgeSite = () => purgeCache({ apiURL });
export const purgeTags = (tags) => purgeCache({ apiURL, tags });
export const purgeDomain = (domain, tags) => purgeCache({ apiURL, domain, tags });
