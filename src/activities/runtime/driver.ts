/** One way of running an application. The runtime inspects first and then acts, so none of these must. */
export interface Driver {
  describe(): Promise<Description>;
  /** Returns when the application has begun and did not end at once. Error: `StartFailed`. */
  start(): Promise<{
    /** It was started as it ran before, because its configuration cannot be read: why, as text. */
    readonly asItWas?: string;
  }>;
  /** Returns when nothing of it runs any more. Error: `StopHangs`. */
  stop(): Promise<void>;
  /** Returns when none of its processes does anything any more. Error: `FreezeHangs`. */
  freeze(): Promise<void>;
  /** Lets what was frozen go on. */
  thaw(): Promise<void>;
  /** The last lines that it printed, oldest first. */
  logs(lines: number): Promise<string[]>;
}

interface Description {
  readonly running: boolean;
  /** As text, such as `pid 4711 since 2026-01-05T02:00:00.000Z`. */
  readonly detail: string;
}
