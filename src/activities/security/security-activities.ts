import type { Target } from '../../config/schema/target.ts';
import type { Stamp } from '../../config/time/stamp.ts';
import type { Figure } from '../../figures/figure.ts';
import { secrets as secretAges } from '../health/application/secrets.ts';
import { actingBeside, unclaimed } from '../../os/acting.ts';
import { type Evidence, keepEvidence } from '../../state/evidence.ts';
import { block, type Blocked, type BlockRequest, restoreBlocks, unblock } from './block/blocks.ts';
import { proposeBlocks, type Proposal } from './block/propose.ts';
import { authenticationFigure } from './checklist/authentication.ts';
import { databaseFigures, httpsFigures, personalDataFigures } from './checklist/checklist.ts';
import { dependenciesFigure } from './checklist/dependencies.ts';
import { type PersonalData, personalDataIn } from './checklist/personal-data.ts';
import { secretsFigure } from './checklist/secrets-at-rest.ts';
import { collectEvidence, type SealedEvidence } from './evidence/collect.ts';
import { type Described, writeReport, type WrittenReport } from './evidence/report.ts';
import {
  changeFigures,
  loginFigures,
  permissionFigures,
  suspiciousFigures,
  updateFigures,
} from './figures.ts';
import { type Changes, changesSince } from './watch/changes.ts';
import { failedLogins, type FailedLogins } from './watch/failed-logins.ts';
import { type PendingUpdates, pendingUpdates } from './watch/pending-updates.ts';
import { permissionsOf } from './watch/permissions.ts';
import { type Suspicious, suspiciousLines } from './watch/suspicious.ts';

type Found<Details> = Details & { readonly figures: readonly Figure[] };

/** `evidence`: as it lies beside the target. */
type SuspiciousFound = Omit<Suspicious, 'last'> & {
  readonly evidence: readonly Evidence[];
};

/** Rows that go into a run's result. */
const ROWS = 20;

/** What keeps a target safe, what shows whether it is, and what is done when it is not. */
export function securityActivities(target: Target, run: string) {
  const now = () => new Date().toISOString();

  return {
    /** Failed logins of the last day, of all that records them. */
    async logins(): Promise<Found<FailedLogins>> {
      const found = await failedLogins(target);
      const figures = loginFigures(found, target.security, now());
      return { ...found, sources: found.sources.slice(0, ROWS), figures };
    },

    /** Lines of the logs that deserve a look; the last of them are kept as evidence. */
    suspicious: unclaimed(async (): Promise<Found<SuspiciousFound>> => {
      const { last, ...found } = await suspiciousLines(target);
      const evidence =
        last.length > 0
          ? [keepEvidence(target, run, 'suspicious.txt', last.map((one) => `${one}\n`).join(''))]
          : [];
      return { ...found, figures: suspiciousFigures({ ...found, last }, now()), evidence };
    }),

    async permissions(): Promise<Found<object>> {
      return { figures: permissionFigures(permissionsOf(target), now()) };
    },

    /** Security updates of this host that wait. */
    async updates(): Promise<Found<PendingUpdates>> {
      const { security: all, ...found } = await pendingUpdates(target);
      const figures = updateFigures(
        { ...found, ...(all && { security: all }) },
        target.security,
        now(),
      );
      return { ...found, ...(all && { security: all.slice(0, ROWS) }), figures };
    },

    /** Ports and configuration against what the last run saw, which is remembered for the next. */
    changes: unclaimed(
      async (): Promise<Found<Pick<Changes, 'since' | 'opened' | 'closed' | 'changed'>>> => {
        const found = changesSince(target, run);
        const { since, opened, closed, changed } = found;
        const rows = (all: readonly string[]) => all.slice(0, ROWS);
        return {
          ...(since !== undefined && { since }),
          opened: rows(opened),
          closed: rows(closed),
          changed: rows(changed),
          figures: changeFigures(found, now()),
        };
      },
    ),

    async https(): Promise<Found<object>> {
      return { figures: await httpsFigures(target, now()) };
    },

    async authentication(): Promise<Found<object>> {
      return { figures: [await authenticationFigure(target, now())] };
    },

    /** Where secrets lie, and how old those are that the target names. */
    async secrets(): Promise<Found<object>> {
      const at = now();
      return { figures: [secretsFigure(target, at), ...(await secretAges({ target, at }))] };
    },

    async database(): Promise<Found<object>> {
      return { figures: databaseFigures(target, now()) };
    },

    /** How often personal data is in the logs, and where: never what it is. */
    async personalData(): Promise<Found<PersonalData>> {
      const found = await personalDataIn(target);
      return {
        ...found,
        unread: found.unread.slice(0, ROWS),
        figures: personalDataFigures(found, now()),
      };
    },

    async dependencies(): Promise<Found<object>> {
      return { figures: [dependenciesFigure(target, now())] };
    },

    /** Copies and seals what shows later what has happened. What it reads is left as it is. */
    collect: actingBeside((stamp: Stamp): Promise<SealedEvidence> =>
      collectEvidence(target, run, stamp),
    ),

    /** Who may be blocked of these, or of those who have failed to log in too often; and who of them must not, and why. */
    propose: (addresses: readonly string[], length?: string): Promise<Proposal> =>
      proposeBlocks(target, addresses, length),

    /** Keeps addresses out until their time is over. */
    block: actingBeside((request: BlockRequest): Promise<Blocked> => block(target, run, request)),

    /** Lets those through again that this run has blocked. */
    unblock: actingBeside(
      async (): Promise<{ readonly changed: boolean; readonly addresses: readonly string[] }> =>
        unblock(target, { run }),
    ),

    /** Makes blocks again that somebody else has removed, with the rest of their time. */
    restoreBlocks: unclaimed(async (): Promise<{ readonly note?: string }> => {
      const note = await restoreBlocks(target);
      return note === undefined ? {} : { note };
    }),

    /** Writes the report of the incident, with the fields that people fill. */
    report: actingBeside((stamp: Stamp, described: Described): Promise<WrittenReport> =>
      writeReport(target, run, stamp, described),
    ),
  };
}
