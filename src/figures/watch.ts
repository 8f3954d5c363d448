import type { Severity } from '../config/schema/values/severity.ts';
import {
  alertOf,
  DISK_FULL,
  DOWN,
  type FigureAlert,
  fixedAlerts,
  isOfApplication,
  keyOf,
} from './alert-of.ts';
import type { Figure } from './figure.ts';
import { WINDOW } from './judge.ts';
import { type Group, isBad, isSettled, isWell, judgedFigures, openOf } from './judged-figures.ts';
import { isFullDisk } from './is-full-disk.ts';
import { isMiss } from './sample-failed.ts';
import { startWatch, type Starts } from './start-watch.ts';

/** What people are to be told of, or need not know any more. */
export interface FigureChange {
  readonly status: 'firing' | 'resolved';
  readonly alert: FigureAlert;
  /** As grave as it is: a full disk is as grave as what it has stopped. */
  readonly severity: Severity;
  /** The critical ones: its own, and what follows from it. */
  readonly figures: readonly Figure[];
}

/** What is known beside the figures of one sample. Times in ms since 1970. */
export interface Beside {
  readonly now?: number;
  /** Whether the application cannot do without the disk of a figure, so that what else is wrong follows from it when it is full. */
  readonly isNeeded?: (disk: Figure) => boolean;
  /** As the target's rules say. */
  readonly severityOf?: (alert: FigureAlert) => Severity;
  /** A run has taken the application down, and sees to it that it starts, and pages when it does not. */
  readonly takenDown?: boolean;
  readonly starts?: Starts;
}

interface Told {
  readonly status: FigureChange['status'];
  readonly at: number;
  readonly severity: Severity;
  /** All that was told since it fires. */
  readonly names: ReadonlySet<string>;
  /** It was told to be over, and is not yet. */
  readonly stillOpen: boolean;
}

/** Somebody may have resolved the incident by hand, and it is still so. */
const AGAIN_MILLISECONDS = 60 * 60_000;

