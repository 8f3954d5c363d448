import { Command } from 'commander';

export const demo = () =>
  new Command('demo')
    .description('See a damaged database recovered, on a sample application')
    .option('--exit', 'end by itself; otherwise it stays until Ctrl-C on a terminal')
    .option('--directory <directory>', 'where its files go (made anew each time)', '.runbook/demo')
    .option('--json', 'print one JSON object')
    .action(async (options: { exit?: boolean; directory: string; json?: boolean }) => {
      const { runDemo } = await import('./demo/run-demo.ts');
      await runDemo(options);
    });
