import { existsSync } from 'node:fs';
import type { Target } from '../../../config/schema/target.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { expectOwnProgram } from '../../../os/owner/expect-own-program.ts';

/** Commands that get the rights of this user, and that the application could exchange: each is refused when it is its turn. */
export function exchangedPrograms(target: Target): string[] {
  if (!existsSync(target.directory)) return [];
  const { proxy, security, secrets } = target;
  const commands = [
    proxy?.drain?.command,
    security.block.command,
    ...secrets.flatMap(({ provider }) =>
      provider.kind === 'command' ? [provider.read, provider.write] : [],
    ),
  ];
  return commands.flatMap((command) => {
    try {
      if (command) expectOwnProgram(target, command);
      return [];
    } catch (error) {
      return [failureOf(error).message];
    }
  });
}
