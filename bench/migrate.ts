import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compareAll, expectEqual } from '../src/activities/migration/compare/compare-all.ts';
import { copyAll } from '../src/activities/migration/copy/copy-all.ts';
import { profileAll } from '../src/activities/migration/plan/profile-all.ts';
import { propose } from '../src/activities/migration/plan/propose.ts';
import { resolve } from '../src/activities/migration/plan/resolve.ts';
import { openSource, type Source } from '../src/activities/migration/source/open-source.ts';
import { findOnPath } from '../src/dev/server/find-on-path.ts';
import { createAwkwardDatabase } from '../test/activities/migration/support/awkward-database.ts';
import { answered } from '../test/activities/migration/support/migrated.ts';
import { startCluster } from '../test/support/postgres.ts';
import { lostBy } from './migrate/lost-by.ts';

type Notify = (line: string) => void;

const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_500_000);
/** In ms: it has been seen to hang for ever. */
const PGLOADER_TIMEOUT = 300_000;

/** From SQLite to PostgreSQL: profile, copy with keys and indexes, comparison of each value, a second time as a cut-over does it, and its end on one last bit; beside pgloader, with what that loses. */
export async function run(tell: Notify) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-migrate-'));
  const cluster = await startCluster();
  try {
    const file = join(directory, 'awkward.db');
    tell(`Making a database whose largest table has ${ROWS} rows`);
    createAwkwardDatabase(file, ROWS);
    const source = openSource(file);
    const profile = await timed(async () => {
      const found = profileAll(source, undefined);
      const plan = answered(propose(found));
      return answered(propose(found, plan));
    });
    tell(`profile and plan: ${seconds(profile.milliseconds)}`);
    await cluster.sql('create database ours');
    const client = await cluster.connect({ database: 'ours' });
    await client.query(`set search_path = public, pg_catalog; set time zone 'UTC'`);
    const resolved = resolve(profile.result);
    const stamp = '20260105_020000';
    const copy = await timed(() =>
      copyAll(source, client, resolved, { stamp, role: 'postgres', users: [] }),
    );
    tell(`copy, keys and indexes: ${seconds(copy.milliseconds)}`);
    const proof = await timed(() => compareAll(source, client, resolved.tables));
    expectEqual(proof.result);
    tell(`comparison of each value: ${seconds(proof.milliseconds)}, all equal`);
    const promised = copy.milliseconds + proof.milliseconds;
    const again = await timed(async () => {
      const stamp = '20260105_030000';
      await copyAll(source, client, resolved, { stamp, role: 'postgres', users: [] });
      expectEqual(await compareAll(source, client, resolved.tables));
    });
    tell(
      `a cut-over waits for ${seconds(again.milliseconds)}, and its rehearsal had promised ${seconds(promised)}: ${(again.milliseconds / promised).toFixed(2)} times`,
    );
    await client.query('update measurements set value = value * (1 + 2.3e-16) where id = 17');
    const named = await timed(() => compareAll(source, client, resolved.tables));
    const [difference] = named.result.flatMap(({ differences }) => differences);
    tell(`a last bit: ${seconds(named.milliseconds)} until "${difference?.row}" was named`);
    await client.end();
    const other = await pgloader(source, file, cluster.port, tell);
    source.close();
    return {
      rows: ROWS,
      milliseconds: {
        profile: profile.milliseconds,
        copy: copy.milliseconds,
        proof: proof.milliseconds,
        named: named.milliseconds,
      },
      downtime: { promised, measured: again.milliseconds },
      rejects: copy.result.rejects,
      pgloader: other,
    };
  } finally {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  }

  async function pgloader(source: Source, file: string, port: number, notify: Notify) {
    const program = findOnPath('pgloader');
    if (program === undefined) {
      notify('pgloader is not installed: apt-get install pgloader');
      return undefined;
    }
    // It takes a password as it stands in the address.
    await cluster.sql(`create role loader superuser login password 'plain'`);
    const all = await loaded('as it is', 'theirs', '');
    // One table, or one default, that it cannot make, and it copies nothing.
    const rest = await loaded(
      'told to leave out what stops it',
      'rest',
      ` cast type datetime to timestamptz drop default excluding table names like 'strictone'`,
    );
    return { all, rest };

    async function loaded(what: string, database: string, but: string) {
      await cluster.sql(`create database ${database}`);
      const order = join(directory, `${database}.load`);
      writeFileSync(
        order,
        `load database from sqlite://${file} into postgresql://loader:plain@127.0.0.1:${port}/${database}${but};\n`,
      );
      const begun = performance.now();
      const { code, said } = await promisify(execFile)(program!, [order], {
        timeout: PGLOADER_TIMEOUT,
        killSignal: 'SIGKILL',
      }).then(
        ({ stdout }) => ({ code: 0, said: stdout }),
        (error: { code?: number; killed?: boolean; stdout: string; stderr: string }) => ({
          code: error.killed ? 'killed, it hung' : (error.code ?? 1),
          said: error.stdout + error.stderr,
        }),
      );
      for (const line of said
        .split('\n')
        .filter((one) => /FATAL|ERROR/.test(one))
        .slice(0, 4))
        notify(`pgloader says: ${line.slice(0, 300)}`);
      const milliseconds = performance.now() - begun;
      const theirs = await cluster.connect({ database });
      const lost = await lostBy(source, theirs);
      await theirs.end();
      const sum = (of: 'rows' | 'values') => lost.reduce((total, one) => total + one[of], 0);
      notify(
        `pgloader, ${what}: ${seconds(milliseconds)}, exit ${code}, ${sum('rows')} rows and ${sum('values')} values lost: ${lost
          .filter(({ rows, values }) => rows + values > 0)
          .map(({ table, rows, values }) => `${table} ${rows} and ${values}`)
          .join(', ')}`,
      );
      return { milliseconds, code, lost };
    }
  }
}

async function timed<Result>(work: () => Promise<Result>) {
  const begun = performance.now();
  const result = await work();
  return { result, milliseconds: Math.round(performance.now() - begun) };
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
