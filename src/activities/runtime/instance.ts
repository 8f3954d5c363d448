/** One process or container of a target's, running or not. */
export interface Instance {
  /** As Compose calls it; `application` for a process. */
  readonly service: string;
  /** The one that runbooks start and stop. */
  readonly isApplication: boolean;
  /** Of the container, or the program. */
  readonly name: string;
  /** `running`, `exited (exit code 1)`, `restarts again and again (...)`, `held still`, `not running`. */
  readonly state: string;
  readonly running: boolean;
  readonly pid?: number;
  /** ISO 8601, UTC: when it started. */
  readonly since?: string;
  /** How often Docker has started it again. */
  readonly restarts?: number;
  readonly image?: string;
  /** Where it takes connections, such as `127.0.0.1:8501`, or `127.0.0.1:80->8501/tcp`. */
  readonly ports: readonly string[];
  /** Of it and all that it started, in bytes. Missing: it cannot be seen from here. */
  readonly memory?: number;
}

export interface Instances {
  readonly instances: readonly Instance[];
  /** What people should know of others that may be meant, as text. */
  readonly notes: readonly string[];
}
