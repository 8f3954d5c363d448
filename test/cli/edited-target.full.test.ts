import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { viewServing } from '../../src/client/serving/view-serving.ts';
import { fingerprintOf } from '../../src/config/fingerprint.ts';
import { readTarget } from '../../src/config/load/load.ts';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import { targetIn } from '../support/target.ts';
import { TIMEOUT } from '../support/timeouts.ts';
import { type Answer, runbook } from './support/runbook.ts';
import { startWorkerCommand, type WorkerCommand } from './support/worker-command.ts';

interface Edit {
  readonly file: string;
  readonly target: SqliteTarget;
}

/** Each way in which somebody edits a file, on a target of its own. All are served by one worker. */
const taken: Readonly<Record<string, (edit: Edit) => void>> = {
  backups: (edit) => write(edit, { backups: { directory: join(directory, 'elsewhere') } }),
  schedules: (edit) => write(edit, { schedules: { 'log-rotation': { at: 'SUNDAY 04:00' } } }),
  link: (edit) => {
    writeFileSync(join(directory, 'real'), stringify({ ...edit.target, governor: LIMIT }));
    rmSync(edit.file);
    symlinkSync(join(directory, 'real'), edit.file);
  },
  replaced: (edit) => {
    writeFileSync(`${edit.file}.new`, stringify({ ...edit.target, governor: LIMIT }));
    renameSync(`${edit.file}.new`, edit.file);
  },
};
const kept: Readonly<Record<string, readonly [(edit: Edit) => void, RegExp]>> = {
  'no-yaml': [
    ({ file }) => writeFileSync(file, 'name: [\n'),
    /Cannot read .*edit-no-yaml\.yaml:\d/,
  ],
  unknown: [({ file }) => appendFileSync(file, 'bakups: {}\n'), /bakups/],
  empty: [({ file }) => writeFileSync(file, ''), /Expected keys and values/],
  gone: [({ file }) => rmSync(file), /is gone/],
  renamed: [({ file }) => renameSync(file, `${file}.old`), /is gone/],
  'dead-link': [
    ({ file }) => {
      rmSync(file);
      symlinkSync(join(directory, 'nowhere'), file);
    },
    /is gone/,
  ],
  folder: [
    ({ file }) => {
      rmSync(file);
      mkdirSync(file);
    },
    /Cannot read/,
  ],
  moved: [(edit) => write(edit, { state: join(directory, 'other') }), /another place/],
  misnamed: [(edit) => write(edit, { name: 'other' }), /Expected "edit-misnamed"/],
};
const same: Readonly<Record<string, (edit: Edit) => void>> = {
  comment: ({ file }) => appendFileSync(file, '# why\n'),
  rights: ({ file }) => chmodSync(file, 0o600),
  'changed-back': (edit) => {
    write(edit, { governor: LIMIT });
    write(edit, {});
  },
};
const LIMIT = { automatic: '7 per hour' } as const;
const ways = [...Object.keys(taken), ...Object.keys(kept), ...Object.keys(same)];

let directory: string;
let worker: WorkerCommand;
let client: Client;
let env: Record<string, string>;
const edits = new Map<string, Edit>();

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'edited-target-'));
  mkdirSync(join(directory, 'targets'));
  for (const way of ways) {
    const target = targetIn(join(directory, way), { name: nameOf(way) });
    mkdirSync(target.directory);
    edits.set(way, { file: fileOf(way), target });
    write(edits.get(way)!, {});
  }
  const { address, namespace } = inject('temporal');
  env = {
    RUNBOOK_TARGETS: join(directory, 'targets'),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
  };
  client = new Client({ connection: await Connection.connect({ address }), namespace });
  worker = startWorkerCommand(ways.map(nameOf), env);
  await worker.hears(/^Serving edit-backups/);
  const all = {
    ...taken,
    ...same,
    ...Object.fromEntries(Object.entries(kept).map(([name, [edit]]) => [name, edit])),
  };
  for (const [name, edit] of Object.entries(all)) edit(edits.get(name)!);
  await worker.hears(/^Warning: "edit-misnamed" goes on by policy/);
});
afterAll(async () => {
  await worker.end('SIGTERM');
  await client.schedule
    .getHandle(`${nameOf('schedules')}/log-rotation`)
    .delete()
    .catch(() => {});
  await client.connection.close();
  rmSync(directory, { recursive: true, force: true });
});

