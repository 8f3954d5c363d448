import { Command } from 'commander';
import { positive } from '../input/positive.ts';

interface Options {
  readonly port: number;
  readonly failed?: boolean;
}

const NOTE = `
The server that "runbook dev" starts is closed to other users of this machine,
and so is its Temporal UI. This opens it for one browser, and prints a link
that is good once. It ends with Ctrl-C.

From another machine: ssh -L 8233:127.0.0.1:8233 <host>, and open the same
link there; with another port at your end, put that into the link.
`;

export const ui = () =>
  new Command('ui')
    .description('Open Temporal UI, or one run in it')
    .argument('[run]', 'run id, or any part of it: the newest that has it')
    .option('--failed', 'show the runs that failed')
    .option('--port <port>', 'where it listens on loopback, if it is free', positive, 8233)
    .addHelpText('after', NOTE)
    .action(async (run: string | undefined, { port, failed = false }: Options) => {
      const { openUi } = await import('./ui/open-ui.ts');
      await openUi({ run, port, failed });
    });
