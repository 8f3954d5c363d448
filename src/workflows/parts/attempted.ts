import { consequenceOf } from '../../config/failure-types.ts';
import { type Reason, reasonOf } from '../../engine/run/ending.ts';

export type Attempted<Result> =
  | { readonly result: Result; readonly reason?: undefined }
  | { readonly result?: undefined; readonly reason: Reason };

/** For what may fail without ending the run: its result, or why there is none. */
export async function attempted<Result>(work: Promise<Result>): Promise<Attempted<Result>> {
  try {
    return { result: await work };
  } catch (error) {
    const reason = reasonOf(error);
    if (consequenceOf(reason.type) === 'abort') throw error;
    return { reason };
  }
}

/** For a line that people may refuse, and nothing is taken back for that: whether it was done. */
export async function unlessRejected(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (reasonOf(error).type !== 'Rejected') throw error;
    return false;
  }
}
