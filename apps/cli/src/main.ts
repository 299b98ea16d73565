#!/usr/bin/env node
console.error('Nothing here yet.');
