import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect } from 'vitest';
import { tryExport } from '../../../src/activities/troubleshoot/exports/try-export.ts';
import { Exports } from '../../../src/config/schema/app.ts';
import type { SqliteTarget } from '../../../src/config/schema/target.ts';
import { commandOf, processTable } from '../../../src/os/process/process-table.ts';
import { ROWS, test } from '../../support/target.ts';

const hasPython = ((): boolean => {
  try {
    execFileSync('python3', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

function exporting(target: SqliteTarget, more: object = {}): SqliteTarget {
  target.exports = Exports.parse({
    python: ['python3'],
    pdf: 'reportlab',
    png: 'kaleido',
    ...more,
  });
  return target;
}

/** A module of Python that its imports find first. */
function withModule(target: SqliteTarget, name: string, text: string): SqliteTarget {
  const modules = join(target.directory, 'modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(join(modules, `${name}.py`), text);
  return exporting(target, { python: ['env', `PYTHONPATH=${modules}`, 'python3'], timeout: '2s' });
}

describe.skipIf(!hasPython)('troubleshoot.tryExport', () => {
  test('counts the rows of a CSV, not its bytes', async ({ target }) => {
    const { verdict, note } = await tryExport(exporting(target), 'csv');

    expect([verdict, note]).toEqual([
      'ok',
      expect.stringMatching(`^CSV: ${ROWS} rows, \\d+ bytes$`),
    ]);
  });

  test('tells an empty table from an application that leaves all rows out', async ({ target }) => {
    const filtered = await tryExport(exporting(target, { csv: ['printf', 'a,b\\r\\n'] }), 'csv');
    const whole = await tryExport(
      exporting(target, { csv: ['printf', 'a\\n"1\n2"\\n3\\n'] }),
      'csv',
    );
    const db = new Database(target.database.file);
    db.exec('delete from indicators');
    db.close();
    const empty = await tryExport(exporting(target), 'csv');

    expect(filtered.note).toBe('CSV: no rows in 5 bytes, although the table has some');
    expect(whole.note).toMatch(/^CSV: 2 rows/);
    expect(empty.note).toBe('Table "indicators" has no rows: its export is a line of names');
    expect(empty.remedy).toContain('database-recovery');
  });

  test('names a module that is missing, and the Python that misses it', async ({ target }) => {
    const hidden = "raise ModuleNotFoundError(\"No module named 'reportlab'\", name='reportlab')";

    const { verdict, note, remedy } = await tryExport(
      withModule(target, 'reportlab', hidden),
      'pdf',
    );

    expect(verdict).toBe('critical');
    expect(note).toMatch(/^PDF: module "reportlab" is not installed in env PYTHONPATH=.* python3$/);
    expect(remedy).toContain('-m pip install reportlab');
  });

  test('says that the usual remedy does not help where kaleido has no browser', async ({
    target,
  }) => {
    // What kaleido 1.3 says, word for word.
    const chromeless = 'raise RuntimeError("Kaleido requires Google Chrome to be installed.")';

    const { note, remedy } = await tryExport(withModule(target, 'kaleido', chromeless), 'png');

    expect(note).toMatch(/^PNG: kaleido finds no browser: Kaleido requires Google Chrome/);
    expect(remedy).toContain('"pip install -U kaleido" does not help');
  });

  test('ends one that hangs, with a browser that has left its group', async ({ target }) => {
    const browser = join(target.directory, 'browser');
    writeFileSync(browser, '#!/bin/sh\ntrap "" TERM HUP\nsleep 600 & wait; sleep 600\n');
    chmodSync(browser, 0o755);
    const hanging = `import subprocess, time
subprocess.Popen([${JSON.stringify(browser)}], start_new_session=True)
subprocess.Popen([${JSON.stringify(browser)}])
time.sleep(600)`;

    const { note } = await tryExport(withModule(target, 'kaleido', hanging), 'png');

    expect(note).toBe('PNG: no end within 2 s; it was ended, with what it had started');
    const left = processTable().filter(
      ({ pid, alive }) => alive && commandOf(pid)?.includes(browser),
    );
    expect(left).toEqual([]);
  });

  test('ends a CSV that hangs in a container, where to end the client ends nothing', async ({
    target,
  }) => {
    // As docker does: what runs is no child of the client, has none of its variables, and goes on without it.
    const client = join(target.directory, 'client');
    writeFileSync(client, `#!/bin/sh\n{ (setsid env -i PATH="$PATH" "$@" <&3 &) ; } 3<&0 | cat\n`);
    const slow = join(target.directory, 'slow.sh');
    writeFileSync(slow, '#!/bin/sh\ntrap "" TERM HUP\n(setsid sleep 601 &)\nsleep 601\n');
    for (const file of [client, slow]) chmodSync(file, 0o755);
    const inContainer = exporting(target, {
      python: [client, 'python3'],
      csv: [client, slow],
      timeout: '2s',
    });

    const { note } = await tryExport(inContainer, 'csv');

    expect(note).toBe('CSV: no end within 2 s; it was ended, with what it had started');
    const left = processTable().filter(
      ({ pid, alive }) => alive && /slow\.sh|sleep 601/.test(commandOf(pid) ?? ''),
    );
    expect(left).toEqual([]);
  });

  test('runs its own command in a container, and tells why it failed', async ({ target }) => {
    const run = async (...csv: string[]) => {
      const { verdict, note } = await tryExport(
        exporting(target, {
          python: ['env', '-i', `PATH=/usr/bin:/bin`, 'python3'],
          csv: ['env', '-i', 'PATH=/usr/bin:/bin', ...csv],
        }),
        'csv',
      );
      return `${verdict}, ${note}`;
    };

    expect(await run('printf', 'a,b\\n1,2\\n3,4\\n')).toBe('ok, CSV: 2 rows, 12 bytes');
    expect(await run('sh', '-c', 'echo of no use >&2; exit 3')).toBe(
      "critical, CSV: the application's own command failed: it ended with 3: of no use",
    );
    expect(await run('never-there')).toMatch(/own command failed: .*No such file.*never-there/);
    expect(await run('sh', '-c', 'printf "a\\n1\\n"; sleep 602 &')).toBe('ok, CSV: 1 row, 4 bytes');
    expect(
      processTable().filter(({ pid, alive }) => alive && commandOf(pid)?.includes('sleep 602')),
    ).toEqual([]);
  });

  test('is unknown where the target does not say how, and not applicable where it makes none', async ({
    target,
  }) => {
    const unsaid = await tryExport(target, 'csv');
    const { exports: _, ...rest } = exporting(target);
    const none = await tryExport(
      { ...rest, exports: Exports.parse({ python: ['python3'] }) },
      'png',
    );

    expect([unsaid.verdict, none.verdict]).toEqual(['unknown', 'not applicable']);
  });

  test('lets no variable of ours through', async ({ target }) => {
    const telling = `import os
raise RuntimeError(" ".join(name for name in os.environ if name.startswith(("RUNBOOK_", "TEMPORAL_"))) or "none")`;
    process.env['RUNBOOK_GATEWAY_SECRET'] = 'x'; // oxlint-disable-line no-process-env

    const { note } = await tryExport(withModule(target, 'reportlab', telling), 'pdf');

    delete process.env['RUNBOOK_GATEWAY_SECRET']; // oxlint-disable-line no-process-env
    expect(note).toBe('PDF: RuntimeError: none');
  });
});
