/** `FULL`: no completed step is lost when the power fails. `NORMAL`: about 3 ms less a step, safe against a killed process. */
export type Durability = 'NORMAL' | 'FULL';

export interface ServerFacts {
  readonly dataFile: string;
  readonly durability: Durability;
  readonly namespace: string;
  readonly grpcPort: number;
  /** Undefined: no Temporal UI. */
  readonly uiPort: number | undefined;
}

/** The arguments of `temporal` that start our embedded server, reachable from this machine only. */
export function temporalArguments(facts: ServerFacts): string[] {
  const { dataFile, durability, namespace, grpcPort, uiPort } = facts;
  return [
    ['server', 'start-dev', '--ip', '127.0.0.1', '--port', `${grpcPort}`],
    uiPort ? ['--ui-port', `${uiPort}`, '--ui-disable-news-fetch'] : ['--headless'],
    ['--namespace', namespace, '--log-level', 'warn', '--db-filename', dataFile],
    ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', `synchronous=${durability}`],
    ...DYNAMIC_CONFIG.map((value) => ['--dynamic-config-value', value]),
  ].flat();
}

const DYNAMIC_CONFIG = [
  // An update of 2 to 4 MB is taken by default, and cannot even be refused: its refusal holds all of it, which is more than a worker may send.
  // The workflow then stands still for good, as seen with an incident, or is terminated.
  'history.maxInFlightUpdatePayloads=1000000',
  // The default 20 lets one run do only 20 steps a second after a short burst: measured, 51 ms a step become 8.
  'history.transferProcessorMaxPollRPS=2000',
  'history.timerProcessorMaxPollRPS=2000',
  // Timers otherwise fire up to 1 s late.
  'history.timerProcessorMaxTimeShift="5ms"',
  // Only for runs that ask for it: `simulate`, and the tests.
  'frontend.WorkflowTimeSkippingEnabled=true',
  // It would ask the vendor's server for news.
  'frontend.enableServerVersionCheck=false',
];
