import type { Page } from '../page.ts';

export const procedureReview: Page = {
  parts: ({ name, procedures }) => [
    {
      say: procedures
        ? `Go through the pages of this manual with ${procedures.owner}; then write today into "reviewed" of "procedures"`
        : 'Say in the target who owns the procedures: "procedures: { owner: <contact>, reviewed: <day> }"',
      type: [`runbook manual -t ${name}`, `runbook runs -t ${name}`],
    },
    {
      say: 'Practise what nobody has run for long: first as a plan, then as a drill',
      type: [`runbook plan database-recovery -t ${name}`, `runbook start restore-drill -t ${name}`],
    },
  ],
};
