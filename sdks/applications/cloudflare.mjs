import Cloudflare from 'cloudflare';

// CLOUDFLARE_API_TOKEN and CLOUDFLARE_BASE_URL come from the environment.
const client = new Cloudflare();
const zone_id = process.env.CLOUDFLARE_ZONE_ID;

export const purgeEverything = () => client.cache.purge({ zone_id, purge_everything: true });
export const purgeFiles = (files) => client.cache.purge({ zone_id, files });
export const purgeTags = (tags) => client.cache.purge({ zone_id, tags });
export const purgeHosts = (hosts) => client.cache.purge({ zone_id, hosts });
export const purgePrefixes = (prefixes) => client.cache.purge({ zone_id, prefixes });
