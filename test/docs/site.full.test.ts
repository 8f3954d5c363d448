import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';

const SITE = 'dist-docs';

/** About half a minute. VitePress itself fails at a link to a page that is not there. */
test(
  'the site is built, finds its own pages, and has no dead link',
  { timeout: 300_000 },
  async () => {
    await execa('npm', ['run', '--silent', 'docs:site']);

    const made = globSync(`${SITE}/**/*.html`);
    expect(made).toContain(`${SITE}/docs/recovery.html`);
    const dead = made.flatMap((page) =>
      linksOf(page).filter(
        (link) => !existsSync(join(link.startsWith('/') ? SITE : dirname(page), link)),
      ),
    );
    expect(dead).toEqual([]);
    const [index] = globSync(`${SITE}/assets/chunks/*localSearchIndex*.js`);
    expect(readFileSync(index!, 'utf8')).toContain('"vacuum"');
  },
);

function linksOf(page: string): string[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/<a [^>]*href="([^"#?]+)[^"]*"/g)]
    .map(([, link]) => decodeURI(link!))
    .filter((link) => !/^[a-z]+:/.test(link))
    .map((link) => (link.endsWith('/') ? `${link}index.html` : link));
}
