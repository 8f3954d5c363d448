import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { seedOfThisRun } from './kills/dice.ts';
import { openDoomedServer } from './kills/doomed-server.ts';
import { type Played, playRecoveries } from './kills/play-recoveries.ts';
import { openTargetUnderFire } from './kills/target-under-fire.ts';

/** How many recoveries are struck, over how many targets side by side: 200 take a quarter of an hour on 2 cores. */
const KILLS = Number(process.env['RUNBOOK_KILLS'] ?? 60);
const TARGETS = Math.min(6, KILLS);
const seed = seedOfThisRun();

describe(`${KILLS} recoveries whose worker or server is killed with -9 at a random moment`, () => {
  test(
    'all end, with the database all old or all new, and the application on it',
    { timeout: 1_800_000 },
    async () => {
      await using parts = new AsyncDisposableStack();
      const directory = await mkdtemp(join(tmpdir(), 'kills-'));
      parts.defer(() => rm(directory, { recursive: true, force: true }));
      const server = await openDoomedServer(directory);
      parts.defer(() => server.close());
      say(`RUNBOOK_SEED=${seed} RUNBOOK_KILLS=${KILLS}`);
      const targets = await Promise.all(
        Array.from({ length: TARGETS }, async (_, number) => {
          const target = await openTargetUnderFire(directory, number, server);
          parts.defer(() => target.close());
          return target;
        }),
      );

      const each = await Promise.all(
        targets.map((target, number) =>
          playRecoveries(target, server, {
            wanted: share(number),
            seed: seed + number,
            tell: (one) => say(lineOf(one)),
          }),
        ),
      );

      const played = each.flat();
      say(...summaryOf(played, server.kills.length));
      expect(played.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
      expect(played.filter(({ struck }) => struck.length > 0)).toHaveLength(KILLS);
    },
  );
});

function share(number: number): number {
  return Math.floor(KILLS / TARGETS) + (number < KILLS % TARGETS ? 1 : 0);
}

function lineOf({ run, outcome, kill, struck, wrong }: Played): string {
  const strikes = struck.map(
    ({ during, milliseconds }) => `${during}, resumed after ${seconds(milliseconds)}`,
  );
  const moment = `${kill.what} killed ${Math.round(kill.milliseconds)} ms after its start`;
  return [
    `${run}: ${moment}`,
    strikes.join('; ') || 'it had ended',
    [outcome, ...wrong].join(', '),
  ].join(' | ');
}

function summaryOf(played: readonly Played[], serverKills: number): string[] {
  const struck = played.filter((one) => one.struck.length > 0);
  const times = timesOf(struck);
  const count = (found: (one: Played) => boolean) => played.filter(found).length;
  const outcomes = Map.groupBy(played, ({ outcome }) => outcome);
  const moments = Map.groupBy(
    struck.flatMap((one) => one.struck),
    ({ during }) => during,
  );
  return [
    `RUNBOOK_SEED=${seed}: ${struck.length} recoveries struck by ${times.length} kills (the server was killed ${serverKills} times)`,
    `  ${count(({ wrong }) => /mixed|missing rows|damaged/.test(wrong.join()))} mixed states, ` +
      `${count(({ outcome }) => outcome === 'stuck')} stuck runs, ${count(({ outcome }) => outcome === 'lost')} lost runs, ` +
      `${count(({ wrong }) => wrong.length > 0)} with anything wrong`,
    `  ended ${[...outcomes].map(([outcome, all]) => `${outcome} ${all.length}`).join(', ')}`,
    ...(['worker', 'server'] as const).map((what) => {
      const alone = struck.filter((one) => one.kill.what === what && one.struck.length === 1);
      return timesText(`struck by one kill, of the ${what}`, timesOf(alone));
    }),
    timesText('struck by any number of kills', times),
    `  killed during ${[...moments].map(([during, all]) => `${during} ${all.length}`).join(', ')}`,
  ];
}

function timesOf(played: readonly Played[]): number[] {
  return played
    .flatMap(({ struck }) => struck.map(({ milliseconds }) => milliseconds))
    .toSorted((a, b) => a - b);
}

function timesText(what: string, times: readonly number[]): string {
  if (times.length === 0) return `  ${what}: none`;
  const [middle, last] = [times[Math.floor(times.length / 2)]!, times.at(-1)!];
  return `  time to resume, ${what}: p50 ${seconds(middle)}, max ${seconds(last)} (${times.length})`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function say(...lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`);
}
