import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { checkTarget } from '../../src/config/load/check-target.ts';
import { loadTarget } from '../../src/config/load/load.ts';
import { faultsOf, test, write } from './small-target.ts';

describe('the channels of a target', () => {
  test('have defaults, and files beside the target', async ({ directory }) => {
    await write(directory, 'shop', {
      channels:
        '{ desk: { kind: log, file: desk.jsonl }, pager: { kind: pagerduty, key: env:KEY }, hook: { kind: webhook, url: env:HOOK } }',
    });

    expect(loadTarget('shop', directory).channels).toEqual({
      desk: { kind: 'log', file: join(directory, 'desk.jsonl') },
      pager: {
        kind: 'pagerduty',
        key: 'env:KEY',
        url: 'https://events.pagerduty.com/v2/enqueue',
      },
      hook: { kind: 'webhook', url: 'env:HOOK', rings: false },
    });
  });

  test('are for contacts that there are, and hold no secret', async ({ directory }) => {
    await write(directory, 'shop', {
      contacts: '{ operations: {} }',
      incidents: '{ synthetic: { to: [operator] } }',
      channels: '{ pager: { kind: pagerduty, key: hunter2, for: [operation] } }',
    });

    expect(faultsOf(directory, 'shop')).toEqual([
      'Cannot read "incidents.synthetic.to.0" in FILE:7: Cannot find contact "operator" in "contacts"',
      'Cannot read "channels.pager.key" in FILE:8: Expected "env:NAME" or "file:PATH": the secret itself does not belong here',
      'Cannot read "channels.pager.for.0" in FILE:8: Cannot find contact "operation" in "contacts"',
    ]);
  });

  test('say who is reached by none: a log or a check outside calls nobody', async ({
    directory,
  }) => {
    await write(directory, 'shop', {
      contacts: '{ operations: {}, development: {} }',
      escalation: '[{ level: 1, to: operations }, { level: 2, to: development }]',
      channels:
        '{ desk: { kind: log, file: desk }, watch: { kind: healthchecks, url: env:URL }, pager: { kind: pagerduty, key: env:KEY, for: [operations] } }',
    });

    const { warnings } = checkTarget(join(directory, 'shop.yaml'));

    expect(warnings.filter((warning) => /reache/.test(warning))).toEqual([
      'Contact "development" is reached by no channel of "channels"',
    ]);
  });
});
