import { chmodSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Incident } from '../../../src/incident/incident.ts';
import { writeKnownFaults } from '../../../src/state/figures/known-faults.ts';
import { openFigures } from '../../../src/state/figures/open-figures.ts';
import { createSystems } from '../../../src/activities/index.ts';
import { test } from '../../support/run.ts';

const watched = test.extend({ escalation: [{ level: 1, to: 'operations', after: '0s' }] });

describe.concurrent('health-check', () => {
  test('shows each figure of a healthy target, keeps it, and is done', async ({ world, runs }) => {
    chmodSync(world.database.file, 0o600);

    const { ending } = await runs.run('health-check');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).not.toHaveProperty('warnings');
    const shown = ending.ledger.flatMap(({ parts = [] }) => parts.map(({ title }) => title));
    expect(shown).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^ok: app\.health, 200 in \d+ ms$/),
        expect.stringMatching(/^ok: data\.rows, \d+ rows$/),
        expect.stringMatching(/^ok: disk\.used /),
      ]),
    );
    expect(shown).toContainEqual(expect.stringMatching(/^ok: disks\.hung, Every disk answers$/));
    expect(ending.ledger.find(({ id }) => id === 'application')).toMatchObject({
      state: 'done',
      note: expect.stringMatching(/^ok; /),
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
    });
    expect(ending.ledger[1]).toMatchObject({ state: 'omitted', note: 'Nothing is critical' });
    const store = openFigures(world.state);
    const kept = store.newest().map(({ name, verdict }) => `${name} ${verdict}`);
    store.close();
    expect(kept).toEqual(expect.arrayContaining(['app.health ok', 'data.rows ok']));
  });

  watched(
    'looks twice before it calls a target unhealthy, opens an incident, and closes it when all is well again',
    async ({ world, runs }) => {
      const { runtime, http } = createSystems(world, 'test');
      await runtime.stop();

      const { ending } = await runs.run('health-check');
      await runtime.start();
      await http.expectReady();
      const again = await runs.run('health-check');

      expect(ending).toMatchObject({ outcome: 'failed', failure: { type: 'Unhealthy' } });
      expect(ending.failure!.message).toContain(
        'critical: app.health, Expected 2xx, got no connection (ECONNREFUSED)',
      );
      expect(ending.failure!.message).toContain('(application-down)');
      expect(ending.ledger.map(({ id, state }) => `${id} ${state}`)).toEqual(
        expect.arrayContaining(['again done', 'record done', 'verdict failed']),
      );
      expect([again.ending.failure?.message, again.ending.outcome]).toEqual([undefined, 'done']);
      const worker = await runs.serve();
      const handle = runs.client.workflow.getHandle(`incident/${world.name}/health-check`);
      const incident = (await handle.result()) as Incident;
      await worker.stop();
      expect(incident).toMatchObject({ state: 'resolved', severity: 'sev2', origin: 'run' });
    },
  );

  test('only mentions what an incident of the worker holds already, when it starts by itself', async ({
    world,
    runs,
  }) => {
    await createSystems(world, 'test').runtime.stop();
    const at = new Date().toISOString();
    writeKnownFaults(world, { at, takenDown: false, alerts: ['ApplicationDown'] });

    const { ending } = await runs.run('health-check', {}, { automatic: true });
    const asked = await runs.run('health-check');

    expect([ending.failure?.message, ending.outcome]).toEqual([undefined, 'done']);
    expect(ending.output).toMatchObject({
      verdict: 'critical',
      known: expect.stringMatching(
        /critical: app\.health.*: the incident of ApplicationDown is open/,
      ),
    });
    expect(asked.ending).toMatchObject({ outcome: 'failed', failure: { type: 'Unhealthy' } });
  });

  test('changes nothing as a plan', async ({ world, runs }) => {
    const { ending } = await runs.run('health-check', {}, { mode: 'plan' });

    expect(ending).toMatchObject({ outcome: 'done', mode: 'plan' });
    expect(openFigures(world.state).newest()).toEqual([]);
  });
});
