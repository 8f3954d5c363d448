/** What the manuals say to do about a figure that is bad, and the runbook that does it. */
export interface ManualAction {
  readonly action: string;
  /** Missing: it is for people. */
  readonly runbook?: string;
}

const down = { action: 'Restart the application, then roll back', runbook: 'application-down' };
const slow = {
  action: 'Optimise the database, clear the cache',
  runbook: 'performance-degraded',
};
const damaged = {
  action: 'Check integrity and locks, restore if it is damaged',
  runbook: 'database-issue',
};
const locked = {
  action: 'Find the process that holds the lock',
  runbook: 'database-locked',
};
const grown = { action: 'Archive old data, which is for the application; then make it compact' };
const disk = { action: 'Rotate logs, remove old backups', runbook: 'log-rotation' };

/** By the beginning of the figure's name, up to a dot or a blank. The longest that fits counts. */
const actions: Readonly<Record<string, ManualAction>> = {
  app: down,
  'app.users': { action: 'Look whether users or a robot cause it' },
  'proxy.page': { action: 'Check the proxy: the application answers past it or does not' },
  'backups.offsite': { action: 'Look at the bucket, its key and the line to it: runbook doctor' },
  'backups.key': {
    action:
      'Bring the key back from where else it is kept: until then no backup is made or restored',
  },
  certificate: { action: 'Renew the certificate, and reload the proxy' },
  clock: { action: 'Set the clock, and let it be kept by NTP' },
  response: slow,
  data: damaged,
  'data.query': slow,
  database: damaged,
  'database.size': { ...grown, runbook: 'database-maintenance' },
  'database.growth': { ...grown, runbook: 'database-maintenance' },
  'database.log': {
    action: 'Cut the write-ahead log',
    runbook: 'database-maintenance',
  },
  'database.reader': locked,
  'database.writeLock': locked,
  'database.waits': locked,
  'database.connections': {
    action: 'Look who holds connections: an application that leaks them, or a pool without a limit',
  },
  'database.xid': {
    action:
      'Run VACUUM (FREEZE), and look what keeps autovacuum from it: an old transaction, slot or prepared transaction',
  },
  'database.checksums': damaged,
  'database.archiver': {
    action: 'Put archive_command right before pg_wal fills the disk: the server stops then',
  },
  'database.slots': {
    action: 'Start its reader again, or drop the slot: pg_drop_replication_slot',
  },
  'database.mode': {
    action: 'Let the application, and nobody else, use the file: by the line above',
  },
  disk,
  'disks.hung': { action: 'Look in the log of the kernel, and at the server that the disk is of' },
  memory: {
    action: 'Clear its caches, restart it, or give it more memory',
    runbook: 'high-memory',
  },
  cpu: slow,
  network: { action: 'Look who sends or receives so much' },
  redis: { action: 'Start Redis, and look at its memory and its log' },
  'redis.hitRatio': { action: 'Look whether the cache is large enough' },
  logs: { action: 'Read the errors in the log', runbook: 'log-review' },
  secrets: { action: 'Replace it: runbook start rotate-secrets --secret <name>' },
  smoke: { action: "Set what is missing in the application's environment" },
};

export function manualActionFor(name: string): ManualAction | undefined {
  const [series = ''] = name.split(' ');
  const parts = series.split('.');
  return parts
    .map((_, index) => parts.slice(0, parts.length - index).join('.'))
    .map((prefix) => actions[prefix])
    .find(Boolean);
}

/** For a test that each runbook there is. */
export const actionRunbooks: readonly string[] = Object.values(actions).flatMap(
  ({ runbook }) => runbook ?? [],
);
