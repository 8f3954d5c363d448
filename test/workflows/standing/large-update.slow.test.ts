import { describe, expect, vi } from 'vitest';
import { reportAlert } from '../../../src/client/incidents/report-alert.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import { test } from '../../support/incidents.ts';
import { rawMessages } from '../../support/raw-messages.ts';
import { TIMEOUT } from '../../support/timeouts.ts';

describe('an update of 3 MB', () => {
  test('is refused by the server, and keeps no incident from going on', async ({
    a,
    incidents,
  }) => {
    const { client, queue } = incidents;
    const target = `large-${crypto.randomUUID().slice(0, 8)}`;
    const stop = await incidents.serve([{ ...a, name: target }], async () => [
      { channel: 'test', delivered: true, detail: 'taken' },
    ]);
    const raw = rawMessages(client, queue);
    const at = new Date().toISOString();
    const alert = { target, fingerprint: 'down', status: 'firing', severity: 'sev1', at } as const;
    const said = { title: 'It is down', source: 'test', origin: 'person' } as const;
    try {
      const id = await reportAlert(client, { ...alert, ...said }, queue);
      const small = await raw.update(id, 'nothing', payloadsOf('x'));
      // The SDK sends it again, until then.
      const large = client.withDeadline(Date.now() + 5000, () =>
        raw.update(id, 'nothing', payloadsOf('x'.repeat(3_000_000))),
      );

      await expect(large).rejects.toThrow(/RESOURCE_EXHAUSTED|DEADLINE_EXCEEDED/);
      const incident = client.workflow.getHandle(id);
      await incident.signal('answer', { what: 'note', by: 'ops-1', text: 'Still here' });
      await vi.waitFor(async () => {
        const { timeline } = await incident.query<Incident>('incident');
        expect(timeline).toContainEqual(
          expect.objectContaining({ by: 'ops-1', text: 'Still here' }),
        );
      }, TIMEOUT);
      expect(await raw.stumbles(id)).toEqual([]);
      // The control: what is small comes as far as the workflow, which knows no such update.
      expect(small).toContain('No registered handler for update');
      await incident.terminate('a test');
    } finally {
      await stop();
    }
  });
});

function payloadsOf(text: string) {
  const encoding = Buffer.from('json/plain');
  return { payloads: [{ metadata: { encoding }, data: Buffer.from(JSON.stringify(text)) }] };
}
