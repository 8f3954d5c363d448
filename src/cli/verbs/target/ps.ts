import { Command } from 'commander';
import type { Instance } from '../../../activities/runtime/instance.ts';
import { columns } from '../../../report/columns.ts';
import { oneLine } from '../../../report/one-line.ts';
import { print, printJson } from '../../output/say.ts';
import { sizeText } from '../../../config/text/size-text.ts';

const AFTER_HELP = `
The application is marked with *: what runbooks start and stop. Memory is what it
and all that it started hold. It is seen without Temporal, on the target's host.

Example: runbook target ps ahgd`;

export const ps = () =>
  new Command('ps')
    .description('Show what runs of a target: its application and its services')
    .argument('[target]', 'default: RUNBOOK_TARGET, or the only one that is enabled')
    .option('--json', 'print one JSON object')
    .addHelpText('after', AFTER_HELP)
    .action(async (name: string | undefined, { json }: { json?: boolean }) => {
      const { targetFor } = await import('../../input/target-for.ts');
      const { expectHere } = await import('../../local/beside-target.ts');
      const { applicationState } = await import('../../local/application-state.ts');
      const { orTellWhy } = await import('../../local/or-tell-why.ts');
      const target = targetFor(name);
      expectHere(target);
      await orTellWhy(target, async () => {
        const state = await applicationState(target);
        if (json) return printJson(state);
        print(`${state.target}: the application ${state.running ? 'runs' : 'does not run'}`);
        print(columns([HEAD, ...state.instances.map(cellsOf)]).join('\n'));
        for (const note of state.notes) print(oneLine(note));
      });
    });

const HEAD = ['service', 'state', 'since', 'pid', 'restarts', 'memory', 'ports', 'image', 'name'];

function cellsOf(one: Instance): string[] {
  return [
    `${one.isApplication ? '* ' : ''}${one.service}`,
    one.state,
    one.since ? `${one.since.slice(0, 19)}Z` : '-',
    String(one.pid ?? '-'),
    String(one.restarts ?? '-'),
    one.memory === undefined ? '-' : sizeText(one.memory),
    one.ports.join(' ') || '-',
    one.image ?? '-',
    one.name || '-',
  ].map(oneLine);
}
