#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Compiled code is kept per user, so that the second start is quick; all else is loaded after this.
enableCompileCache();
void import('./cli.ts').then(({ run }) => run(process.argv));
