import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { defineConfig, type DefaultTheme } from 'vitepress';

const root = join(import.meta.dirname, '../..');

/** The pages, in the order in which somebody needs them. A page that is in no group fails `test/docs/site.test.ts`. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  Begin: [
    'README.md',
    'docs/install.md',
    'docs/upgrade.md',
    'docs/comparison.md',
    'docs/targets.md',
    'docs/target-fields.md',
    'docs/commands.md',
    'docs/json.md',
  ],
  'At three in the morning': [
    'docs/recovery.md',
    'docs/incidents-runbooks.md',
    'docs/troubleshooting.md',
    'docs/database-locked.md',
    'docs/own-recovery.md',
  ],
  'Day by day': [
    'docs/runbooks.md',
    'docs/schedules.md',
    'docs/health.md',
    'docs/look.md',
    'docs/observability.md',
    'docs/logs.md',
    'docs/log-rotation.md',
    'docs/lifecycle.md',
    'docs/database-maintenance.md',
    'docs/temporal-ui.md',
  ],
  Backups: ['docs/backups.md', 'docs/keep-backups.md', 'docs/offsite.md', 'docs/backup-bench.md'],
  People: [
    'docs/incidents.md',
    'docs/alerts.md',
    'docs/notify.md',
    'docs/people.md',
    'docs/watchdog.md',
  ],
  Security: [
    'SECURITY.md',
    'docs/security.md',
    'docs/security-updates.md',
    'docs/secrets.md',
    'docs/hardening.md',
    'docs/access.md',
  ],
  Grow: [
    'docs/postgres.md',
    'docs/migrate.md',
    'docs/cluster.md',
    'docs/capacity.md',
    'docs/compose.md',
  ],
  'How it is proven': ['docs/fault-matrix.md', 'docs/noticed.md'],
  'How it is made': [
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    'docs/decisions/README.md',
    'CHANGELOG.md',
  ],
};

/** It is no page of its own, so that each link to it is good wherever it is read. */
const HOME = '/README.html';

/** What pages link to that is no page. */
const FILES = [
  'docs/backup-bench.svg',
  'docs/target.schema.json',
  'deploy/prometheus/prometheus.yml',
  'deploy/prometheus/runbook.rules.yml',
  'deploy/prometheus/worker.rules.yml',
  'deploy/prometheus/application.rules.yml',
  'deploy/alertmanager/alertmanager.yml',
  'deploy/grafana/dashboards/durable-runbooks.json',
];

/** `npm run docs:site` makes a site of the pages as they lie in the repository, which read as well without it. */
export default defineConfig({
  title: 'Durable Runbooks',
  description: 'Operations runbooks that finish',
  srcDir: '..',
  srcExclude: [
    '{src,bench,scripts,deploy,targets,dist,.runbook,.github}/**',
    'test/!(runbooks)/**',
  ],
  outDir: join(root, 'dist-docs'),
  cleanUrls: false,
  // There is none: otherwise browsers ask for one.
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  lastUpdated: false,
  markdown: { html: false },
  themeConfig: {
    logoLink: HOME,
    search: { provider: 'local' },
    sidebar: Object.entries(groups).map(([text, pages]) => ({ text, items: pages.map(itemOf) })),
    outline: [2, 3],
  },
  buildEnd({ outDir }) {
    writeFileSync(
      join(outDir, 'index.html'),
      `<!doctype html><meta http-equiv="refresh" content="0; url=.${HOME}"><a href=".${HOME}">Durable Runbooks</a>\n`,
    );
    for (const file of FILES) {
      mkdirSync(dirname(join(outDir, file)), { recursive: true });
      cpSync(join(root, file), join(outDir, file));
    }
  },
});

function itemOf(page: string): DefaultTheme.SidebarItem {
  const title = /^# (.+)$/m.exec(readFileSync(join(root, page), 'utf8'))?.[1] ?? page;
  return { text: title.replaceAll('`', ''), link: `/${page}` };
}
