/** What became of one log. */
export interface RotationResult {
  readonly changed: boolean;
  /** As text: what was done, or why nothing was. */
  readonly note: string;
  /** What somebody must know, as sentences. */
  readonly remarks: readonly string[];
  /** It should have been done and could not be: a remark says why. */
  readonly failed?: true;
}
