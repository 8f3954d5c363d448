import { z } from 'zod';
import { defineRunbook } from '../../engine/define-runbook.ts';
import { judge } from '../parts/judge-figures.ts';
import { lookAtSecurity as look } from '../parts/security/look-at-security.ts';

/**
 * B's list, each with its figure. What is personal in logs is counted, and its places are told, never what it says. What cannot be found
 * out from here is unknown: no line is ticked for want of a look.
 */
export const securityChecklist = defineRunbook({
  name: 'security-checklist',
  title: 'Security checklist',
  purpose:
    'Go through the list: HTTPS, authentication, secrets, permissions of the database, personal data in logs, age of dependencies',
  family: 'security',
  severity: 'sev3',
  kind: 'reads',
  expected: '30m',
  lateness: '7d',

  input: z.object({}),

  plan: {
    https: 'HTTPS enabled with a valid certificate',
    authentication: 'Authentication enabled',
    secrets: 'Secrets are kept in a vault, not in .env, and are younger than their policy',
    database: 'Permissions of the database are restricted',
    logs: 'Logs hold no personal data',
    dependencies: 'Dependencies are updated monthly',
    verdict: 'Judge the whole',
  },

  async run({ step, asked }) {
    const https = await look(step.https, (security) => security.https());
    const authentication = await look(step.authentication, (security) => security.authentication());
    const secrets = await look(step.secrets, (security) => security.secrets());
    const database = await look(step.database, (security) => security.database());
    const logs = await look(step.logs, (security) => security.personalData());
    const dependencies = await look(step.dependencies, (security) => security.dependencies());

    const figures = [https, authentication, secrets, database, logs, dependencies].flatMap(
      (found) => found.figures,
    );
    const verdict = await judge(step.verdict, figures, asked);
    const { found, places, bytes } = logs;
    return {
      ...verdict,
      checklist: figures.map(({ name, verdict: is, note }) => ({ name, verdict: is, note })),
      personalData: found,
      places,
      bytes,
    };
  },
});
