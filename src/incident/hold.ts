/** Somebody works on a target until then: alerts about it are expected. */
export interface Hold {
  /** A run or a person. */
  readonly by: string;
  readonly why: string;
  /** ISO 8601, UTC. It is over then, whatever happens to who asked for it. */
  readonly until: string;
  /** What people are told when it is over by itself, and nobody has lifted it. Missing: nothing. */
  readonly tell?: string;
}
