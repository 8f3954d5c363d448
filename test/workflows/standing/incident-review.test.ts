import { describe, expect, vi } from 'vitest';
import { answerIncident } from '../../../src/client/incidents/answer-incident.ts';
import { openEpisode } from '../../../src/incident/episode.ts';
import type { FollowUp } from '../../../src/incident/beside/follow-up.ts';
import type { Incident } from '../../../src/incident/incident.ts';
import type { Page } from '../../../src/incident/page.ts';

import { test } from '../../support/incidents.ts';

describe('the review of an incident', () => {
  test('is asked for, and its owner is called when it is overdue until somebody hands it in', async ({
    incidents,
    b,
  }) => {
    const { client, queue } = incidents;
    const pages: Page[] = [];
    const stop = await incidents.serve([b], async (_target, page) => {
      pages.push(page);
      return [{ channel: 'test', delivered: true, detail: 'taken' }];
    });
    const fingerprint = `down-${crypto.randomUUID()}`;
    const incident = openEpisode(
      {
        target: b.name,
        fingerprint,
        status: 'firing',
        severity: 'sev1',
        title: 'It was down',
        source: 'test',
        at: new Date().toISOString(),
      },
      new Date().toISOString(),
    );
    const due = new Date(Date.now() + 2000).toISOString();
    const workflowId = `review/${b.name}/${fingerprint}/one`;
    const begun: FollowUp = { incident, owner: 'team-lead', due };
    const handle = await client.workflow.start('incident-review', {
      workflowId,
      taskQueue: queue,
      args: [begun],
    });

    const overdue = `incident/${b.name}/review-${fingerprint}`;
    await vi.waitFor(() => expect(pages.some(({ event }) => event === 'trigger')).toBe(true), {
      timeout: 60_000,
      interval: 100,
    });
    await answerIncident(client, workflowId, {
      what: 'review',
      by: 'team-lead',
      text: 'Add a disk',
    });
    const review = (await handle.result()) as FollowUp;
    const later = (await client.workflow.getHandle(overdue).result()) as Incident;
    await stop();

    const said = pages.map(({ event, contact, urgent }) => `${event} ${contact} ${urgent}`);
    expect(said.slice(0, 3)).toEqual([
      'note team-lead false',
      'note team-lead false',
      'trigger team-lead false',
    ]);
    expect(review.done).toMatchObject({ by: 'team-lead (unproven)', text: 'Add a disk' });
    expect(later).toMatchObject({ state: 'resolved', severity: 'sev4' });
    expect(Date.parse(later.openedAt)).toBeGreaterThanOrEqual(Date.parse(due));
  });
});
