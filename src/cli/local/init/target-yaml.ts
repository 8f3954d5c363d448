import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { plainLine } from '../../../config/text/plain-text.ts';
import type { Found } from './found.ts';

/** What was asked of the application and its database, besides what it has open. */
export interface Learnt {
  readonly name: string;
  /** The one that is meant, and those that it was chosen from. */
  readonly database?: string;
  readonly databases: readonly string[];
  /** Whether it has them open; otherwise they lie in its directory. */
  readonly isOpen: boolean;
  /** The table that has most rows, and those that it was chosen from. */
  readonly keyTable?: string;
  readonly tables: readonly string[];
  readonly isStreamlit: boolean;
}

/** A target's file as text, with a comment at each line that a person has to answer; and these questions. */
export interface TargetYaml {
  readonly text: string;
  readonly questions: readonly string[];
}

/** Has an editor complete and explain the keys. */
const SCHEMA = fileURLToPath(new URL('../../../../docs/target.schema.json', import.meta.url));

export function targetYaml(found: Found, learnt: Learnt): TargetYaml {
  const questions: string[] = [];
  const ask = (question: string): string => {
    const line = plainLine(question, 300);
    questions.push(line);
    return ` # ? ${line}`;
  };
  const { directory, runtime, ports, logs, redis } = found;
  const { name, keyTable, tables, isStreamlit } = learnt;
  const port = ports[0];
  const url = `http://localhost:${port ?? 8501}`;
  const inside = (path: string) =>
    word(path.startsWith(`${directory}/`) ? relative(directory, path) : path);

  const databaseOf = ({ database, databases, isOpen }: Learnt) => {
    if (database === undefined)
      return `unknown.db${ask('Which SQLite database does it use? None is open now, and none lies here')}`;
    const others = databases.filter((one) => one !== database).join(', ');
    if (isOpen)
      return inside(database) + (others && ask(`Is it this one? It also has open ${others}`));
    const beside = others && `; there are also ${others}`;
    return inside(database) + ask(`Is it this one? None is open now${beside}`);
  };

  const lines = [
    `# yaml-language-server: $schema=${SCHEMA}`,
    `# Written from what ran as process ${found.pid}. Each "# ?" is a question that only a person can answer.`,
    `name: ${name}`,
    'enabled: false # remove it when all questions are answered: then a worker serves it',
    `directory: ${word(directory)} # paths below are relative to it`,
    'runtime:',
    `  kind: ${runtime.kind}`,
    ...(runtime.kind === 'compose'
      ? [
          `  service: ${word(runtime.service)}${runtime.others.length > 0 ? ` # the project has also: ${plainLine(runtime.others.join(', '))}` : ''}`,
          '  # file, project, profiles, envFile: where people give them to Compose',
        ]
      : runtime.kind === 'systemd'
        ? [
            `  unit: ${word(runtime.unit)}${ask('Is it the unit that people start and stop?')}`,
            '  # environment: names that must be set by Environment= or EnvironmentFile=',
          ]
        : [
            `  command: ${flow(runtime.command)}${ask('Is this how it is started, without a secret in it? Whatever started it so far must not start it any more')}`,
            `  log: app.log${ask('Where is its output to go?')}`,
            `  startAtBoot: true${ask('Is its worker to start it when the machine has started anew? Nothing else does')}`,
          ]),
    '  stopGrace: 30s',
    'app:',
    `  kind: ${isStreamlit ? 'streamlit' : 'web'}`,
    `  url: ${url}${port === undefined ? ask('Under which address do people use it? No port was seen') : ports.length > 1 ? ask(`Is it this port? It also listens on ${ports.slice(1).join(', ')}`) : ''}`,
    `  health: ${url}${isStreamlit ? '/_stcore/health' : `/${ask('Which address answers 2xx only when it is well?')}`}`,
    ...(port === undefined ? [] : [`  port: ${port}`]),
    'database:',
    '  kind: sqlite',
    `  file: ${databaseOf(learnt)}`,
    `  keyTable: ${keyTable === undefined ? `unknown${ask("Which table's rows prove that it has its data?")}` : `${word(keyTable)}${tables.length > 1 ? ask(`Do its rows prove that the data are there? There are also ${tables.filter((one) => one !== keyTable).join(', ')}`) : ''}`}`,
    ...(redis === undefined
      ? ['# cache: { kind: redis, url: redis://localhost:6379, scope: "prefix:app:" }']
      : [
          'cache:',
          '  kind: redis',
          `  url: ${word(redis)}${ask('Does this address work from here? A password that it has was left out')}`,
          `  scope: ${word(`prefix:${name}:`)}${ask('With what do its keys begin? Only these are ever cleared')}`,
        ]),
    ...(logs.length === 0
      ? ['# logs: [{ file: logs/app.log, format: python, rotate: { every: daily } }]']
      : [
          'logs:',
          ...logs.flatMap((log) => [
            `  - file: ${inside(log)}`,
            `    format: ${log.endsWith('.jsonl') ? 'json' : 'text'}${ask('python, json, access or text? And who rotates it? docs/log-rotation.md')}`,
          ]),
        ]),
    'backups:',
    `  directory: backups${ask('Where is there room for backups, best on another disk than the database? And "copy": on a second one')}`,
    '# contacts, channels, escalation: who is notified, and how. docs/notify.md',
    '# schedules: what starts by itself. docs/schedules.md',
    'schedules:',
    "  daily-backup: '01:00'",
    `  restore-drill: SATURDAY 04:00${ask('How is it booted on a copy, to prove a backup? Say "drill": docs/targets.md#a-drill. Without it no drill proves anything')}`,
  ];
  return {
    text: `${lines.map((line) => line.replaceAll(/[\r\n]/g, ' ')).join('\n')}\n`,
    questions,
  };
}

/** As YAML reads it back as this text, whatever it holds: one line. */
function word(text: string): string {
  const plain = stringify(text, { lineWidth: 0 }).trimEnd();
  return plain.includes('\n') || plain.includes(' #') ? JSON.stringify(text) : plain;
}

function flow(words: readonly string[]): string {
  return `[${words.map((one) => JSON.stringify(one)).join(', ')}]`;
}
