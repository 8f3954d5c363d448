/** A statement that the application's log names as slow. */
export interface SlowStatement {
  /** In one line. */
  readonly sql: string;
  /** How often it is logged. */
  readonly times: number;
  /** The longest that is logged, in ms. */
  readonly milliseconds: number;
}

/** An index, by what makes it one. */
export interface IndexSpec {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
}

/** What became of one statement on the copy. */
export interface TimedStatement {
  readonly sql: string;
  /** How its rows are found, as `explain query plan` says it. */
  readonly plan?: string;
  /** To read all its rows, in ms: the shortest of several times. */
  readonly milliseconds?: number;
  /** Why it was not run. */
  readonly refused?: string;
}

/** What one index makes of the statements, on the copy. */
export interface IndexProof {
  readonly index: IndexSpec;
  /** Who named it. */
  readonly from: 'target' | 'statement' | 'sqlite3';
  /** Of the statements that use it, in ms: all of them together. */
  readonly before: number;
  readonly after: number;
  /** How many statements use it. */
  readonly used: number;
  readonly bytes: number;
  /** How long it took to make it, in ms: nobody can write meanwhile. */
  readonly createMilliseconds: number;
  /** What as many rows cost to insert, in ms. Missing: they cannot be inserted on the copy. */
  readonly inserts?: { readonly rows: number; readonly before: number; readonly after: number };
}

/** What was found out about the slow statements on a copy of the database. */
export interface IndexAdvice {
  readonly statements: readonly TimedStatement[];
  /** The one that helps most, if any does. */
  readonly best?: IndexProof;
  /** What else was tried, or why nothing was: sentences. */
  readonly notes: readonly string[];
  /** One sentence for people. */
  readonly note: string;
}

export interface CreatedIndex {
  readonly changed: boolean;
  /** How long nobody else could write, in ms. */
  readonly milliseconds: number;
  readonly note: string;
}
