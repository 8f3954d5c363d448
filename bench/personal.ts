import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { PersonalKind } from '../src/activities/security/checklist/patterns.ts';
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
  readonly found: Readonly<Record<PersonalKind, number>>;
  readonly unread: number;
  readonly memory: number;
}

/** `BENCH_MEBIBYTES=100 npm run bench -- personal` tries it small. */
const MEBIBYTES = Number(process.env['BENCH_MEBIBYTES'] ?? 1000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const LIMIT = 600;
const PLANTED = 12;

/** As somebody types them who looks for it by hand. */
const EXPRESSIONS = [
  String.raw`[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}`,
  String.raw`\+[1-9][0-9 ()-]{7,20}`,
  '[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}',
  '(password|passwd|pwd)[=:]',
];

/** Processor time of looking through a log for personal data, four kinds at once, beside grep and ripgrep, in one run. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(
    join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-personal-'),
  );
  const log = join(directory, 'app.log');
  const rows: Row[] = [];
  try {
    tell(`Making a log of ${MEBIBYTES} MiB`);
    makeLog(log, MEBIBYTES * 2 ** 20);
    const before = await scan();
    for (let one = 0; one < PLANTED; one += 1)
      appendFileSync(
        log,
        `sent to person.${one}@example.com\ncall +61 2 9555 01${10 + one}\npaid by 4111-1111-1111-1111\nlogin password=hunter${one}hunter\n`,
      );
    let last = before;
    for (let round = 0; round < ROUNDS; round += 1) {
      last = await scan();
      add('ours, four kinds', last);
      await others('read only', `cat ${log} > /dev/null`);
      await others(
        'grep -cE, four times',
        EXPRESSIONS.map((one) => `grep -cE '${one}' ${log}`).join('; '),
      );
      if (findOnPath('rg'))
        await others(
          'ripgrep, four at once',
          `rg -c ${EXPRESSIONS.map((one) => `-e '${one}'`).join(' ')} ${log}`,
        );
    }
    const medians = [...new Set(rows.map(({ who }) => who))].map((who) => ({
      who,
      cpu: median(rows.filter((row) => row.who === who).map(({ cpu }) => cpu)),
    }));
    const ours = medians[0]!.cpu;
    for (const { who, cpu } of medians)
      tell(
        `${who.padEnd(26)} ${cpu.toFixed(2)} s of processor, ${((cpu / MEBIBYTES) * 954).toFixed(2)} s/GB, ${(cpu / ours).toFixed(2)}x ours`,
      );
    const more = Object.entries(last.found).map(
      ([kind, count]) => `${kind} ${count - before.found[kind as PersonalKind]}`,
    );
    tell(
      `Found of ${PLANTED} planted each: ${more.join(', ')}; before: ${JSON.stringify(before.found)}; ${Math.round(last.memory / 2 ** 20)} MiB of memory`,
    );
    return { mebibytes: MEBIBYTES, unit: 's of processor', memory: last.memory, rows, medians };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }

  async function scan(): Promise<Acted> {
    const script = fileURLToPath(new URL('personal/act.ts', import.meta.url));
    const target = JSON.stringify({ name: 'bench', directory, state: join(directory, 'state') });
    const { stdout } = await execa(process.execPath, [script, target, log]);
    return JSON.parse(stdout) as Acted;
  }

  async function others(who: string, command: string): Promise<void> {
    add(who, await timed(`set +e +o pipefail; { ${command}; } > ${directory}/out 2>&1`, LIMIT));
  }

  function add(who: string, { cpu, wall }: Omit<Row, 'who'>): void {
    rows.push({ who, cpu, wall });
    tell(`${who.padEnd(26)} ${cpu.toFixed(3)} s of processor, ${wall.toFixed(2)} s`);
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;
}
