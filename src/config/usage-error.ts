/** Letters of a word that is named: a path may be long, and what was pasted by mistake fills no screen. */
const LONG_WORD = /"([^"]{500})[^"]+"/g;

/** A person can put this right: the command line prints the message, then `Try: <hint>`, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message.replaceAll(LONG_WORD, `"$1…"`));
    this.hint = hint;
  }
}
