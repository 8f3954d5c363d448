import type { Command } from 'commander';
import { expectListener } from '../../client/connection/expect-listener.ts';
import type { Target } from '../../config/schema/target.ts';
import { say } from '../output/say.ts';

/** A verb that reads a disk waits no longer for Temporal. */
const TIMEOUT_MILLISECONDS = 2000;

/**
 * Says when the worker of the target goes by another policy than its file here: what this command reads is then not what runs act on.
 * Where Temporal does not answer nobody can tell, and no run starts either.
 */
async function warnOfOtherPolicy(target: Target): Promise<void> {
  try {
    const { connectionSettings } = await import('../../client/connection/connection-settings.ts');
    await expectListener(connectionSettings().address);
    for (const sentence of await differences(target)) say(`Warning: ${sentence}`);
  } catch {
    // See above.
  }
}

/** Has a verb with `--target` do so first. Which target is meant, and what is wrong with its file, is the verb's own to say. */
export function comparedWithWorker(command: Command): Command {
  return command.hook('preAction', async (_command, verb) => {
    const { targetFor } = await import('./target-for.ts');
    let target: Target;
    try {
      target = targetFor(verb.opts<{ target?: string }>().target);
    } catch {
      return;
    }
    await warnOfOtherPolicy(target);
  });
}

/** Temporal's client is loaded only where there is one to ask: most verbs begin in half the time without. */
async function differences(target: Target): Promise<string[]> {
  const { connect } = await import('../../client/connection/connect.ts');
  const { servingWorkers } = await import('../../client/serving/serving-workers.ts');
  const { differenceFrom } = await import('../../client/serving/differences.ts');
  const client = await connect();
  try {
    const workers = await client.withDeadline(Date.now() + TIMEOUT_MILLISECONDS, () =>
      servingWorkers(client, target.name),
    );
    return workers.flatMap((worker) => differenceFrom(target, worker) ?? []);
  } finally {
    await client.connection.close();
  }
}
