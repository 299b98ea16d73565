/**
 * The response field by which an origin server says that it answers with a file of the deployment, as hosts of
 * static sites hold them: its value has the syntax of CDN-Cache-Control, and is the lifetime at the edge whatever
 * else the response says. Lower case. No client sees it.
 */
export const ASSET_FIELD = 'x-poplet-asset';
