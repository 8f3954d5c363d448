import { globSync } from 'node:fs';
import { expect, test } from 'vitest';
import { groups } from '../../docs/.vitepress/config.ts';

test('the site has each page in one group, and no other', () => {
  const pages = globSync('docs/*.md');
  const listed = Object.values(groups).flat();

  expect(
    listed.filter((page) => page.startsWith('docs/') && !page.includes('decisions')).toSorted(),
  ).toEqual(pages.toSorted());
  expect(new Set(listed).size).toBe(listed.length);
});