function nameOf(way: string): string {
  return `edit-${way}`;
}

function fileOf(way: string): string {
  return join(directory, 'targets', `${nameOf(way)}.yaml`);
}

function write({ file, target }: Edit, overrides: Parameters<typeof targetIn>[1]): void {
  writeFileSync(file, stringify({ ...target, ...overrides }));
}

/** What the worker says of the policy by which runs of a target begin. */
async function served(way: string) {
  const [entry] = (await viewServing(client, nameOf(way)))!.workers;
  return entry!;
}

async function list(way: string): Promise<Answer> {
  return runbook(['backups', 'list', '--target', nameOf(way)], env);
}

describe('a target whose file is edited while it is served', () => {
  test.for(Object.keys(taken))('goes by it from then on: %s', async (name) => {
    const now = fingerprintOf(readTarget(fileOf(name)).target!);

    await vi.waitFor(
      async () => expect(await served(name)).toMatchObject({ policy: now }),
      TIMEOUT,
    );

    const before = fingerprintOf(edits.get(name)!.target);
    const part = name in { link: 1, replaced: 1 } ? 'governor' : name;
    expect(worker.said.join('\n')).toContain(
      `Took "${fileOf(name)}" over as policy ${now}, in place of ${before}: ${part} changed. `,
    );
    const audit = readFileSync(join(edits.get(name)!.target.state, 'audit.jsonl'), 'utf8');
    expect(audit).toContain(`"changed: ${part}"`);
    expect((await list(name)).stderr).toBe('');
  });

  test('starts by itself when the file says so', async () => {
    const { stdout } = await runbook(['schedules', 'list', nameOf('schedules')], env);

    expect(stdout).toContain('SUNDAY 04:00');
  });

  test('has its next run go by the new policy, and say so', async () => {
    const { stdout } = await runbook(
      ['start', 'log-rotation', '-t', nameOf('backups'), '--json'],
      env,
    );

    const now = fingerprintOf(readTarget(fileOf('backups')).target!);
    expect(JSON.parse(stdout)).toMatchObject({ policy: now });
  });

  test.for(Object.entries(kept))(
    'keeps its policy where that cannot be served: %s',
    async ([name, [, why]]) => {
      const policy = fingerprintOf(edits.get(name)!.target);

      await vi.waitFor(
        async () =>
          expect(await served(name)).toMatchObject({ policy, trouble: expect.stringMatching(why) }),
        TIMEOUT,
      );

      expect(worker.said.join('\n')).toMatch(
        new RegExp(`^Warning: "${nameOf(name)}" goes on by policy ${policy}, read before: `, 'm'),
      );
    },
  );

  test('is compared by the commands that read beside it, and by doctor', async () => {
    const { stdout, stderr } = await list('moved');
    const doctor = await runbook(['doctor'], env);

    expect(stdout).toContain('Backups of edit-moved:');
    expect(stderr).toMatch(
      /^Warning: "edit-moved" is served by policy [0-9a-f]{12}, not by its file: "state" in /m,
    );
    expect(doctor.exitCode).toBe(1);
  });

  test.for(Object.keys(same))('is served as before when nothing is different: %s', async (name) => {
    const entry = await served(name);

    expect(entry).toMatchObject({ policy: fingerprintOf(edits.get(name)!.target) });
    expect(entry.trouble).toBeUndefined();
    const said = worker.said.filter((line) => !line.startsWith('Serving '));
    expect(said.filter((line) => line.includes(nameOf(name)))).toEqual([]);
  });

  test('goes by its file again when that is put right', async () => {
    write(edits.get('gone')!, { governor: LIMIT });
    const now = fingerprintOf(readTarget(fileOf('gone')).target!);

    await vi.waitFor(async () => expect((await served('gone')).policy).toBe(now), TIMEOUT);

    expect((await served('gone')).trouble).toBeUndefined();
  });
});
