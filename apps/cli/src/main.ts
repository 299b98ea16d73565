#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Compiled code is kept per user, so that the second start is quick; all else is loaded after this.
enableCompileCache();
const { run } = await import('./cli.ts');
await run(process.argv);
