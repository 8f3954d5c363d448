import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { describe, expect } from 'vitest';
import { runtimeActivities } from '../../../src/activities/runtime.ts';
import { targetIn, test } from '../../support/target.ts';

const source = new URL('../../../src/activities/runtime.ts', import.meta.url).href;

describe('runtime.stop', () => {
  test.skipIf(process.getuid?.() !== 0)(
    'names pid and state of what does not end (needs root)',
    async ({ directory }) => {
      const target = targetIn(directory, {
        runtime: {
          kind: 'process',
          command: ['sleep', '300'],
          environment: {},
          log: 'app.log',
          stopGrace: '100ms',
        },
      });
      const { detail } = await runtimeActivities(target).start();
      await chmod(directory, 0o777);
      await chmod(target.state, 0o777);
      await chmod(`${target.state}/process.json`, 0o644);
      // Another user may look but not signal: for it, the application does not end.
      const code = `import { runtimeActivities } from '${source}';
      process.setuid(65534);
      await runtimeActivities(JSON.parse(process.env.TARGET)).stop().catch(({ type, message }) => process.send({ type, message }));`;
      const other = spawn(process.execPath, ['--input-type=module', '-e', code], {
        env: { ...process.env, TARGET: JSON.stringify(target) },
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      });

      const [failure] = await once(other, 'message');

      expect(failure).toEqual({
        type: 'StopHangs',
        message: `Cannot end "sleep": ${detail}; in state S`,
      });
      await runtimeActivities(target).stop();
    },
  );
});
