import { once } from 'node:events';
import { chmod, chown } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime/runtime-activities.ts';
import { test } from './support/applications.ts';

describe('runtime.stop', () => {
  test.skipIf(process.getuid?.() !== 0)(
    'names pid and state of what does not end (needs root)',
    async ({ directory, targetFor, inProcess }) => {
      const target = targetFor('exec sleep 300', '100ms');
      const { detail } = await runtimeActivities(target).start();
      await chmod(directory, 0o777);
      // A record of somebody else is not believed. Its owner may not signal what is root's: for him, the application does not end.
      await chown(target.state, 65_534, 65_534);
      await chown(`${target.state}/process.json`, 65_534, 65_534);
      const other = inProcess(
        target,
        `process.setuid(65534);
         await runtime.stop().catch(({ type, message }) => process.send({ type, message }));`,
      );

      const [failure] = await once(other, 'message');

      expect(failure).toEqual({
        type: 'StopHangs',
        message: `Cannot end "sh": ${detail}; in state S`,
      });
    },
  );
});
