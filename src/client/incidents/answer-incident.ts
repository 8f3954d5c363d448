import type { Client } from '@temporalio/client';
import type { Answer } from '../../incident/messages.ts';
import { signalIfOpen } from './signal-if-open.ts';

/** Kept also while no worker runs. False: there is no open incident of this id. */
export function answerIncident(client: Client, id: string, answer: Answer): Promise<boolean> {
  return signalIfOpen(client, id, 'answer', answer);
}
