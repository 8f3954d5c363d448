import { catalogue } from '../../client/catalogue.ts';
import { nearest } from '../../config/nearest.ts';

/** What other tools call it, with the words for it here. Nobody has to know ours at night. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  run: 'start',
  execute: 'start',
  trigger: 'start',
  cancel: 'stop',
  abort: 'stop',
  kill: 'stop',
  terminate: 'stop',
  show: 'report',
  history: 'runs',
  ps: 'target ps',
  log: 'target logs',
  logs: 'target logs',
  tail: 'target logs',
  db: 'target db',
  init: 'target init',
  validate: 'target check',
  monitor: 'top',
  oncall: 'notify on-call',
  ack: 'incidents ack',
  acknowledge: 'incidents ack',
  silence: 'incidents silences add',
  schedule: 'schedules list',
  serve: 'worker',
  server: 'dev',
  health: 'start health-check',
  backup: 'start daily-backup',
  restore: 'start database-recovery',
  recover: 'start database-recovery',
  rotate: 'start log-rotation',
  restart: 'start restart-application',
  scale: 'start scale-application',
};

/** What somebody may mean who types `asked` in a verb's place. */
export function meantBy(asked: string, verbs: readonly string[]): string | undefined {
  if (catalogue.has(asked)) return `start ${asked}`;
  if (Object.hasOwn(OTHER_WORDS, asked)) return OTHER_WORDS[asked];
  const verb = nearest(asked, verbs);
  if (verb !== undefined) return verb;
  const runbook = nearest(asked, [...catalogue.keys()]);
  return runbook && `start ${runbook}`;
}
