/**
 * Every type of failure that is ours, and what a step does that fails so.
 *
 * - `ask`: a person may put it right and have the step tried again.
 * - `end`: trying again changes nothing for anybody, so nobody is asked: the run ends, or is undone.
 * - `abort`: the same, and the run ends even where it could do without the step.
 *
 * A type that is not in here does not compile. What comes from elsewhere, such as `EIO`, is asked about.
 */
const failureTypes = {
  ApplicationDown: 'ask',
  AutomationOff: 'ask',
  BackupDamaged: 'end',
  BackupDisputed: 'end',
  BackupExists: 'ask',
  BackupNotFound: 'end',
  BackupTooOld: 'ask',
  BackupUnreadable: 'ask',
  BadArguments: 'end',
  CannotCheck: 'ask',
  CannotCompact: 'end',
  ChildNotDone: 'ask',
  CommandFailed: 'ask',
  CommandMissing: 'ask',
  CommandTimeout: 'ask',
  ComposeFileMissing: 'ask',
  ConfigurationDiffers: 'ask',
  Contained: 'end',
  ContainmentUnreadable: 'ask',
  CopyDiffers: 'ask',
  CopyFailed: 'ask',
  DatabaseCorrupt: 'ask',
  DatabaseDamaged: 'end',
  DatabaseEmpty: 'ask',
  DatabaseInUse: 'ask',
  DatabaseLocked: 'ask',
  DatabaseMissing: 'ask',
  DatabaseUnclear: 'ask',
  DatabaseUnreadable: 'ask',
  DependenciesDiffer: 'ask',
  DockerMissing: 'ask',
  DockerUnreachable: 'ask',
  DrillFailed: 'ask',
  DumpDamaged: 'ask',
  EnvUnreadable: 'ask',
  FileChanged: 'ask',
  FileInTheWay: 'ask',
  FilesMissing: 'ask',
  FreezeHangs: 'ask',
  GovernorLimit: 'ask',
  ImageMissing: 'ask',
  IndexExists: 'end',
  InvalidInput: 'end',
  KeptDamaged: 'ask',
  KeyMissing: 'ask',
  KeyWrong: 'ask',
  LimitsDiffer: 'ask',
  LinkRefused: 'ask',
  LockLost: 'abort',
  LogChanged: 'ask',
  LogHeld: 'ask',
  LogUnknown: 'ask',
  LogsOutOfOrder: 'ask',
  MachineRestarted: 'ask',
  NoData: 'ask',
  NoReceiver: 'ask',
  NoRollbackPoint: 'end',
  NoSpace: 'ask',
  NotApplicable: 'end',
  NotContained: 'ask',
  NotFunctional: 'ask',
  NotPermitted: 'ask',
  NotReady: 'ask',
  NotSealed: 'ask',
  NotServing: 'ask',
  NotStartable: 'ask',
  NotToBeEnded: 'end',
  NothingMeasured: 'end',
  OldDatabaseOpen: 'ask',
  OutsideWindow: 'ask',
  PagesLost: 'ask',
  PastCutoff: 'ask',
  ProcessDied: 'ask',
  ProjectUnclear: 'ask',
  ProxyRefused: 'ask',
  RedisLoading: 'ask',
  RedisRefused: 'ask',
  RedisUnreachable: 'ask',
  Refused: 'ask',
  Rejected: 'end',
  RestoredDiffers: 'ask',
  RollbackNeeded: 'ask',
  RunbookBug: 'abort',
  SecretMissing: 'ask',
  ServiceUnknown: 'ask',
  SidecarsElsewhere: 'end',
  StagedMissing: 'ask',
  StaleSidecar: 'ask',
  StartFailed: 'ask',
  StateUnusable: 'ask',
  StillLocked: 'ask',
  StillRuns: 'ask',
  StillUsed: 'ask',
  StopHangs: 'ask',
  Stopped: 'abort',
  SystemdMissing: 'ask',
  SystemdUnreachable: 'ask',
  TargetIncomplete: 'ask',
  TargetLocked: 'ask',
  TooLate: 'ask',
  Undelivered: 'ask',
  UndoneExists: 'ask',
  Unhealthy: 'end',
  WrongPlace: 'ask',
} as const satisfies Record<string, 'ask' | 'end' | 'abort'>;

export type FailureType = keyof typeof failureTypes;

/** What a step does that failed with this type, whoever named it. */
export function consequenceOf(type: string): 'ask' | 'end' | 'abort' {
  return Object.hasOwn(failureTypes, type) ? failureTypes[type as FailureType] : 'ask';
}

/** What was asked for cannot be: whoever asked hears of it at once, and nobody else need. */
const wrongUse: ReadonlySet<string> = new Set([
  'BackupNotFound',
  'InvalidInput',
  'NotApplicable',
  'NotContained',
  'OutsideWindow',
  'Refused',
] satisfies FailureType[]);

/** Whether a failure of this type says only that the asker asked for the wrong thing. */
export function isWrongUse(type: string): boolean {
  return wrongUse.has(type);
}
