import type { Page } from '../page.ts';

export const exportFailures: Page = {
  parts: ({ name, database }) => [
    {
      say: 'See that the data themselves come out, whatever the application makes of them. Count rows, not bytes: an empty export is not empty',
      type: [
        `runbook target db ${name} export ${database.keyTable} --output /tmp/${name}-export.csv`,
        `wc -l /tmp/${name}-export.csv`,
      ],
    },
    {
      say: 'See whether the application has what it makes PDF and pictures with. Kaleido 1 needs a browser: "pip install -U kaleido" brings none',
      type: [
        `python3 -c 'import reportlab; print(reportlab.__version__)' || true`,
        `python3 -c 'import kaleido; print(kaleido.__version__)' || true`,
        'command -v chromium google-chrome || echo "no browser"',
      ],
    },
  ],
};
