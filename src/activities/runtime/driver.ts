/** One way of running an application. The runtime inspects first and then acts, so none of these must. */
export interface Driver {
  describe(): Promise<Description>;
  /** Returns when the application has begun and did not end at once. Error: `StartFailed`. */
  start(): Promise<{
    /** What people should know of how it was started, as text. */
    readonly note?: string;
  }>;
  /** Returns when nothing of it runs any more. `gently`: by its own doing, or not at all. Error: `StopHangs`. */
  stop(how?: HowToStop): Promise<void>;
  /** Returns when none of its processes does anything any more. Error: `FreezeHangs`. */
  freeze(): Promise<void>;
  /** Lets what was frozen go on. */
  thaw(): Promise<void>;
  /** The last lines that it printed, oldest first. */
  logs(lines: number): Promise<string[]>;
  /** Who starts it, beside us, when its machine starts anew, as text. Undefined: nobody. */
  startedAtBootBy?(): Promise<string | undefined>;
  /** All of its processes, where whoever runs it knows them. Missing: those that `detail` names, with all that they started. */
  pids?(): Promise<readonly number[]>;
}

/** Missing: what has not ended within its grace is killed. */
export interface HowToStop {
  readonly gently?: boolean;
}

export interface Description {
  readonly running: boolean;
  /** It does not run, and yet there is something to stop: it ends and is started, again and again. */
  readonly restarting?: true;
  /** What starts it again although it was stopped on purpose, as a sentence without its period. */
  readonly startsAgain?: string;
  /** As text, such as `pid 4711 since 2026-01-05T02:00:00.000Z`. */
  readonly detail: string;
}
