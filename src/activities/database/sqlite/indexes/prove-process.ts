/** The process that runs statements of a log on a copy of the database, and ends. Whoever asked ends it when they take too long. */
import { failureOf } from '../../../../os/failure-of.ts';
import { proveOn, type Proven, type Proving } from './prove-on.ts';

export type Told =
  | { readonly began: string }
  | { readonly ended: true }
  | { readonly proven: Proven }
  | { readonly failed: string };

process.on('disconnect', () => process.exit(1));
process.once('message', (asked: Proving) => tell(answered(asked)));

function answered(asked: Proving): Told {
  try {
    return { proven: proveOn(asked, tellRuns) };
  } catch (error) {
    return { failed: failureOf(error).message };
  }
}

function tell(told: Told): void {
  process.send!(told);
}

function tellRuns(began?: string): void {
  tell(began === undefined ? { ended: true } : { began });
}
