import { CdnManagementClient } from '@azure/arm-cdn';

// In production: new DefaultAzureCredential() of @azure/identity.
const credential = {
  getToken: async () => ({
    token: process.env.AZURE_TOKEN ?? 'any',
    expiresOnTimestamp: Date.now() + 3_600_000,
  }),
};
const client = new CdnManagementClient(credential, process.env.AZURE_SUBSCRIPTION_ID, {
  endpoint: process.env.AZURE_ENDPOINT,
});
const group = process.env.AZURE_RESOURCE_GROUP;
const profile = process.env.AZURE_PROFILE;
const endpoint = process.env.AZURE_AFD_ENDPOINT;

export const purge = (contentPaths, domains) =>
  client.afdEndpoints.beginPurgeContentAndWait(group, profile, endpoint, {
    contentPaths,
    domains,
  });
