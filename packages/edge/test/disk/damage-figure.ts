import { damageBodies } from './damage.ts';

console.log(JSON.stringify(await damageBodies(Number(process.argv[2]))));
