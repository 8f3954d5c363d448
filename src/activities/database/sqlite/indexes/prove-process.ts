/** The process that runs statements of a log on a copy of the database, and ends. Whoever asked ends it when they take too long. */
import { failureOf } from '../../../../os/failure-of.ts';
import { Exhausted, proveOn, type Proven, type Proving } from './prove-on.ts';

export type Told =
  | { readonly ready: true }
  | { readonly began: string }
  | { readonly ended: true }
  | { readonly proven: Proven }
  | { readonly failed: string }
  /** The statement that ran has taken all memory: what is left is too little for the next. */
  | { readonly exhausted: true };

process.on('disconnect', () => process.exit(1));
process.once('message', (asked: Proving) => tell(answered(asked)));
tell({ ready: true });

function answered(asked: Proving): Told {
  try {
    return { proven: proveOn(asked, tellRuns) };
  } catch (error) {
    if (error instanceof Exhausted) return { exhausted: true };
    return { failed: failureOf(error).message };
  }
}

function tell(told: Told): void {
  process.send!(told);
}

function tellRuns(began?: string): void {
  tell(began === undefined ? { ended: true } : { began });
}
