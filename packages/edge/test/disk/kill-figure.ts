import { killUnderLoad } from './kill.ts';

const [kills = '', filler = ''] = process.argv.slice(2);
const result = await killUnderLoad({ kills: Number(kills), filler: Number(filler) });
console.log(JSON.stringify(result));
