import { Command } from 'commander';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';
import { db } from './target/db.ts';
import { init } from './target/init.ts';
import { logs } from './target/logs.ts';
import { ps } from './target/ps.ts';
import { report } from './target/report.ts';

export const target = () =>
  new Command('target')
    .description('Show targets, look at them, and check them')
    .addCommand(list())
    .addCommand(check())
    .addCommand(init())
    .addCommand(ps())
    .addCommand(logs())
    .addCommand(db())
    .addCommand(report());

function check(): Command {
  return new Command('check')
    .description('Check a target: what is wrong in its file, and what deserves attention')
    .argument('<target>', 'its name, or a file such as targets/ahgd.yaml')
    .option('--json', 'print one JSON value')
    .action(async (named: string, { json }: { json?: boolean }) => {
      const { existsSync } = await import('node:fs');
      const { targetFile } = await import('../../config/load/load.ts');
      const { checkTarget } = await import('../../config/load/check-target.ts');
      const { catalogue } = await import('../../client/catalogue.ts');
      const { databasePlace } = await import('../local/database-place.ts');
      const { extensionFaults } = await import('../local/check/extension-faults.ts');
      const { rootApplication } = await import('../local/check/root-application.ts');
      const { exchangedPrograms } = await import('../local/check/exchanged-programs.ts');
      const isName = /^[\w-]+$/.test(named) && !existsSync(named);
      const file = isName ? targetFile(named) : named;
      const { target: checked, summary, ...found } = checkTarget(file, catalogue);
      const { reason, unseen } = checked ? await databasePlace(checked) : {};
      const extensions = checked ? await extensionFaults(checked) : [];
      const programs = checked ? exchangedPrograms(checked) : [];
      const place = reason === undefined ? [] : [reason];
      const faults = [...found.faults, ...place, ...extensions, ...programs];
      const unknown = `Who uses the database is not known in full: ${unseen}`;
      const rights = checked ? rootApplication(checked) : [];
      const warnings = [...found.warnings, ...rights, ...(unseen === undefined ? [] : [unknown])];
      if (faults.length > 0) process.exitCode = exitCodes.usage;
      if (json) return printJson({ target: checked?.name, faults, warnings, summary });
      for (const fault of faults) print(`fault: ${fault}`);
      for (const warning of warnings) print(`warning: ${warning}`);
      for (const line of summary ?? []) print(line);
    });
}

function list(): Command {
  return new Command('list')
    .description('List the targets that are described here')
    .option('--json', 'print one JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const { readTargets } = await import('../../config/load/load.ts');
      const { columns } = await import('../../report/columns.ts');
      const { targets, faults } = readTargets();
      const rows = targets.map(({ name, enabled, directory }) => ({ name, enabled, directory }));
      say(...faults);
      if (faults.length > 0) process.exitCode = exitCodes.usage;
      if (json) return printJson(rows);
      const cells = rows.map(({ name, enabled, directory }) => [
        name,
        enabled ? 'enabled' : 'a template',
        directory,
      ]);
      print(columns(cells).join('\n'));
    });
}
