import { Command } from 'commander';
import { comparedWithWorker } from '../input/warn-of-other-policy.ts';
import { adopt } from './backups/adopt.ts';
import { dump } from './backups/dump.ts';
import { key } from './backups/key.ts';
import { list } from './backups/list.ts';
import { pin, unpin } from './backups/pin.ts';
import { pruneOffsite } from './backups/prune-offsite.ts';
import { prune } from './backups/prune.ts';
import { restoreHost } from './backups/restore-host.ts';
import { trust } from './backups/trust.ts';
import { verify } from './backups/verify.ts';

export const backups = () => {
  const command = new Command('backups').description('Show the backups of a target, and keep them');
  const verbs = [list, verify, prune, pin, unpin, trust, adopt, key, dump];
  for (const verb of [...verbs, pruneOffsite, restoreHost])
    command.addCommand(
      verb().option(
        '-t, --target <target>',
        'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)',
      ),
    );
  return comparedWithWorker(command);
};
