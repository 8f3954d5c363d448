import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { stringify } from 'yaml';
import { leaveInLog } from '../activities/database/support/database-files.ts';
import { test } from '../support/target.ts';
import { runbook } from './support/runbook.ts';

describe('"target check" and "doctor" on the host of a target', () => {
  test('find a log that lies where nobody looks for it', async ({ target, directory }) => {
    const link = join(directory, 'shop.db');
    symlinkSync('app.db', link);
    leaveInLog(`${directory}/app.db`, 3);
    writeFileSync(`${link}-wal`, 'a log of somebody else, which is longer than a header');
    const targets = join(directory, 'targets');
    mkdirSync(targets);
    const file = join(targets, `${target.name}.yaml`);
    writeFileSync(file, stringify({ ...target, database: { ...target.database, file: link } }));
    const environment = { RUNBOOK_TARGETS: targets, TEMPORAL_ADDRESS: '127.0.0.1:1' };

    const checked = await runbook(['target', 'check', file], environment);
    const doctor = await runbook(['doctor'], environment);

    const reason = `"${link}-wal" lies beside "${link}", which is another name of "${directory}/app.db"`;
    expect(checked.exitCode).toBe(2);
    expect(checked.stdout).toContain(`fault: ${reason}`);
    expect(doctor.stdout).toContain(`missing  Database of ${target.name}: ${reason}`);
  });
});
