import type { Incident } from './incident.ts';
import type { Answer } from './messages.ts';

type State = Incident['state'];

const yes = undefined;
const over = 'it is resolved already';

/**
 * What a person may do with an incident in each state: nothing, or why it is not taken. What is resolved stays so: who has something
 * to add adds it, and a fault that is there again is the next episode.
 */
const refusals: Readonly<Record<Answer['what'], Readonly<Record<State, string | undefined>>>> = {
  acknowledge: { triggered: yes, acknowledged: yes, resolved: over },
  resolve: { triggered: yes, acknowledged: yes, resolved: over },
  severity: { triggered: yes, acknowledged: yes, resolved: over },
  note: { triggered: yes, acknowledged: yes, resolved: yes },
  assign: { triggered: yes, acknowledged: yes, resolved: yes },
  task: { triggered: yes, acknowledged: yes, resolved: yes },
  'task-done': { triggered: yes, acknowledged: yes, resolved: yes },
  review: { triggered: yes, acknowledged: yes, resolved: yes },
};

/** Undefined: it may be done. */
export function refusalOf({ state }: Incident, { what }: Answer): string | undefined {
  return refusals[what][state];
}
