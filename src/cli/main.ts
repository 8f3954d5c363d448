#!/usr/bin/env node
import { useCompileCache } from './compile-cache.ts';

// First of all: what is loaded before is compiled anew at every start.
await useCompileCache();
const { runCli } = await import('./run-cli.ts');
await runCli(process.argv.slice(2));
