#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { setFlagsFromString } from 'node:v8';

// V8 collects socket buffers only when its young generation is full. Grown to 16 MB, 60 MB of them
// lie about while a long body passes; at its first size, a few. Before anything makes it grow.
setFlagsFromString('--semi-space-growth-factor=1');
// Compiled code is kept per user, so that the second start is quick; all else is loaded after this.
enableCompileCache();
const { run } = await import('./cli.ts');
await run(process.argv);
