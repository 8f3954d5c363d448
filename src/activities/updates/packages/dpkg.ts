import { setTimeout as sleep } from 'node:timers/promises';
import { apart, expectDone } from '../apart/apart.ts';
import { type Apt, KEEP_CONFIGURATION, LOCKED_FOR, QUIET } from './apt.ts';

const PAUSE = 2000;
const LOCKED = /\block (?:was|is) locked by another process/;

/** Calls dpkg, which does not wait for who has its lock as apt does: unattended-upgrades has it for minutes. Error: `CommandFailed`. */
export async function dpkg(apt: Apt, job: string, args: readonly string[]): Promise<void> {
  const command = apt.onHost(['dpkg', ...KEEP_CONFIGURATION, ...args]);
  for (const end = Date.now() + LOCKED_FOR * 1000; ; await sleep(PAUSE)) {
    const ended = await apart(job, command, QUIET, apt.timeout);
    if (ended.code !== 0 && LOCKED.test(ended.output) && Date.now() < end) continue;
    return expectDone(`"dpkg ${args.find((one) => !one.startsWith('--force-'))}"`, ended);
  }
}
