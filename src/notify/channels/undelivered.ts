import { setTimeout as sleep } from 'node:timers/promises';

/** A channel did not take a message. The message is for people, and holds nothing of the other side's own text. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered';
  /** Milliseconds after which one more try may help. */
  readonly again: number | undefined;

  constructor(text: string, again?: number) {
    super(text);
    this.again = again;
  }
}

/** Between two tries, when the other side asks for nothing else. */
export const PAUSE = 500;

/** Tries again once when that may help. Both tries end with the signal. */
export async function tryTwice(work: () => Promise<string>, signal: AbortSignal): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Undelivered) || error.again === undefined) throw error;
    try {
      await sleep(error.again, undefined, { signal });
      return await work();
    } catch (second) {
      // The answer to the first try says more than that the time was over then.
      throw signal.aborted ? error : second;
    }
  }
}
