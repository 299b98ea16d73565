import { GlobalOperationsClient, UrlMapsClient } from '@google-cloud/compute';
import { OAuth2Client } from 'google-auth-library';

const options = {};
if (process.env.COMPUTE_API_URL !== undefined) {
  const { protocol, hostname, port } = new URL(process.env.COMPUTE_API_URL);
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: process.env.COMPUTE_TOKEN ?? 'any' });
  Object.assign(options, {
    fallback: 'rest',
    apiEndpoint: hostname,
    port: Number(port),
    protocol: protocol.slice(0, -1),
    authClient,
  });
}
const urlMaps = new UrlMapsClient(options);
const operations = new GlobalOperationsClient(options);
const project = process.env.GOOGLE_CLOUD_PROJECT;
const urlMap = process.env.URL_MAP;

export async function invalidate(cacheInvalidationRuleResource) {
  const request = { project, urlMap, cacheInvalidationRuleResource };
  const [response] = await urlMaps.invalidateCache(request);
  let operation = response.latestResponse;
  const statuses = [operation.status];
  while (operation.status !== 'DONE') {
    [operation] = await operations.wait({ operation: operation.name, project });
    statuses.push(operation.status);
  }
  return statuses;
}
