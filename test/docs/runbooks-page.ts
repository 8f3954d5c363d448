import { inputFields } from '../../src/cli/input/input-fields.ts';
import type { RunbookFacts } from '../../src/engine/runbook-facts.ts';
import { type RunbookDoc, runbookDocs } from './runbook-docs.ts';

const HELD = {
  wait: 'It waits while another run has the target.',
  skip: 'It is skipped, with a notice, while another run has the target.',
  preempt: 'It asks a run that has the target to stop, and then takes it.',
};

/** docs/runbooks.md: what the catalogue says of every runbook, family by family. */
export function runbooksPage(): string {
  const families = Object.entries(Object.groupBy(runbookDocs(), ({ facts }) => facts.family));
  const blocks = families.flatMap(([family, docs]) => [`## ${family}`, ...docs.flatMap(blocksOf)]);
  return `# Runbooks

What the catalogue says of each: written by \`npm run docs\`, and compared by a test. How to start one by hand:
\`runbook start <runbook> -t <target>\`, by itself: [schedules](schedules.md).

${blocks.join('\n\n')}
`;
}

function blocksOf({ facts, doc }: RunbookDoc): string[] {
  const steps = Object.values(facts.plan).map((title, index) => `${index + 1}. ${title}`);
  return [`### ${facts.name}`, doc, factsOf(facts).join('\n'), steps.join('\n')];
}

function factsOf(facts: RunbookFacts): string[] {
  const { name, severity, kind, expected, lateness, onlyInWindow, whenHeld = 'wait' } = facts;
  return [
    `- Severity ${severity}, expected to take ${expected}.`,
    kind === 'acts'
      ? `- ${HELD[whenHeld]}`
      : '- It runs beside any other run: it changes nothing but its own state directory.',
    ...downtimeOf(facts),
    ...(onlyInWindow ? ['- It begins and ends inside the maintenance window.'] : []),
    ...(lateness
      ? [`- A scheduled run that would begin more than ${lateness} late is skipped.`]
      : []),
    ...inputFields(facts).map(({ flag, description, required, choices }) => {
      const more = [...(required ? ['required'] : []), ...(choices ? [choices.join(', ')] : [])];
      return `- \`${flag}\`${more.length > 0 ? ` (${more.join('; ')})` : ''}: ${description}.`;
    }),
    ...(kind === 'acts'
      ? [`- [Every fault at every call](../test/runbooks/${name}/matrix.md).`]
      : []),
  ];
}

function downtimeOf({ downtime, plan }: RunbookFacts): string[] {
  if (!downtime) return [];
  const { from, until } = downtime;
  return [`- The application may be down from "${plan[from]}" until "${plan[until]}".`];
}
