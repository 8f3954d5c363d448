import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type SqliteTarget, Target } from '../src/config/schema/target.ts';
import { findOnPath } from '../src/dev/server/find-on-path.ts';
import { figures } from './backup/figures.ts';
import { findLitestream } from './backup/litestream.ts';
import { makeDatabase } from './backup/make-database.ts';
import { plot } from './backup/plot.ts';
import { compare, RATES, type Row, textOf } from './backup/rows.ts';
import { timed } from './backup/timed.ts';
import { whileWritten } from './backup/while-written.ts';

type Notify = (line: string) => void;

/** `BENCH_MEBIBYTES=50 npm run bench -- backup` tries it small. */
const MEBIBYTES = Number(process.env['BENCH_MEBIBYTES'] ?? 1000);
/** Seconds after which what has not ended is told as such. */
const LIMIT = Number(process.env['BENCH_LIMIT'] ?? 300);
const STAMP = '20260101_000000';

/** Backup, verification, restore and downtime: ours, the manuals' own commands, and Litestream, on one database in one run. */
export async function run(tell: Notify) {
  for (const program of ['sqlite3', 'gzip', 'gunzip'])
    if (!findOnPath(program)) throw new Error(`The manuals' commands need "${program}" on PATH`);
  const litestream = await findLitestream(tell);
  const directory = mkdtempSync(join(process.env['BENCH_DIRECTORY'] ?? tmpdir(), 'bench-backup-'));
  const at = (name: string) => join(directory, name);
  const live = at('live.db');
  const rows: Row[] = [];
  try {
    tell(`Making a database of about ${MEBIBYTES} MiB`);
    makeDatabase(live, MEBIBYTES);
    for (const name of ['ours', 'seed', 'litestream']) mkdirSync(at(name));

    await note('back up, integrity_check', 'ours', 0, ours('backUp', STAMP), at('ours'));
    for (const rate of RATES) {
      // One in a round, so that none profits from what another left in memory.
      await note(
        'back up',
        'ours',
        rate,
        ours('backUp', `2026010${2 + RATES.indexOf(rate)}_000000`),
        at('ours'),
      );
      await note(
        'back up',
        'seed B',
        rate,
        `rm -f seed/*; sqlite3 live.db ".backup 'seed/b.db'"; gzip seed/b.db`,
        at('seed'),
      );
      if (litestream) {
        for (const name of ['litestream', '.live.db-litestream'])
          rmSync(at(name), { recursive: true, force: true });
        mkdirSync(at('litestream'));
        await note(
          'back up',
          'Litestream',
          rate,
          `${litestream} replicate -once -force-snapshot live.db file://${at('litestream')}`,
          at('litestream'),
        );
      }
    }
    // What the writers killed under way have left is not whole.
    await note(
      'back up',
      'seed B',
      0,
      `rm -f seed/*; sqlite3 live.db ".backup 'seed/b.db'"; cp seed/b.db seed/a.db; gzip seed/b.db`,
      at('seed'),
      false,
    );

    await timed(ours('prepareVerify', '20260201_000000'), LIMIT);
    await note('verify', 'ours', 0, ours('verify', '20260201_000000'));
    await timed(ours('discard', '20260201_000000'), LIMIT);
    await note(
      'verify',
      'integrity_check',
      0,
      `sqlite3 seed/a.db 'pragma integrity_check' | grep -qx ok`,
    );

    await note('restore and prove', 'ours', 0, ours('stage', STAMP));
    await note(
      'restore and prove',
      'seed B',
      0,
      `gunzip -c seed/b.db.gz > restored.db; sqlite3 restored.db 'pragma integrity_check' | grep -qx ok`,
    );
    if (litestream)
      for (const [check, who] of [
        ['quick', 'Litestream'],
        ['full', 'Litestream, full check'],
      ] as const)
        await note(
          'restore and prove',
          who,
          0,
          `rm -f restored.db; ${litestream} restore -integrity-check ${check} -o restored.db file://${at('litestream')}`,
        );
    await note(
      'down',
      'seed A',
      0,
      `cp live.db pre.db; cp seed/a.db live.db; sqlite3 live.db 'pragma integrity_check' | grep -qx ok`,
    );
    copyFileSync(at('seed/a.db'), live);
    const { stdout } = await execa('bash', ['-c', ours('restore', STAMP)], { cwd: directory });
    add({
      what: 'down',
      who: 'ours',
      rate: 0,
      wall: Number(stdout),
      cpu: Number.NaN,
      ended: true,
      bytes: 0,
    });

    const comparisons = compare(rows, LIMIT);
    for (const { name, ratio, text } of comparisons) tell(`${name}: ${ratio.toFixed(1)}x ${text}`);
    if (process.env['BENCH_PLOT'] !== 'no') {
      writeFileSync(docs('backup-bench.svg'), picture(rows));
      writeFileSync(docs('backup-bench.md'), figures(rows, comparisons, MEBIBYTES));
    }
    return { mebibytes: MEBIBYTES, limitSeconds: LIMIT, unit: 's', rows, comparisons };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }

  async function note(
    what: Row['what'],
    who: string,
    rate: number,
    command: string,
    result?: string,
    counts = true,
  ): Promise<void> {
    // Each begins with nothing to write, and with the database in memory.
    await execa('sync');
    await execa('cat', [live], { stdout: 'ignore' });
    const before = result === undefined ? 0 : bytesIn(result);
    const seen = await whileWritten(live, rate, () => timed(`cd ${directory}; ${command}`, LIMIT));
    if (who === 'ours' && !seen.ended)
      throw new Error(`Ours did not ${what} within ${LIMIT} s: set BENCH_LIMIT higher`);
    const bytes = result === undefined ? 0 : bytesIn(result) - (who === 'ours' ? before : 0);
    if (counts) add({ what, who, rate, ...seen, bytes });
  }

  function add(row: Row): void {
    rows.push(row);
    tell(`${row.what}, ${row.who}, ${row.rate} writes/s: ${textOf(row)}`);
  }

  function ours(operation: string, stamp: string): string {
    const script = fileURLToPath(new URL('backup/act.ts', import.meta.url));
    return `${process.execPath} ${script} ${operation} '${JSON.stringify(targetIn(directory))}' ${stamp}`;
  }
}

function docs(name: string): string {
  return fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
}

function targetIn(directory: string): SqliteTarget {
  return Target.parse({
    name: 'bench',
    directory,
    state: directory,
    runtime: { kind: 'process', command: ['false'], log: 'log' },
    app: { url: 'http://127.0.0.1:1/', health: 'http://127.0.0.1:1/' },
    database: { kind: 'sqlite', file: join(directory, 'live.db'), keyTable: 'measurements' },
    backups: { directory: join(directory, 'ours') },
  }) as SqliteTarget;
}

function picture(rows: readonly Row[]): string {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.what === 'back up' ? `${row.what}, ${row.rate} writes/s` : row.what;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  return plot(
    `A database of ${MEBIBYTES} MiB, seconds`,
    [...groups].map(([title, all]) => ({
      title,
      bars: all.map((row) => ({
        label: row.who,
        value: row.wall,
        text: textOf(row),
        ours: row.who === 'ours',
      })),
    })),
  );
}

function bytesIn(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
