#!/usr/bin/env node
import { useCompileCache } from './compile-cache.ts';

// Before anything is loaded that an older one cannot read.
if (Number.parseInt(process.versions.node, 10) < 24) {
  const { say } = await import('./output/say.ts');
  say(
    `Error: Expected Node.js 24 or newer, found ${process.versions.node}`,
    'Try: npx -p node@24 -p ./durable-runbooks-*.tgz runbook --help, or in a clone ./runbook --help',
  );
  process.exit(2);
}

// First of all: what is loaded before is compiled anew at every start.
await useCompileCache();
const { runCli } = await import('./run-cli.ts');
await runCli(process.argv.slice(2));
