import { Channel } from '../../../../src/config/schema/channels.ts';
import type { SqliteTarget } from '../../../../src/config/schema/target.ts';
import type { Page } from '../../../../src/incident/page.ts';
import { openChannels } from '../../../../src/notify/channels/open-channels.ts';
import { targetIn, test as targetTest } from '../../../support/target.ts';
import { type Listen, openListeners } from './listeners.ts';
import { pageTo } from './page.ts';

export interface World {
  /** A real HTTP server in the place of a service. Without `reply` it answers 200 "ok". */
  readonly listen: Listen;
  /** Sends a page to "operations" of a target with these channels. Secrets are given by their names. */
  send(
    channels: Record<string, object>,
    page?: Partial<Page>,
    options?: {
      secrets?: Record<string, string>;
      contacts?: SqliteTarget['contacts'];
      people?: SqliteTarget['people'];
      timeout?: number;
    },
  ): ReturnType<ReturnType<typeof openChannels>['send']>;
}

export const test = targetTest.extend<{ world: World }>({
  world: async ({ directory }, use) => {
    const listeners = openListeners();
    await use({
      listen: listeners.listen,
      send(
        channels,
        page = {},
        { secrets = {}, contacts = OPERATIONS, people = {}, timeout } = {},
      ) {
        const parsed = Object.entries(channels).map(
          ([name, channel]) => [name, Channel.parse(channel)] as const,
        );
        const target = targetIn(directory, {
          contacts,
          people,
          channels: Object.fromEntries(parsed),
        });
        return openChannels(target, (name) => secrets[name]!, timeout).send(
          pageTo('operations', page),
        );
      },
    });
    listeners.close();
  },
});

const OPERATIONS: SqliteTarget['contacts'] = {
  operations: {
    members: ['ops-1', 'ops-2'],
    email: 'ops@example.com',
    phone: '+1 555 0100',
    slack: '#ops-team',
  },
};
