/** What can be seen of an application that runs. */
export interface Found {
  readonly directory: string;
  /** Compose: its service, and those beside it. Process: the command that it was started with. systemd: the unit that it belongs to. */
  readonly runtime:
    | { readonly kind: 'compose'; readonly service: string; readonly others: readonly string[] }
    | { readonly kind: 'process'; readonly command: readonly string[] }
    | { readonly kind: 'systemd'; readonly unit: string };
  readonly pid: number;
  /** TCP ports of this machine that lead to it. */
  readonly ports: readonly number[];
  /** SQLite databases that it has open: paths of this machine. */
  readonly databases: readonly string[];
  /** Logs that it writes to, likewise. */
  readonly logs: readonly string[];
  /** As its environment says it, without a password. */
  readonly redis?: string;
}
