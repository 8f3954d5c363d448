/** What an alert calls a link may be anything: only these open a page, and nothing else. */
export function isPage(link: string): boolean {
  return /^https?:\/\/[^\s<>"'`\\]+$/i.test(link);
}
