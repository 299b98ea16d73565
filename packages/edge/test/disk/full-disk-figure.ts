//   node --conditions=source packages/edge/test/disk/full-disk-figure.ts 300
//
// With a folder behind it: on the file system of that folder.

import { fillUp, fullDisk } from './full-disk.ts';

const [count = '', folder] = process.argv.slice(2);
const result = await (folder === undefined
  ? fullDisk(Number(count))
  : fillUp(folder, Number(count)));
console.log(JSON.stringify(result));
