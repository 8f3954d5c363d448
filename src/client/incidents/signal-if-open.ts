import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { AlertReport } from '../../incident/alert-report.ts';
import type { Answer } from '../../incident/messages.ts';

interface Messages {
  readonly report: AlertReport;
  readonly answer: Answer;
}

/** Signals an incident, or a review, that is open: kept also while no worker runs. False: there is no open one of this id. */
export async function signalIfOpen<Signal extends keyof Messages>(
  client: Client,
  id: string,
  signal: Signal,
  message: Messages[Signal],
): Promise<boolean> {
  try {
    await client.workflow.getHandle(id).signal<[Messages[Signal]]>(signal, message);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
