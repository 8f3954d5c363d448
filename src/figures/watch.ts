import { alertOf, DISK_FULL, type FigureAlert } from './alert-of.ts';
import type { Figure } from './figure.ts';
import {
  judge,
  type Judgement,
  NOT_JUDGED,
  OPENS_BY_PROOF,
  type Reading,
  readingOfFigure,
  WINDOW,
} from './judge.ts';

/** What people are to be told of, or need not know any more. */
export interface FigureChange {
  readonly status: 'firing' | 'resolved';
  readonly alert: FigureAlert;
  /** The critical ones: its own, and what follows from it. */
  readonly figures: readonly Figure[];
}

/** From this share on a disk takes nothing more, and what needs it fails. */
const FULL = 0.99;
/** Somebody may have resolved the incident by hand, and it is still so. */
const AGAIN_MILLISECONDS = 60 * 60_000;

const worseFirst: readonly Reading[] = ['bad', 'between', 'good'];

/**
 * Judges sample after sample of one target. `isNeeded`: whether the application cannot do without the disk of a figure, so that
 * what else is wrong follows from it when it is full.
 */
export function openWatch(isNeeded: (disk: Figure) => boolean = () => true) {
  const judgements = new Map<string, Judgement>();
  const told = new Map<string, { readonly status: FigureChange['status']; readonly at: number }>();

  return {
    /**
     * What has to be told after this sample, again until it is `told`. `soon`: a proof has failed, and is to be asked again
     * before anybody is woken.
     */
    take(
      figures: readonly Figure[],
      now = Date.now(),
    ): { readonly changes: FigureChange[]; readonly soon: boolean } {
      const groups = [...groupsOf(figures).values()];
      for (const { alert, figures: own } of groups) {
        const { alertname, proof } = alert;
        const before = judgements.get(alertname) ?? NOT_JUDGED;
        judgements.set(
          alertname,
          judge(before, readingOf(own), proof ? OPENS_BY_PROOF : undefined),
        );
      }
      const isFull = figures.some((one) => isFullDisk(one) && isNeeded(one));
      return {
        changes: groups.flatMap((group) => changeOf(group, groups, isFull, now)),
        soon: groups.some(({ alert }) => alert.proof && !isOpen(alert) && isBad(alert.alertname)),
      };
    },

    /** What was seen until now says nothing of what comes. */
    forget(): void {
      judgements.clear();
    },

    told({ alert, status }: FigureChange, now = Date.now()): void {
      told.set(alert.alertname, { status, at: now });
    },
  };

  function changeOf(
    group: Group,
    groups: readonly Group[],
    isFull: boolean,
    now: number,
  ): FigureChange[] {
    const { alert } = group;
    const { alertname } = alert;
    const followers = groups.filter(
      (other) => other.alert.follows.includes(alertname) && isOpen(other.alert),
    );
    const isCause = alertname === DISK_FULL && isFull && followers.length > 0;
    const before = told.get(alertname);
    // What an earlier worker has told of may be over, too.
    if (before?.status !== 'resolved' && isOver(alertname))
      return [{ status: 'resolved', alert, figures: [] }];
    if (before?.status === 'firing' && now - before.at < AGAIN_MILLISECONDS) return [];
    const follows = alert.follows.some((cause) =>
      cause === DISK_FULL ? isFull : isBad(cause) || isTold(cause),
    );
    return (isOpen(alert) && isBad(alertname) && !follows) || isCause
      ? [{ status: 'firing', ...withFollowers(group, followers) }]
      : [];
  }

  function isOpen({ alertname }: FigureAlert): boolean {
    return judgements.get(alertname)?.open ?? false;
  }

  function isBad(alertname: string): boolean {
    return judgements.get(alertname)?.last.at(-1) === 'bad';
  }

  function isTold(alertname: string): boolean {
    return told.get(alertname)?.status === 'firing';
  }

  function isOver(alertname: string): boolean {
    const { open, last } = judgements.get(alertname) ?? NOT_JUDGED;
    return !open && last.length === WINDOW && last.every((one) => one === 'good');
  }
}

interface Group {
  readonly alert: FigureAlert;
  readonly figures: readonly Figure[];
}

function groupsOf(figures: readonly Figure[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const figure of figures) {
    const alert = alertOf(figure);
    const { figures: before = [] } = groups.get(alert.alertname) ?? {};
    groups.set(alert.alertname, { alert, figures: [...before, figure] });
  }
  return groups;
}

/** The worst of them. What does not apply at all is not wrong; what could not be read says nothing. */
function readingOf(figures: readonly Figure[]): Reading | undefined {
  const readings = figures.map((figure) => readingOfFigure(figure));
  if (figures.every(({ verdict }) => verdict === 'not applicable')) return 'good';
  return worseFirst.find((one) => readings.includes(one));
}

function isFullDisk({ name, value = 0, verdict }: Figure): boolean {
  return name.startsWith('disk.') && verdict === 'critical' && value >= FULL;
}

function withFollowers(
  { alert, figures }: Group,
  followers: readonly Group[],
): Pick<FigureChange, 'alert' | 'figures'> {
  const all = [alert, ...followers.map((one) => one.alert)];
  const severity = all.map((one) => one.severity).toSorted()[0]!;
  const critical = [...figures, ...followers.flatMap((one) => one.figures)].filter(
    ({ verdict }) => verdict === 'critical',
  );
  return { alert: { ...alert, severity }, figures: critical };
}
