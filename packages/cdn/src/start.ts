// What a command needs to start a CDN, without the schema of configuration files, which takes longer
// to make than a CDN to start.

export { createCdn, type Cdn, type Order, type PurgeApiView } from './cdn.ts';
export { configured } from './configured.ts';
export { nearestName } from './nearest-name.ts';
