import type { WorkflowHandle } from '@temporalio/client';
import type { SqliteTarget } from '../../src/config/schema/target.ts';
import type { Strike } from './strikes.ts';

/** One way in which a runbook ends, and how it is brought about on the sample application, of which there is a backup. */
export interface Story {
  readonly ending: 'done' | 'undone' | 'stopped' | 'left' | 'decided';
  /** Where its application runs. Missing: as a process. */
  readonly runsIn?: 'compose';
  /** Missing: none. */
  readonly input?: object;
  /** Steps that are approved with the start. */
  readonly approve?: readonly string[];
  /** Missing: nobody is there to decide. */
  readonly decisions?: SqliteTarget['decisions'];
  /** A recovery was terminated before, at this activity. */
  readonly dead?: string;
  readonly prepare?: (target: SqliteTarget) => void | Promise<void>;
  readonly strike?: Strike;
  /** What a person does. */
  readonly answer?: (handle: WorkflowHandle) => Promise<void>;
}
