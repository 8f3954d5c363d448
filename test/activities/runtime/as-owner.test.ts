import { chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { dependencyActivities } from '../../../src/activities/dependencies/dependencies-activities.ts';
import { checkVersions } from '../../../src/activities/lifecycle/checklist/check-versions.ts';
import { tryExport } from '../../../src/activities/troubleshoot/exports/try-export.ts';
import { Maintenance } from '../../../src/config/schema/timetable.ts';
import { APP, giveTo, isRoot, NEEDS_ROOT } from '../../support/application-user.ts';
import { targetIn } from '../../support/target.ts';
import { LIVES } from './support/applications.ts';
import { linesOf, test } from './support/of-app.ts';

describe.skipIf(!isRoot)(
  `what a worker that is root runs for the application (${NEEDS_ROOT})`,
  () => {
    test('has the rights of the owner of its files, for good', async ({ ofApp, targetFor }) => {
      const target = targetFor(
        `grep -E '^(Uid|Gid|Groups|CapEff|NoNewPrivs)' /proc/self/status; umask; echo "$HOME $USER"; ${LIVES}`,
      );
      const runtime = runtimeActivities(target);

      await runtime.start();
      const lines = await linesOf(runtime, 8);
      await runtime.stop();

      expect(lines.map((line) => line.replaceAll(/\s+/g, ' ').trim())).toEqual([
        `Uid: ${APP} ${APP} ${APP} ${APP}`,
        `Gid: ${APP} ${APP} ${APP} ${APP}`,
        'Groups:',
        'CapEff: 0000000000000000',
        'NoNewPrivs: 1',
        expect.stringMatching(/^0/),
        `${ofApp} ${APP}`,
        'up',
      ]);
      expect((await runtime.describe()).running).toBe(false);
      expect(statSync(join(ofApp, 'logs/app.log')).uid).toBe(APP);
    });

    test("reads no file of root's that its own code asks for", async ({
      ofApp,
      treasure,
      targetFor,
    }) => {
      const target = targetFor(`cat ${treasure}; cat ${ofApp}/app.txt; ${LIVES}`);
      writeFileSync(join(ofApp, 'app.txt'), 'its own\n');
      const runtime = runtimeActivities(target);

      await runtime.start();
      const lines = await linesOf(runtime, 3);
      await runtime.stop();

      expect(lines).toEqual([expect.stringMatching(/denied/i), 'its own', 'up']);
    });

    test('inherits an allow list, and what the target names', async ({ ofApp, targetFor }) => {
      const target = {
        ...targetFor(`env | cut -d= -f1 | sort | tr '\\n' ' '; echo; ${LIVES}`),
        runsAs: { inherit: ['WANTED_SETTING'] },
      };
      const runtime = runtimeActivities(target);
      process.env['SMTP_PASSWORD_NOBODY_NAMED'] = 'canary';
      process.env['WANTED_SETTING'] = 'kept';

      await runtime.start();
      const [names = ''] = await linesOf(runtime, 2);
      await runtime.stop();
      delete process.env['SMTP_PASSWORD_NOBODY_NAMED'];
      delete process.env['WANTED_SETTING'];

      expect(names.split(' ')).toEqual(
        expect.arrayContaining([
          'HOME',
          'LOGNAME',
          'PATH',
          'RUNBOOK_PROCESS',
          'USER',
          'WANTED_SETTING',
        ]),
      );
      expect(names).not.toContain('SMTP_PASSWORD_NOBODY_NAMED');
      expect(statSync(ofApp).uid).toBe(APP);
    });

    test('stays root where the target says so, or the directory is of root', async ({
      directory,
      targetFor,
    }) => {
      const ofRoot = runtimeActivities(targetFor(`id -u; ${LIVES}`));
      await ofRoot.start();
      const first = await linesOf(ofRoot, 2);
      await ofRoot.stop();
      giveTo(APP, directory);
      rmSync(join(directory, 'logs'), { recursive: true });
      const asRoot = runtimeActivities({
        ...targetFor(`id -u; ${LIVES}`),
        runsAs: { user: 'root', inherit: [] },
      });
      await asRoot.start();
      const second = await linesOf(asRoot, 2);
      await asRoot.stop();

      expect([first, second]).toEqual([
        ['0', 'up'],
        ['0', 'up'],
      ]);
    });

    test('is not started where the user that the target names is not there', async ({
      targetFor,
    }) => {
      const target = { ...targetFor(LIVES), runsAs: { user: 'no-such-user', inherit: [] } };

      await expect(runtimeActivities(target).start()).rejects.toThrow(
        'Cannot find user "no-such-user" ("runsAs.user") on this host',
      );
    });

    test("takes root's rights from no program that it was made to look for", async ({
      ofApp,
      treasure,
    }) => {
      const python = program(
        ofApp,
        'python',
        `id -u > ${ofApp}/as; cat ${treasure} >> ${ofApp}/as 2>&1; exit 0`,
      );
      const target = targetIn(ofApp, {
        app: {
          url: 'http://127.0.0.1:1/',
          health: 'http://127.0.0.1:1/',
          python: { command: [python], versions: { streamlit: '>=1' } },
        },
        exports: { python: [python], pdf: 'reportlab' },
        maintenance: Maintenance.parse(dependencies(python)),
      });
      const seen: string[] = [];
      const note = () => {
        seen.push(readFileSync(join(ofApp, 'as'), 'utf8').split('\n')[0]!);
        expect(readFileSync(join(ofApp, 'as'), 'utf8')).not.toContain('gold');
        rmSync(join(ofApp, 'as'));
      };

      await checkVersions(target);
      note();
      await tryExport(target, 'pdf');
      note();
      await dependencyActivities(target, 'run').update('20260105_020000');
      note();

      expect(seen).toEqual([`${APP}`, `${APP}`, `${APP}`]);
    });

    test('is lent the list of dependencies that lies in our closed directory', async ({
      ofApp,
    }) => {
      const list = program(ofApp, 'list', 'echo one==1');
      const bring = program(ofApp, 'bring', `id -u > ${ofApp}/as; cat "$1" >> ${ofApp}/as`);
      const target = targetIn(ofApp, {
        maintenance: Maintenance.parse({
          ...dependencies(list),
          dependencies: { list: [list], update: [list], restore: [bring, '{file}'] },
        }),
      });
      const { update, restore } = dependencyActivities(target, 'run');
      await update('20260105_020000');

      const brought = await restore('20260105_020000');

      expect(brought).toEqual({ changed: true });
      expect(readFileSync(join(ofApp, 'as'), 'utf8')).toBe(`${APP}\none==1\n`);
    });
  },
);

function dependencies(program: string) {
  return {
    window: { calendar: 'first SUNDAY', start: '02:00', duration: '2h' },
    dependencies: { list: [program], update: [program], restore: [program, '{file}'] },
  };
}

function program(directory: string, name: string, script: string): string {
  const file = join(directory, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  chownSync(file, APP, APP);
  return file;
}
