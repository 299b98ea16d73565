import {
  CloudFrontClient,
  CreateInvalidationCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
  waitUntilInvalidationCompleted,
} from '@aws-sdk/client-cloudfront';

// AWS_ENDPOINT_URL_CLOUDFRONT, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY come from the environment.
const client = new CloudFrontClient({ region: 'us-east-1' });
const DistributionId = process.env.CLOUDFRONT_DISTRIBUTION_ID;

export const invalidate = (paths, reference = `deploy-${Date.now()}`) =>
  client.send(
    new CreateInvalidationCommand({
      DistributionId,
      InvalidationBatch: {
        CallerReference: reference,
        Paths: { Quantity: paths.length, Items: paths },
      },
    }),
  );
export const get = (Id) => client.send(new GetInvalidationCommand({ DistributionId, Id }));
export const list = (page) =>
  client.send(new ListInvalidationsCommand({ DistributionId, ...page }));
export const untilCompleted = (Id) =>
  waitUntilInvalidationCompleted(
    { client, minDelay: 1, maxDelay: 2, maxWaitTime: 60 },
    { DistributionId, Id },
  );
