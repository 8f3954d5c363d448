import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Each is measured by itself, and then the same runs again in the next round. */
const ROUNDS = 3;
/** The kernel tells the time of ended children in steps of 10 ms: so many starts are told apart by less than one. */
const STARTS = 10;
const COMMANDS = [
  '--help',
  'list',
  'target check targets/demo.yaml',
  'backups list --target ahgd',
  'start daily-backup --help',
  'runs',
  'schedules list',
];
/** Verbs that need a client of Temporal load it, and hear at once that nobody is there. */
const NOBODY = '127.0.0.1:1';
/**
 * `BENCH_DEV=127.0.0.1:7233 RUNBOOK_TARGET=shop npm run bench -- start` adds what is asked of a `runbook dev` that lives there, with
 * all that its server answers: the goal is 500 ms.
 */
const DEV = process.env['BENCH_DEV'];
const ASKING = [
  'status',
  'status --local',
  'check',
  'top --once',
  'runs',
  'schedules list',
  'schedules check',
  'incidents list',
  'doctor',
];
/** `BENCH_BESIDE=<another build>/dist/cli/main.js`: each command of that one, in the same rounds. */
const BESIDE = process.env['BENCH_BESIDE'];

const OTHER = ', of the other build';

type Notify = (line: string) => void;

/** Processor time of a command's start, with what Node has compiled kept and not, beside a bare `node -e 0`. */
export async function run(tell: Notify) {
  const cache = mkdtempSync(join(tmpdir(), 'bench-'));
  const kept = { TEMPORAL_ADDRESS: NOBODY, RUNBOOK_CACHE: cache };
  const anew = { ...kept, NODE_DISABLE_COMPILE_CACHE: '1' };
  const main = builtOr('src/cli/main.ts', tell);
  const living = { ...kept, TEMPORAL_ADDRESS: DEV };
  const ours = [
    ...COMMANDS.flatMap((command) => [
      { name: `runbook ${command}`, words: command.split(' '), env: kept },
      { name: `${command}, without the cache`, words: command.split(' '), env: anew },
    ]),
    ...(DEV === undefined ? [] : ASKING).map((command) => ({
      name: `runbook ${command}, of a living server`,
      words: command.split(' '),
      env: living,
    })),
  ];
  const contenders = [
    { name: 'node -e 0', args: ['-e', '0'], env: anew },
    ...ours.flatMap(({ name, words, env }) => [
      { name, args: [main, ...words], env },
      ...(BESIDE === undefined ? [] : [{ name: `${name}${OTHER}`, args: [BESIDE, ...words], env }]),
    ]),
  ];
  try {
    const measured = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round += 1)
      for (const { name, args, env } of contenders) {
        const milliseconds = millisecondsPerStart(args, env, round === 0 ? 1 : STARTS);
        if (round > 0) measured.set(name, [...(measured.get(name) ?? []), milliseconds]);
      }
    const comparisons = contenders.map(({ name }) => ({
      name,
      value: median(measured.get(name)!),
    }));
    const [bare] = comparisons;
    const times = new Map(comparisons.map(({ name, value }) => [name, value]));
    for (const { name, value } of comparisons) {
      const other = times.get(`${name}${OTHER}`);
      const ratio =
        other === undefined ? '' : `, the other build ${(other / value).toFixed(2)} times it`;
      tell(
        `median: ${name.padEnd(54)} ${value.toFixed(0).padStart(4)} ms (${(value / bare!.value).toFixed(1)}x${ratio})`,
      );
    }
    return { main, starts: STARTS, rounds: ROUNDS, unit: 'ms of a processor', comparisons };
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}

function builtOr(sources: string, tell: Notify): string {
  const built = 'dist/cli/main.js';
  if (existsSync(built)) return built;
  tell('There is no built package: measured from sources. Try: npm run build');
  return sources;
}

function millisecondsPerStart(args: readonly string[], env: object, starts: number): number {
  const before = ticksOfChildren();
  for (let start = 0; start < starts; start += 1)
    spawnSync(process.execPath, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  return ((ticksOfChildren() - before) * millisecondsPerTick()) / starts;
}

/** What the processor worked for children that have ended, in user and system mode. */
function ticksOfChildren(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[13]) + Number(fields[14]);
}

let tick: number | undefined;

function millisecondsPerTick(): number {
  tick ??= 1000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return tick;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
