import MarkdownIt from 'markdown-it';

/**
 * Reads a message's Markdown. Most of it is text from outside: no HTML, no picture that discloses who has read it, and no link whose words
 * are others than its address; nor letters that are written as numbers, and turn others round. Links of ours are added beside it.
 */
export function markdownReader(linkify: boolean) {
  const reader = new MarkdownIt({ html: false, linkify }).disable([
    'image',
    'link',
    'autolink',
    'reference',
    'entity',
    'table',
  ]);
  // Only what says http:// itself: `app.py` is a file, and the name of a domain.
  reader.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  return reader;
}
