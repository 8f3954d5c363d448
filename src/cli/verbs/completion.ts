import { readFileSync } from 'node:fs';
import { Argument, Command } from 'commander';
import { print } from '../output/say.ts';

const SHELLS = ['bash', 'zsh', 'fish'];

const AFTER_HELP = `
Verbs, options, runbooks, targets, and the runs and incidents that the targets on this
host know. Temporal is not asked, and nothing that is typed is run.

Examples:
  runbook completion bash > /etc/bash_completion.d/runbook
  runbook completion zsh > /usr/local/share/zsh/site-functions/_runbook
  runbook completion fish > /etc/fish/completions/runbook.fish`;

export const completion = () =>
  new Command('completion')
    .description('Print what lets a shell complete commands with Tab')
    .addArgument(new Argument('<shell>', 'yours').choices(SHELLS))
    .addHelpText('after', AFTER_HELP)
    .action((shell: string) => {
      const file = new URL(`../../../deploy/completion/runbook.${shell}`, import.meta.url);
      print(readFileSync(file, 'utf8').trimEnd());
    });
