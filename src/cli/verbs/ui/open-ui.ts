import { connectionSettings } from '../../../client/connection/connection-settings.ts';
import { environment } from '../../../config/environment.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { freePort } from '../../../dev/server/free-port.ts';
import { knownDoor } from '../../../door/known-door.ts';
import { openUiFront } from '../../../door/ui/ui-front.ts';
import { print, say } from '../../output/say.ts';
import { failedRunsPath, runPath } from '../../output/ui-paths.ts';
import { withClient } from '../../run/with-client.ts';
import { untilSignal } from '../../serve/until-signal.ts';

interface Asked {
  /** Any part of a run's id. */
  readonly run: string | undefined;
  readonly failed: boolean;
  readonly port: number;
}

/** Prints where Temporal UI is. That of a closed server is opened until somebody ends this. */
export async function openUi(asked: Asked): Promise<void> {
  const { address } = connectionSettings();
  const { temporalUi } = environment();
  const door = knownDoor(address);
  // Says, too, that the server does not answer, or does not let us in.
  const to = await pathOf(asked);
  const open = temporalUi ?? door?.uiUrl;
  if (open !== undefined) return print(`${open}${to}`);
  if (!door)
    throw new UsageError(
      `Cannot tell where Temporal UI of the server at ${address} is`,
      'set TEMPORAL_UI_URL to its address',
    );
  const signal = untilSignal();
  const front = await openUiFront({
    door,
    to,
    port: await freePort(asked.port),
    onRefusedLink: ({ text }) => say(`Warning: somebody was refused: ${text}`),
  });
  print(front.link);
  say('It opens Temporal UI in a browser of this machine, once; Ctrl-C ends it');
  await signal;
  await front.close();
}

function pathOf({ run, failed }: Asked): Promise<string> {
  return withClient(async (client) => {
    const { namespace } = client.options;
    if (run === undefined) {
      const { expectNamespace } = await import('../../../client/connection/expect-namespace.ts');
      await expectNamespace(client);
      return failed ? failedRunsPath(namespace) : `/namespaces/${namespace}/workflows`;
    }
    const { findRun } = await import('../../../client/runs/find-run.ts');
    const id = await findRun(client, run, 'newest');
    const { runId } = await client.workflow.getHandle(id).describe();
    return runPath(namespace, id, runId);
  });
}
