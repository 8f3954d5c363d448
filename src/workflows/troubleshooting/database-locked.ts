import { z } from 'zod';
import { countText } from '../../config/text/count-text.ts';
import { defineRunbook } from '../../engine/define-runbook.ts';
import type { Diagnosis } from '../parts/diagnosis.ts';
import { proveStarted, startUntilReady } from '../parts/start-until-ready.ts';

/**
 * Least invasive first: wait; after approval ask it to end, then kill it. The application is restarted when it is the one,
 * or does not get over it, and never while it is contained or was stopped on purpose. A backup and our own processes are never
 * ended, and no sidecar is ever deleted.
 */
export const databaseLocked = defineRunbook({
  name: 'database-locked',
  title: 'Database locked',
  purpose:
    '"Database is locked": find the process that keeps others from writing, and get the lock released',
  family: 'troubleshooting',
  severity: 'sev2',
  kind: 'acts',
  expected: '15m',

  input: z.object({}),

  plan: {
    inspect: 'Find who holds the lock',
    check: 'Check the database',
    wait: 'Wait for the lock',
    end: 'Ask its holder to end',
    kill: 'Kill its holder',
    again: 'Check again, the application too',
    restart: 'Restart application',
    prove: 'Prove that it can be written',
    test: 'Test functionality',
  },

  async run({ step }) {
    const seen = await step.inspect(({ database }) => database.findLockHolders(), {
      note: ({ note }) => note,
    });
    const tried: string[] = [];
    const helped: string[] = [];

    const examined = await step.check(({ database }) => database.examine(), {
      note: (found) => found?.finding ?? 'It cannot even be read',
      ifFailed: undefined,
    });
    const waited = await step.wait(({ database }) => database.awaitUnlocked(examined), {
      note: ({ note, free }) => (free ? note : `Locked all the time: ${note}`),
    });
    tried.push('wait');
    if (waited.free && waited.refused > 0) helped.push('wait');

    const holders = waited.free ? [] : waited.blocking;
    const others = holders.filter(({ role }) => role === 'other');
    if (others.length > 0) {
      const ended = await step.end.each(
        others,
        ({ program, pid }) => `${program} (process ${pid})`,
        ({ database }, lockHolder) => database.endLockHolder(lockHolder, 'SIGTERM'),
        { approve: textOf(others), note: noteOf },
      );
      tried.push('end');
      const rest = others.filter((_, index) => !ended[index]?.released);
      if (rest.length > 0) {
        await step.kill.each(
          rest,
          ({ program, pid }) => `${program} (process ${pid})`,
          ({ database }, lockHolder) => database.endLockHolder(lockHolder, 'SIGKILL'),
          { approve: `${textOf(rest)}: asked to end, and did not`, note: noteOf },
        );
        tried.push('kill');
        helped.push('kill');
      } else {
        step.kill.omit('It ended when it was asked to');
        helped.push('end');
      }
    } else {
      const why =
        holders.length > 0 ? `Not to be ended: ${textOf(holders)}` : 'Nobody is in the way';
      step.end.omit(why);
      step.kill.omit(why);
    }

    const again = await step.again(
      async ({ containment, database, http }) => ({
        ...(await containment.find()),
        ...(await database.findLockHolders()),
        ready: await http.isReady(),
      }),
      { note: ({ note, ready }) => `${note}; the application is ${ready ? '' : 'not '}ready` },
    );
    const keptDown = again.contained ?? again.stopped;
    const application = holders.find(({ role }) => role === 'application');
    // While a backup has the lock, a restart helps nobody.
    const spared = holders.some(({ role }) => role !== 'application' && role !== 'other');
    if (keptDown) step.restart.omit(keptDown.note);
    else if (application || (!again.ready && !spared)) {
      await step.restart(
        async (systems) => {
          await systems.runtime.stop();
          return startUntilReady(systems);
        },
        {
          approve: application?.note ?? 'It is not ready, although the lock is free',
          undo: ({ runtime }) => runtime.start(),
        },
      );
      tried.push('restart');
      helped.push('restart');
    } else step.restart.omit('It does not hold the lock');

    const now = await step.prove(({ database }) => database.expectUnlocked(), {
      note: ({ note }) => note,
    });

    const proof = keptDown
      ? undefined
      : await step.test(proveStarted, { note: ({ note }) => note });
    if (keptDown) step.test.omit('It is kept down');

    return {
      diagnosis: waited.refused === 0 ? 'It is not locked' : waited.note,
      evidence: [
        seen.note,
        examined?.finding ?? 'The database could not be read while it was locked',
        `${countText(waited.tries, 'try', 'tries')} to write, ${waited.refused} of them refused`,
        now.note,
        proof?.note ?? keptDown?.note,
      ].filter((text) => text !== undefined),
      tried,
      helped: helped.join(', '),
    } satisfies Diagnosis;
  },
});

interface Holder {
  readonly note: string;
  readonly role: string;
}

function textOf(lockHolders: readonly Holder[]): string {
  return lockHolders.map(({ note, role }) => `${note} (${role})`).join('; ');
}

function noteOf(ended: readonly { readonly note: string }[]): string {
  return ended.map(({ note }) => note).join('; ');
}
