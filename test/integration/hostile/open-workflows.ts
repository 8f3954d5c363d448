import { deadManId } from '../../../src/incident/beside/heartbeat.ts';
import type { Open } from './flood.ts';

/** One of each kind of standing workflow. */
export function standing(target: string): readonly (Open & { readonly type: string })[] {
  const at = new Date().toISOString();
  const page = { target, contact: 'operations', severity: 'sev3', urgent: false, thread: 't' };
  const worker = {
    identity: 'x@y',
    place: crypto.randomUUID(),
    hostname: 'y',
    pid: 1,
    version: '1',
  };
  return [
    {
      type: 'incident',
      id: `incident/${target}/down`,
      signals: { report: alertOf(target), answer: { what: 'note', by: 'x', text: 'y' } },
      queries: ['incident', 'refused'],
    },
    {
      type: 'suppression',
      id: `suppression/${target}`,
      signals: {
        hold: { by: 'x', why: 'y', until: '2026-12-31T00:00:00.000Z' },
        lift: { by: 'x' },
      },
      queries: ['holds', 'refused'],
    },
    {
      type: 'dead-man',
      id: deadManId(target, 'job'),
      signals: {
        heartbeat: {
          target,
          id: 'job',
          what: 'ok',
          at,
          every: 3_600_000,
          grace: 3_600_000,
          severity: 'sev3',
        },
      },
      queries: ['refused'],
    },
    {
      type: 'bundle',
      id: `bundle/${target}/operations`,
      signals: {
        add: { ...page, key: 'k', event: 'note', subject: 's', body: 'b', at, holdable: false },
        sent: Date.now(),
        paged: { at: Date.now(), rings: true },
        over: 'incident/none/none/1',
      },
      queries: ['sent', 'refused'],
    },
    {
      type: 'serving',
      id: `serving/${target}`,
      signals: { change: { ...worker, state: '/x', policy: 'p', since: at }, leave: 'nobody' },
      updates: { register: { worker: { ...worker, state: '/x', policy: 'p', since: at } } },
      queries: ['refused'],
    },
  ];
}

export function practising(id: string): Open {
  const answer = { step: 'nothing', by: 'x', reason: 'y' };
  return {
    id,
    signals: { pause: { by: 'x', reason: 'y' }, resume: { by: 'x' } },
    updates: { approve: answer, reject: answer, decide: { ...answer, attempt: 1, choice: 'undo' } },
    queries: ['ledger', 'explain', 'refused'],
  };
}

export function alertOf(target: string) {
  return {
    target,
    fingerprint: 'down',
    status: 'firing',
    severity: 'sev1',
    title: 'It is down',
    source: 'test',
    // What an alert says may be held back by what was sent.
    origin: 'person',
    at: new Date().toISOString(),
  } as const;
}
