import { Vercel } from '@vercel/sdk';

const vercel = new Vercel({
  bearerToken: process.env.VERCEL_TOKEN,
  serverURL: process.env.VERCEL_API_URL,
});
const projectIdOrName = process.env.VERCEL_PROJECT_ID;

export const invalidateTags = (tags) =>
  vercel.edgeCache.invalidateByTags({ projectIdOrName, requestBody: { tags } });
export const deleteTags = (tags) =>
  vercel.edgeCache.dangerouslyDeleteByTags({ projectIdOrName, requestBody: { tags } });
export const invalidateImages = (srcImages) =>
  vercel.edgeCache.invalidateBySrcImages({ projectIdOrName, requestBody: { srcImages } });
export const deleteImages = (srcImages) =>
  vercel.edgeCache.dangerouslyDeleteBySrcImages({ projectIdOrName, requestBody: { srcImages } });
