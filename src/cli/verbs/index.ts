import type { Command } from 'commander';

/** Makes one verb's command. `argv` lets a verb load the catalogue only when it is the one that is asked for. */
export type Verb = (argv: readonly string[]) => Command | Promise<Command>;

/** Every verb, in the order of the help text. Each is loaded when it is asked for: all of them cost as much as most do. */
export const verbs: Readonly<Record<string, () => Promise<Verb>>> = {
  demo: async () => (await import('./demo.ts')).demo,
  dev: async () => (await import('./dev.ts')).dev,
  worker: async () => (await import('./worker.ts')).worker,
  gateway: async () => (await import('./gateway.ts')).gateway,
  watchdog: async () => (await import('./watchdog.ts')).watchdog,
  ui: async () => (await import('./ui.ts')).ui,
  access: async () => (await import('./access.ts')).access,
  list: async () => (await import('./list.ts')).list,
  plan: async () => (await import('./plan.ts')).plan,
  start: async () => (await import('./start.ts')).start,
  follow: async () => (await import('./follow.ts')).follow,
  status: async () => (await import('./status.ts')).status,
  check: async () => (await import('./check.ts')).check,
  top: async () => (await import('./top.ts')).top,
  runs: async () => (await import('./runs.ts')).runs,
  report: async () => (await import('./report.ts')).report,
  explain: async () => (await import('./explain.ts')).explain,
  decide: async () => (await import('./decide.ts')).decide,
  approve: async () => (await import('./approve.ts')).approve,
  reject: async () => (await import('./approve.ts')).reject,
  pause: async () => (await import('./pause.ts')).pause,
  resume: async () => (await import('./pause.ts')).resume,
  stop: async () => (await import('./stop.ts')).stop,
  repair: async () => (await import('./repair.ts')).repair,
  incidents: async () => (await import('./incidents.ts')).incidents,
  simulate: async () => (await import('./simulate.ts')).simulate,
  automation: async () => (await import('./automation.ts')).automation,
  schedules: async () => (await import('./schedules.ts')).schedules,
  audit: async () => (await import('./audit.ts')).audit,
  security: async () => (await import('./security.ts')).security,
  backups: async () => (await import('./backups.ts')).backups,
  notify: async () => (await import('./notify.ts')).notify,
  manual: async () => (await import('./manual.ts')).manual,
  target: async () => (await import('./target.ts')).target,
  completion: async () => (await import('./completion.ts')).completion,
  doctor: async () => (await import('./doctor.ts')).doctor,
};
