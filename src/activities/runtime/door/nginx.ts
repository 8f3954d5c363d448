import type { Target } from '../../../config/schema/target.ts';
import { plainLine } from '../../../config/text/plain-text.ts';
import { failureOf } from '../../../os/failure-of.ts';
import { permanent } from '../../../os/failure.ts';
import { expectOwnProgram } from '../../../os/owner/expect-own-program.ts';
import { run } from '../../../os/process/command.ts';
import { watchTaking } from './taken-anew.ts';

/** The file that it has to include, and how it is spoken to. */
interface Included {
  readonly include: string;
  readonly command: readonly string[];
}
type Place = Pick<Target, 'directory' | 'runsAs'>;

const TIMEOUT = 20_000;

/**
 * Demands that the proxy takes its configuration, and that `text` is in it: one command tests and shows it. Error: `ProxyRefused`. What it
 * shows may hold secrets, and goes nowhere.
 */
export async function expectTaken(place: Place, drain: Included, text: string): Promise<void> {
  if ((await shown(place, drain)).includes(text.trimEnd())) return;
  throw permanent(
    'ProxyRefused',
    `The proxy does not include "${drain.include}": name it in its "server", see docs/lifecycle.md`,
  );
}

/** Its whole configuration, file by file, when it is in order. Error: `ProxyRefused`. */
export async function shown(place: Place, drain: Pick<Included, 'command'>): Promise<string> {
  return (await nginx(place, drain, ['-T'])).stdout;
}

/** It reads its configuration anew, and is seen to have taken it, where its processes are. Error: `ProxyRefused`. */
export async function reload(place: Place, drain: Pick<Included, 'command'>): Promise<void> {
  const expectTakenAnew = watchTaking(drain.command, await shown(place, drain));
  await nginx(place, drain, ['-s', 'reload']);
  await expectTakenAnew();
}

/** With our rights, because a proxy is the host's. */
async function nginx(
  place: Place,
  { command }: Pick<Included, 'command'>,
  args: readonly string[],
) {
  const { directory } = place;
  const [file = 'nginx', ...before] = command;
  expectOwnProgram(place, command);
  try {
    return await run(file, [...before, ...args], { timeout: TIMEOUT, cwd: directory });
  } catch (error) {
    throw permanent('ProxyRefused', plainLine(failureOf(error).message, 800));
  }
}
