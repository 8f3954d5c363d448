/** Hears one line at the beginning of each long wait, and now and then during it. */
export interface Progress {
  readonly onProgress: (line: string) => void;
}
