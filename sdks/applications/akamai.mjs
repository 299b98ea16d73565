import EdgeGrid from 'akamai-edgegrid';

const { AKAMAI_CLIENT_TOKEN, AKAMAI_CLIENT_SECRET, AKAMAI_ACCESS_TOKEN, AKAMAI_HOST } = process.env;
const client = new EdgeGrid(
  AKAMAI_CLIENT_TOKEN,
  AKAMAI_CLIENT_SECRET,
  AKAMAI_ACCESS_TOKEN,
  AKAMAI_HOST,
);

const call = (path, objects) =>
  new Promise((resolve, reject) => {
    client.auth({
      path: `/ccu/v3/${path}`,
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: { objects },
    });
    client.send((error, response) => (error ? reject(error) : resolve(response.data)));
  });

export const invalidateUrls = (urls) => call('invalidate/url/production', urls);
export const deleteUrls = (urls) => call('delete/url/production', urls);
export const invalidateTags = (tags) => call('invalidate/tag/production', tags);
export const deleteTags = (tags) => call('delete/tag', tags);
export const invalidateCpCodes = (codes) => call('invalidate/cpcode/production', codes);
export const deleteCpCodes = (codes) => call('delete/cpcode/production', codes);
