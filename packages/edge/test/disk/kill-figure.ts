import { killOnDatabase, killUnderLoad } from './kill.ts';

const [place, kills = '', filler = ''] = process.argv.slice(2);
const kill = place === 'database' ? killOnDatabase : killUnderLoad;
const result = await kill({ kills: Number(kills), filler: Number(filler) });
console.log(JSON.stringify(result));
