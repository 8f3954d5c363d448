import { Command } from 'commander';
import { countText } from '../../config/text/count-text.ts';
import { targetFor } from '../input/target-for.ts';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson, say } from '../output/say.ts';

interface Options {
  readonly target?: string;
  readonly json?: boolean;
}

export const audit = () =>
  new Command('audit')
    .description('Who did what to a target, and whether that was altered')
    .addCommand(verify())
    .addCommand(show());

function verify(): Command {
  return common('verify', 'Prove that no line was altered, removed or put in. Exit code 1: one was')
    .option(
      '--key <key>',
      'the public key that signs it, as noted elsewhere: "ssh-ed25519 AAAA..."',
    )
    .action(async ({ target: name, key, json }: Options & { readonly key?: string }) => {
      const { verifyAudit } = await import('../../state/audit/verify-audit.ts');
      const { AUDIT_NAMESPACE } = await import('../../state/audit/head.ts');
      const target = targetFor(name);
      const { head, ...found } = verifyAudit(target.state, key);
      if (found.faults.length > 0) process.exitCode = exitCodes.failed;
      if (json) return printJson({ target: target.name, ...found, head: head?.file });
      for (const fault of found.faults) print(`fault: ${fault}`);
      for (const warning of found.warnings) print(`warning: ${warning}`);
      if (found.faults.length === 0)
        print(`${countText(found.lines, 'line')} of "${target.name}", each as it was written`);
      if (!head || found.key === undefined) return;
      say(
        `The key is ${found.key}`,
        'Note it on another host. There, OpenSSH alone proves the signed end:',
        `  echo 'runbook ${found.key}' > signers`,
        `  ssh-keygen -Y verify -f signers -I runbook -n ${AUDIT_NAMESPACE} -s ${head.file}.sig < ${head.file}`,
      );
    });
}

function show(): Command {
  return common('show', 'Show who did what')
    .option('--last <count>', 'so many of the newest', '50')
    .action(async ({ target: name, last, json }: Options & { readonly last: string }) => {
      const { readAudit } = await import('../../state/audit/read-audit.ts');
      const { byText } = await import('../../config/text/who-text.ts');
      const { plainLine } = await import('../../config/text/plain-text.ts');
      const { positive } = await import('../input/positive.ts');
      const events = readAudit(targetFor(name).state, positive(last));
      if (json) return printJson(events);
      for (const { at, what, choice, outcome, step, run, reason, ...who } of events) {
        const deed = [what, choice, outcome, step && `"${step}"`].filter(Boolean).join(' ');
        print(plainLine(`${at} ${byText(who)}: ${deed}, ${run}${reason ? `: ${reason}` : ''}`));
      }
    });
}

function common(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option('-t, --target <target>', 'target, as in targets/<target>.yaml (or RUNBOOK_TARGET)')
    .option('--json', 'print one JSON value');
}
