/** Text as it may stand in errors, logs and reports: the passwords of URLs in it are hidden. */
export function redacted(text: string): string {
  return text.replaceAll(/(:\/\/)[^\s/@]*:[^\s/]*@/g, '$1***@');
}
