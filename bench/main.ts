import { parseArgs } from 'node:util';

/** `npm run bench -- <name> [--json]`: measures side by side in one run and prints ratios. It never judges. */
const benches = {
  backup: () => import('./backup.ts'),
  capacity: () => import('./capacity.ts'),
  checks: () => import('./checks.ts'),
  door: () => import('./door.ts'),
  figures: () => import('./figures.ts'),
  incidents: () => import('./incidents.ts'),
  intake: () => import('./intake.ts'),
  logs: () => import('./logs.ts'),
  migrate: () => import('./migrate.ts'),
  overhead: () => import('./overhead.ts'),
  personal: () => import('./personal.ts'),
  report: () => import('./report.ts'),
  start: () => import('./start.ts'),
  steps: () => import('./steps.ts'),
  storm: () => import('./storm.ts'),
} as const;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const [name] = positionals;
if (name === undefined || !Object.hasOwn(benches, name)) {
  const names = Object.keys(benches).join(', ');
  process.stderr.write(
    `Error: Cannot find bench "${name ?? ''}"\nTry: npm run bench -- ${names}\n`,
  );
  process.exitCode = 2;
} else {
  const { run } = await benches[name as keyof typeof benches]();
  const comparison = await run((line) => process.stderr.write(`${line}\n`));
  if (values.json) process.stdout.write(`${JSON.stringify(comparison, undefined, 2)}\n`);
}
