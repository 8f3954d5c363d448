import type { Command } from 'commander';
import { approve, reject } from './approve.ts';
import { automation } from './automation.ts';
import { backups } from './backups.ts';
import { decide } from './decide.ts';
import { demo } from './demo.ts';
import { dev } from './dev.ts';
import { doctor } from './doctor.ts';
import { explain } from './explain.ts';
import { follow } from './follow.ts';
import { gateway } from './gateway.ts';
import { incidents } from './incidents.ts';
import { list } from './list.ts';
import { notify } from './notify.ts';
import { pause, resume } from './pause.ts';
import { plan } from './plan.ts';
import { repair } from './repair.ts';
import { report } from './report.ts';
import { runs } from './runs.ts';
import { schedules } from './schedules.ts';
import { simulate } from './simulate.ts';
import { start } from './start.ts';
import { stop } from './stop.ts';
import { target } from './target.ts';
import { worker } from './worker.ts';

/** Makes one verb's command. `argv` lets a verb load the catalogue only when it is the one that is asked for. */
export type Verb = (argv: readonly string[]) => Command | Promise<Command>;

/** Every verb, in the order of the help text. */
export const verbs: readonly Verb[] = [
  demo,
  dev,
  worker,
  gateway,
  list,
  plan,
  start,
  follow,
  runs,
  report,
  explain,
  decide,
  approve,
  reject,
  pause,
  resume,
  stop,
  repair,
  incidents,
  simulate,
  automation,
  schedules,
  backups,
  notify,
  target,
  doctor,
];