/** Judges sample after sample of one target. */
export function openWatch() {
  const judged = judgedFigures();
  const told = new Map<string, Told>();
  const start = startWatch();
  let whole = 0;
  let begun: number | undefined;

  return {
    /**
     * What has to be told after this sample, again until it is `told`. `soon`: a proof has failed, and is to be asked again
     * before anybody is woken.
     */
    take(
      figures: readonly Figure[],
      beside: Beside = {},
    ): { readonly changes: FigureChange[]; readonly soon: boolean } {
      const {
        now = Date.now(),
        takenDown = false,
        severityOf = ({ severity }) => severity,
      } = beside;
      begun ??= now;
      if (takenDown) judged.forget(isOfApplication, isToldOf);
      const seen = takenDown ? figures.filter((one) => !isOfApplication(one)) : figures;
      const missed = isMiss(figures);
      const starting = !missed && start.isStarting(seen, beside.starts, now);
      judged.take(
        seen,
        (figure) => starting && alertOf(figure).proof === true && isCritical(figure),
      );
      if (!takenDown && !missed && figures.every(({ name }) => !name.startsWith('health.'))) {
        judged.takeGone(figures);
        whole += 1;
      }
      const groups = judged.groups();
      const full = fullOf(groups, beside);
      const sample: Sample = { now, severityOf, groups, starting, seen, full };
      return {
        changes: [...groups, ...empty(groups)].flatMap((group) => changeOf(group, sample)),
        soon: groups.some(
          (group) => group.alert.proof && openOf(group).length === 0 && anyBad(group),
        ),
      };
    },

    /** `stillOpen`: its incident is there, and would have to be over. */
    told(
      { alert, status, severity, figures }: FigureChange,
      { now = Date.now(), stillOpen = false } = {},
    ): void {
      const key = keyOf(alert);
      const before = told.get(key);
      const known = before?.status === 'firing' && status === 'firing' ? before.names : [];
      const names = new Set([...known, ...figures.map(({ name }) => name)]);
      told.set(key, { status, at: now, severity, names, stillOpen });
    },

    /** The keys of what is told, and not over. */
    firing(): string[] {
      return [...told].filter(([, { status }]) => status === 'firing').map(([key]) => key);
    },
  };

  function changeOf(group: Group, sample: Sample): FigureChange[] {
    const { key, alert } = group;
    const before = told.get(key);
    const due = before === undefined || isDue(before.at, sample.now);
    const followers = followersOf(group, sample);
    const isCause = group === sample.full && followers.length > 0;
    if (!isCause && isOver(group, before, sample.now)) {
      if (before?.status === 'resolved' && !(before.stillOpen && due)) return [];
      return [{ status: 'resolved', alert, severity: alert.severity, figures: [] }];
    }
    const isOpen = openOf(group).some(isBad) && !follows(group, sample);
    if (!isOpen && !isCause) return [];
    const change = firing(group, followers, sample, isCause);
    if (before?.status !== 'firing' || due) return [change];
    const isNews = change.figures.some(({ name }) => !before.names.has(name));
    return isNews || isGraver(change.severity, before.severity) ? [change] : [];
  }

  function isOver(group: Group, before: Told | undefined, now: number): boolean {
    const { members } = group;
    if (openOf(group).length > 0) return false;
    if (before)
      return members.filter(({ figure }) => before.names.has(figure.name)).every(isSettled);
    // What an earlier worker has told of may be over, too. What it was, nobody knows here.
    if (members.length === 0) return whole >= WINDOW;
    return members.every(isDue(begun!, now) ? isSettled : isWell);
  }

  function follows(group: Group, sample: Sample): boolean {
    const { full, groups, starting, seen } = sample;
    return group.alert.follows.some((cause) => {
      if (cause === DISK_FULL) return full !== undefined && hides(full, group, sample);
      if (cause === DOWN && starting && seen.some(isOfApplication)) return true;
      return groups.some(
        (one) =>
          one.alert.alertname === cause && (anyBad(one) || told.get(one.key)?.status === 'firing'),
      );
    });
  }

  /** A disk that people know already, as less grave, has paged them for less. */
  function hides(disk: Group, { alert }: Group, { severityOf }: Sample): boolean {
    const known = told.get(disk.key);
    return known?.status !== 'firing' || !isGraver(severityOf(alert), known.severity);
  }

  /** What has an incident of its own is told there. */
  function followersOf(group: Group, sample: Sample): readonly Group[] {
    const { alertname } = group.alert;
    const isDisk = alertname === DISK_FULL;
    if (isDisk && group !== sample.full) return [];
    return sample.groups.filter(
      (other) =>
        other.alert.follows.includes(alertname) &&
        openOf(other).length > 0 &&
        told.get(other.key)?.status !== 'firing' &&
        (!isDisk || hides(group, other, sample)),
    );
  }

  function isToldOf(figure: Figure): boolean {
    const known = told.get(keyOf(alertOf(figure)));
    return known?.status === 'firing' && known.names.has(figure.name);
  }
}

interface Sample {
  readonly now: number;
  readonly severityOf: (alert: FigureAlert) => Severity;
  readonly groups: readonly Group[];
  /** The disk that takes nothing more, and that the application needs. */
  readonly full: Group | undefined;
  readonly starting: boolean;
  readonly seen: readonly Figure[];
}

function firing(
  group: Group,
  followers: readonly Group[],
  { severityOf }: Sample,
  isCause: boolean,
): FigureChange {
  const { alert } = group;
  const graves = [alert, ...(isCause ? followers.map((one) => one.alert) : [])].map(severityOf);
  const figures = [group, ...followers]
    .flatMap(({ members }) => members.map(({ figure }) => figure))
    .filter(isCritical);
  return { status: 'firing', alert, severity: graves.toSorted()[0]!, figures };
}

/** Alerts of which no figure was ever seen here. */
function empty(groups: readonly Group[]): Group[] {
  const there = new Set(groups.map(({ key }) => key));
  return fixedAlerts
    .map((alert): Group => ({ key: keyOf(alert), alert, members: [] }))
    .filter(({ key }) => !there.has(key));
}

function fullOf(groups: readonly Group[], { isNeeded = () => true }: Beside): Group | undefined {
  return groups.find(({ members }) =>
    members.some(({ figure }) => isFullDisk(figure) && isNeeded(figure)),
  );
}

function anyBad({ members }: Pick<Group, 'members'>): boolean {
  return members.some(isBad);
}

function isCritical({ verdict }: Figure): boolean {
  return verdict === 'critical';
}

/** `sev1` is graver than `sev2`. */
function isGraver(one: Severity, other: Severity): boolean {
  return one < other;
}

/** A clock that was set back has not to be waited for. */
function isDue(at: number, now: number): boolean {
  return now < at || now - at >= AGAIN_MILLISECONDS;
}
