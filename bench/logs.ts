import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { findOnPath } from '../src/dev/server/find-on-path.ts';
import { timed } from './backup/timed.ts';
import { makeLog } from './logs/make-log.ts';

type Notify = (line: string) => void;

interface Row {
  readonly who: string;
  /** Seconds of processor time: of the work alone for ours, of the whole command for others. */
  readonly cpu: number;
  readonly wall: number;
}

interface Acted extends Omit<Row, 'who'> {
  readonly errors: number;
  readonly warnings: number;
  readonly read: number;
  readonly memory: number;
}

/** `BENCH_MEBIBYTES=100 npm run bench -- logs` tries it small. */
const MEBIBYTES = Number(process.env['BENCH_MEBIBYTES'] ?? 1000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const LIMIT = 600;

/** The manual's own commands: errors, warnings, the most frequent errors, performance alerts. */
const MANUAL = [
  'grep -c "ERROR" app.log',
  'grep -c "WARNING" app.log',
  'grep "ERROR" app.log | sort | uniq -c | sort -nr | head -5',
  String.raw`grep "SLOW QUERY\|HIGH MEMORY\|TIMEOUT" app.log | tail -10`,
];
const NEEDLES = ['ERROR', 'WARNING', 'CRITICAL', 'SLOW QUERY', 'HIGH MEMORY', 'TIMEOUT'];

/** Processor time of a review of one log with all that it counts, beside the manual's commands and ripgrep, in one run. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-logs-'));
  const log = join(directory, 'app.log');
  const rows: Row[] = [];
  try {
    tell(`Making a log of ${MEBIBYTES} MiB`);
    const lines = makeLog(log, MEBIBYTES * 2 ** 20);
    await execa('cat', [log], { stdout: 'ignore' });
    let first: Acted | undefined;
    for (let round = 0; round < ROUNDS; round += 1) {
      first = await review(`first-${round}`);
      add('ours, all that it counts', first);
      add('the same, nothing new', await review(`first-${round}`));
      appendFileSync(log, `${new Date().toISOString()} ERROR bench: one more\n`);
      add('the same, one line new', await review(`first-${round}`));
      await others('read only', 'cat app.log > /dev/null');
      await others('the manual: all four', MANUAL.join('; '));
      await others('grep -c " ERROR "', 'grep -c " ERROR " app.log');
      if (findOnPath('rg'))
        await others(
          'ripgrep, six words',
          `rg -c ${NEEDLES.map((word) => `-e "${word}"`).join(' ')} app.log`,
        );
    }
    const medians = [...new Set(rows.map(({ who }) => who))].map((who) => ({
      who,
      cpu: median(rows.filter((row) => row.who === who).map(({ cpu }) => cpu)),
    }));
    const ours = medians[0]!.cpu;
    for (const { who, cpu } of medians)
      tell(`${who.padEnd(26)} ${cpu.toFixed(3)} s of processor, ${(cpu / ours).toFixed(2)}x ours`);
    const { errors = 0, warnings = 0, memory = 0 } = first ?? {};
    tell(
      `${lines} lines, ${errors} errors, ${warnings} warnings; ${Math.round(memory / 2 ** 20)} MiB of memory`,
    );
    return { mebibytes: MEBIBYTES, lines, unit: 's of processor', memory, rows, medians };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }

  async function review(state: string): Promise<Acted> {
    const script = fileURLToPath(new URL('logs/act.ts', import.meta.url));
    const target = JSON.stringify({ name: 'bench', directory, state: join(directory, state) });
    const { stdout } = await execa(process.execPath, [script, target, log]);
    return JSON.parse(stdout) as Acted;
  }

  async function others(who: string, command: string): Promise<void> {
    add(who, await timed(`cd ${directory}; set +e +o pipefail; { ${command}; } > out 2>&1`, LIMIT));
  }

  function add(who: string, { cpu, wall }: Omit<Row, 'who'>): void {
    rows.push({ who, cpu, wall });
    tell(`${who.padEnd(26)} ${cpu.toFixed(3)} s of processor, ${wall.toFixed(2)} s`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}
