import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openServed, type Served } from './support/served.ts';

let served: Served;
let run: string;

beforeAll(async () => {
  served = await openServed('report');
  const { stdout } = await served.type('start', 'daily-backup', '--because', 'a <test>', '--json');
  run = (JSON.parse(stdout) as { run: string }).run;
});
afterAll(() => served.close());

describe('report', () => {
  test('is printed as HTML and as Markdown', async () => {
    const html = await served.type('report', run, '--format', 'html');
    const markdown = await served.type('report', run, '--format', 'md');

    expect(html.stdout).toMatch(/^<!doctype html>[^]*a &lt;test&gt;[^]*<\/html>$/);
    expect(markdown.stdout).toMatch(/^# Daily backup of report: done\n[^]*- Because: a \\<test\\>/);
  });

  test('outlives what Temporal knows of the run', async () => {
    const before = await served.type('report', run);
    await forget(run);

    const after = await served.type('report', run, '--target', 'report');
    const json = await served.type('report', run, '--json');

    expect(after).toMatchObject({ exitCode: 0, stdout: before.stdout });
    expect(after.stderr).toBe(
      'Temporal no longer knows this run: this is the report that it wrote at its end',
    );
    expect(JSON.parse(json.stdout)).toMatchObject({ run, ending: { outcome: 'done' } });
  });

  test('of a run that nobody knows says so, with 2', async () => {
    const { exitCode, stderr } = await served.type('report', 'nothing', '--target', 'report');

    expect(exitCode).toBe(2);
    expect(stderr).toBe('Error: Cannot find a run "nothing"\nTry: runbook runs');
  });
});

/** As retention does after its days. The server may put a deletion off for minutes: it is asked again until it is done. */
async function forget(workflowId: string): Promise<void> {
  const { client } = served;
  const { namespace } = client.options;
  await vi.waitFor(
    async () => {
      await expect(
        client.workflowService.deleteWorkflowExecution({
          namespace,
          workflowExecution: { workflowId },
        }),
      ).rejects.toThrow(/not found/i);
      for await (const listed of client.workflow.list())
        expect(listed.workflowId).not.toBe(workflowId);
    },
    { timeout: 60_000, interval: 500 },
  );
}
