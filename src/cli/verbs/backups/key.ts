import { Command } from 'commander';
import { print, printJson, say } from '../../output/say.ts';

interface Options {
  readonly target?: string;
  readonly json?: boolean;
}

export const key = () =>
  new Command('key')
    .description('Print the public key that this host signs the backups of a target with')
    .option('--json', 'print one JSON object')
    .addHelpText(
      'after',
      '\nAnother host checks a backup by it, with OpenSSH alone: docs/keep-backups.md. Its line goes into "backups.trust.signers" of a target ' +
        'that restores what this host has made.\n\nExample: runbook backups key',
    )
    .action(async (options: Options) => {
      const { BACKUP_NAMESPACE, fingerprintOf, ownPublicKey } =
        await import('../../../activities/backups/author/authors.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { targetFor } = await import('../../input/target-for.ts');
      const target = targetFor(options.target);
      expectHere(target);
      const publicKey = ownPublicKey(target);
      const line = `${publicKey} ${target.name}`;
      if (options.json) {
        const fingerprint = fingerprintOf(publicKey);
        return printJson({ publicKey: line, fingerprint, namespace: BACKUP_NAMESPACE });
      }
      print(line);
      say(
        `Try: echo '${target.name} ${publicKey}' > signers; ssh-keygen -Y verify -f signers -I ${target.name} -n ${BACKUP_NAMESPACE} -s manifest.json.sig < manifest.json`,
      );
    });
