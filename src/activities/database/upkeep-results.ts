import type { JournalMode } from './copies.ts';

export interface Measurement {
  /** Of the main file. */
  readonly bytes: number;
  /** Of the write-ahead log. */
  readonly logBytes: number;
  readonly pageSize: number;
  readonly pages: number;
  /** Pages that hold nothing. */
  readonly freePages: number;
  readonly autoVacuum: 'none' | 'full' | 'incremental';
  /** Of a file. */
  readonly journalMode?: JournalMode;
  /** One sentence for people. */
  readonly note: string;
  /** Whether the free share is above `compactAbove`. */
  readonly wasteful: boolean;
}

export interface Advice {
  readonly worthwhile: boolean;
  /** As text. */
  readonly why: string;
}

export interface Circumstances {
  /** Whether the application would have to be stopped for it. */
  readonly running: boolean;
  /** Whether whoever started the run said that it may be. */
  readonly asked: boolean;
  /** In ms since 1970. */
  readonly now: number;
}

export interface Analysed {
  readonly tables: number;
  /** Of the longest piece: nobody else could write meanwhile. */
  readonly longestMilliseconds: number;
}

export interface Compacted {
  readonly bytes: number;
  /** The database from before. */
  readonly kept: string;
  readonly changed: boolean;
}

export interface Checkpointed {
  readonly before: number;
  readonly after: number;
  readonly changed: boolean;
  /** One sentence for people. */
  readonly note: string;
}

export interface Reclaimed {
  readonly pages: number;
  /** Free pages that are for the next time. */
  readonly left: number;
  readonly pieces: number;
  /** Of the longest piece: nobody else could write meanwhile. */
  readonly longestMilliseconds: number;
  readonly changed: boolean;
}

export interface Uncompacted {
  readonly changed: boolean;
  /** The compact copy stays, because rows were written to it: where the database from before is. */
  readonly kept?: string;
}
