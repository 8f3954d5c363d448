import { Command } from 'commander';
import { SecretName } from '../../../config/schema/values/secret.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { columns } from '../../../report/columns.ts';
import { print, printJson } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly accessKey?: string;
  readonly secretKey?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

export const pruneOffsite = () =>
  new Command('prune-offsite')
    .description(
      'Delete from the bucket what nothing keeps any more, by the key of somebody who may',
    )
    .option('--plan', 'show which would go, and why the others stay: it deletes nothing')
    .option('--access-key <name>', '"env:NAME" or "file:PATH" of the key that may delete')
    .option('--secret-key <name>', '"env:NAME" or "file:PATH" of its secret')
    .option('--json', 'print one JSON array')
    .addHelpText(
      'after',
      '\nWhere the bucket has a lifecycle, nobody has to. What its lock still keeps is "retained".' +
        '\n\nExample: runbook backups prune-offsite --access-key env:CLEANER_ID --secret-key env:CLEANER_SECRET',
    )
    .action(async ({ target: name, plan = false, json = false, ...keys }: Options) => {
      const { secretOf } = await import('../../../config/secret-of.ts');
      const { pruneOffsite: done } =
        await import('../../../activities/offsite/bucket/prune-offsite.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const target = targetFor(name);
      if (!target.backups.offsite)
        throw new UsageError(`"${target.name}" has no "backups.offsite"`, 'docs/offsite.md');
      const secret = (text: string | undefined, option: string) =>
        secretOf(secretName(text, option), target.directory);
      const as = plan
        ? {}
        : {
            as: {
              accessKeyId: secret(keys.accessKey, '--access-key'),
              secretAccessKey: secret(keys.secretKey, '--secret-key'),
            },
          };
      const all = await done(target, { ...as, now: new Date().toISOString(), plan });
      if (json) return printJson(all);
      print(columns(all.map(({ state, id, reason }) => [state, id, reason])).join('\n'));
    });

function secretName(text: string | undefined, option: string): SecretName {
  const { success, data } = SecretName.safeParse(text);
  if (success) return data;
  throw new UsageError(
    `Expected "env:NAME" or "file:PATH" for ${option}: the secret itself does not belong here`,
    'runbook backups prune-offsite --plan',
  );
}
