import Fastly from 'fastly';

Fastly.ApiClient.instance.authenticate(process.env.FASTLY_API_TOKEN);
// The client has no setting for where its purge calls go: this is the only way to lead them elsewhere.
const address = process.env.FASTLY_API_URL;
if (address !== undefined) {
  Fastly.ApiClient.instance.plugins = [
    (request) => (request.url = request.url.replace('https://api.fastly.com', address)),
  ];
}
const purge = new Fastly.PurgeApi();
const service_id = process.env.FASTLY_SERVICE_ID;

export const purgeAll = () => purge.purgeAll({ service_id });
export const purgeKey = (surrogate_key, options) =>
  purge.purgeTag({ service_id, surrogate_key, ...options });
export const purgeKeys = (surrogate_keys, options) =>
  purge.bulkPurgeTag({ service_id, purge_response: { surrogate_keys }, ...options });
export const purgeUrl = (cached_url, options) => purge.purgeSingleUrl({ cached_url, ...options });
