import { describe, expect, vi } from 'vitest';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import {
  addSilence,
  endedSilencesOf,
  endSilence,
  silencesOf,
} from '../../../src/client/incidents/silences.ts';
import type { AlertReport } from '../../../src/incident/alert-report.ts';
import type { Silence } from '../../../src/incident/beside/silence.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { incidentQuery } from '../../../src/incident/messages.ts';
import { test } from '../../support/incidents.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

function silence(match: Silence['match'], seconds: number, later = 0): Silence {
  const at = (after: number) => new Date(Date.now() + after * 1000).toISOString();
  return {
    id: crypto.randomUUID(),
    match,
    from: at(later),
    until: at(seconds),
    reason: 'The disk is being changed',
    by: 'ana',
  };
}

describe('a silence', () => {
  test('keeps what it matches from paging, and nothing else; what still fires when it is ended pages then', async ({
    incidents,
    b,
  }) => {
    const { client, queue } = incidents;
    const target = { ...b, name: `silent-${crypto.randomUUID()}` };
    const paged: string[] = [];
    const stop = await incidents.serve([target], async (_target, { subject, event }) => {
      if (event === 'trigger') paged.push(subject);
      return [{ channel: 'test', delivered: true, rings: true, detail: 'taken' }];
    });
    const open = (alertname: string, change: Partial<AlertReport> = {}) =>
      reportAlert(
        client,
        {
          target: target.name,
          fingerprint: alertname.toLowerCase(),
          status: 'firing',
          severity: 'sev1',
          title: alertname,
          labels: { alertname },
          source: 'test',
          at: new Date().toISOString(),
          ...change,
        },
        queue,
      );
    try {
      const silenced = silence({ alertname: 'Disk*' }, 3600);
      await addSilence(client, target.name, silenced, queue);
      await addSilence(client, target.name, silence({ alertname: '*' }, 7200, 3600), queue);
      const known = async () => (await silencesOf(client, target.name)).map(({ by }) => by);
      await vi.waitFor(
        async () => expect(await known()).toEqual(Array(2).fill('ana (unproven)')),
        TIMEOUT,
      );

      const disk = client.workflow.getHandle(await open('DiskFull'));
      await open('Down');
      await open('DiskSeen', { origin: 'person' });
      const about = (name: string) => paged.filter((subject) => subject.endsWith(name)).length;
      await vi.waitFor(() => expect([about('Down'), about('DiskSeen')]).toEqual([1, 1]), TIMEOUT);
      await vi.waitFor(
        async () =>
          expect((await disk.query<Incident>(incidentQuery.name)).timeline.at(-1)?.text).toContain(
            'ana (unproven) has silenced alertname=Disk*: The disk is being changed',
          ),
        TIMEOUT,
      );
      expect(about('DiskFull')).toBe(0);

      await endSilence(client, target.name, silenced.id, { by: 'ben' });

      await vi.waitFor(() => expect(about('DiskFull')).toBe(1), TIMEOUT);
      const { timeline } = await disk.query<Incident>(incidentQuery.name);
      expect(timeline.map(({ text }) => text)).toContain(
        'ben has ended the silence of alertname=Disk*',
      );
      await vi.waitFor(
        async () =>
          expect(await endedSilencesOf(client, target.name)).toMatchObject([
            { id: silenced.id, by: 'ana (unproven)', endedBy: 'ben (unproven)' },
          ]),
        TIMEOUT,
      );
    } finally {
      await stop();
    }
  }, 300_000);
});
