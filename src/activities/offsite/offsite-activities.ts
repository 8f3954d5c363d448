import type { Target } from '../../config/schema/target.ts';
import { unclaimed } from '../../os/acting.ts';
import { send, type Sending } from './send/send.ts';

/** Copies of backups on other premises. Nothing of the target is changed, so that no claim is needed for it. */
export function offsiteActivities(target: Target, run: string) {
  return {
    /** Brings every verified backup there that is not there yet, and has the bucket say that it has all of it. */
    send: unclaimed(async (): Promise<Sending> => send(target, run)),
  };
}
