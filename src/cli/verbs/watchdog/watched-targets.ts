import { dirname } from 'node:path';
import { connect } from '../../../client/connection/connect.ts';
import { connectionSettings } from '../../../client/connection/connection-settings.ts';
import { UsageError } from '../../../config/usage-error.ts';
import { knownDoor } from '../../../door/known-door.ts';
import type { Watched } from '../../../watchdog/watch.ts';
import { targetsFor } from '../../input/targets-for.ts';

/** The targets that are named, or all that are enabled, as far as they say whom to tell. Error: `UsageError` when one that is named does not, or none does. */
export function watchedTargets(names: readonly string[]): Watched[] {
  const targets = targetsFor(names);
  const silent = targets.filter(({ watchdog }) => watchdog === undefined).map(({ name }) => name);
  const watched = targets.flatMap((target) =>
    target.watchdog ? [{ target, watchdog: target.watchdog }] : [],
  );
  if ((names.length > 0 && silent.length > 0) || watched.length === 0)
    throw new UsageError(
      silent.length > 0
        ? `Target "${silent.join('", "')}" does not say whom a watchdog tells`
        : 'No target is enabled',
      'add "watchdog: { to: [<contact>] }" to its file: docs/watchdog.md',
    );
  return watched;
}

/** How Temporal is reached, and the disk of its data where its server is one of this machine. */
export function whereToLook() {
  const door = knownDoor(connectionSettings().address);
  return { connect, places: door ? [dirname(door.dataFile)] : [] };
}
