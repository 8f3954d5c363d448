import { z } from 'zod';
import type { ActivityType } from '../../activities/index.ts';
import type { IncidentActivities } from '../../activities/served-by-worker/incidents.ts';
import type { NoticeActivities } from '../../activities/served-by-worker/notices.ts';
import type { PageActivities } from '../../activities/served-by-worker/pages.ts';
import type { PeopleActivities } from '../../activities/served-by-worker/people.ts';
import type { RunActivities } from '../../activities/served-by-worker/runs.ts';
import type { TargetActivities } from '../../activities/served-by-worker/target.ts';
import { Stamp } from '../../config/time/stamp.ts';

type Type =
  | ActivityType
  | keyof IncidentActivities
  | keyof NoticeActivities
  | keyof PageActivities
  | keyof PeopleActivities
  | keyof RunActivities
  | keyof TargetActivities;

/** What each activity takes, by its type. */
export type Rows = Readonly<Record<Type, z.ZodType<readonly unknown[]>>>;

export const none = z.tuple([]);
export const stamp = z.tuple([Stamp]);
export const twoStamps = z.tuple([Stamp, Stamp]);
