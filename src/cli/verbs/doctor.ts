import { Command } from 'commander';
import { exitCodes } from '../output/exit-code.ts';
import { print, printJson } from '../output/say.ts';

export const doctor = () =>
  new Command('doctor')
    .description('Find what is missing here, and how to get it')
    .option('--json', 'print one JSON array')
    .action(async ({ json }: { json?: boolean }) => {
      const { inspect } = await import('./doctor/inspect.ts');
      const findings = await inspect();
      if (findings.some(({ state }) => state === 'missing')) process.exitCode = exitCodes.failed;
      if (json) return printJson(findings);
      for (const { state, subject, finding, hint } of findings) {
        print(`${state.padEnd(8)} ${subject}: ${finding}`);
        if (hint) print(`         Try: ${hint}`);
      }
    });
