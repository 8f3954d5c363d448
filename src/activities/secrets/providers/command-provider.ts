import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Secret } from '../../../config/schema/security/secrets.ts';
import { passing, permanent } from '../../../os/failure.ts';
import { expectOwnProgram } from '../../../os/owner/expect-own-program.ts';
import { inheritedEnvironment } from '../../../os/process/inherited-environment.ts';
import type { Provider, ProviderTarget } from './provider.ts';

type CommandPolicy = Extract<Secret['provider'], { kind: 'command' }>;

const MAX_BYTES = 4096;

/**
 * A store of secrets, such as a vault, by commands of the target, with our rights. The secret goes over their standard input and output, and is
 * no argument. Error of both: `NotPermitted`, where the application's user could exchange the command.
 */
export function commandProvider(
  target: ProviderTarget,
  { read, write, timeout }: CommandPolicy,
): Provider {
  return {
    place: `"${read[0]}"`,
    async read() {
      const value = (await call(read)).replace(/\r?\n$/, '');
      if (/^[ -~]+$/.test(value)) return value;
      throw permanent('SecretUnclear', `"${read[0]}" does not print one line that is a secret`);
    },
    async write(value) {
      await call(write, value);
    },
    tidy: () => {},
  };

  /** What it prints, also as an error, may be the secret: nothing of it is repeated. */
  async function call(command: readonly string[], input?: string): Promise<string> {
    expectOwnProgram(target, command);
    const [file, ...args] = command as [string, ...string[]];
    const { execa } = await import('execa');
    try {
      const { stdout } = await execa(file, args, {
        cwd: target.directory,
        env: inheritedEnvironment(),
        extendEnv: false,
        ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
        maxBuffer: MAX_BYTES,
        timeout: inMilliseconds(timeout),
        stripFinalNewline: false,
      });
      return stdout;
    } catch (error) {
      const { exitCode, timedOut, code } = error as {
        exitCode?: number;
        timedOut?: boolean;
        code?: string;
      };
      const how = timedOut
        ? `did not end within ${timeout}`
        : `ended with ${exitCode ?? code ?? 'a signal'}`;
      throw passing(timedOut ? 'CommandTimeout' : 'CommandFailed', `"${file}" ${how}`);
    }
  }
}
