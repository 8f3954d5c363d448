import { join, resolve } from 'node:path';
import { composeFiles, environmentFiles } from '../../../config/load/compose-files.ts';
import type { ComposeRuntime } from '../../../config/schema/runtime.ts';
import type { Target } from '../../../config/schema/target.ts';
import { inMilliseconds } from '../../../config/time/duration.ts';
import type { Part } from '../page.ts';
import { THERE } from './database.ts';
import { quoted } from '../../../config/text/quoted.ts';

/** To see whether the application runs. */
export function looked({ directory, runtime, state }: Target): Part {
  if (runtime.kind === 'compose')
    return {
      say: 'Look what runs',
      type: [`cd ${quoted(directory)} && ${compose(directory, runtime)} ps`],
    };
  if (runtime.kind === 'systemd')
    return {
      say: 'Look whether it runs, what starts it, and what systemd stops along with it',
      type: [
        `systemctl status --no-pager --lines 0 -- ${quoted(runtime.unit)}`,
        `systemctl show -p TriggeredBy,RequiredBy,BoundBy,ConsistsOf -- ${quoted(runtime.unit)}`,
      ],
    };
  return {
    say: 'Look whether it runs: compare the command with the target file before you end anything',
    type: [
      `found() { ${found(state)}; }`,
      'for pid in $(found); do ps -o pid,pgid,lstart,args -p "$pid"; done',
    ],
  };
}

/** To stop it politely, and to wait until nothing of it runs. */
export function stopped(target: Target): Part[] {
  const { directory, runtime } = target;
  const seconds = Math.ceil(inMilliseconds(runtime.stopGrace) / 1000);
  if (runtime.kind === 'compose') {
    const command = compose(directory, runtime);
    const stop = `${command} stop -t ${seconds} ${quoted(runtime.service)}`;
    return [{ say: 'Stop the application', type: [`cd ${quoted(directory)} && ${stop}`] }];
  }
  if (runtime.kind === 'systemd')
    return [
      looked(target),
      {
        say: `Stop what "TriggeredBy" names first, a socket or a timer, else that starts it again; then the application. Note these and what "ConsistsOf" names: they are to be started again. What does not end within ${runtime.stopGrace} needs "systemctl kill -s KILL" beside it`,
        type: [
          `triggers=$(systemctl show -p TriggeredBy --value -- ${quoted(runtime.unit)}); echo "$triggers"`,
          'test -z "$triggers" || systemctl stop -- $triggers',
          `systemctl stop -- ${quoted(runtime.unit)}`,
        ],
      },
    ];
  return [
    looked(target),
    {
      say: `Stop the application, and wait until it has ended; what does not end within ${runtime.stopGrace} needs "kill -s KILL" instead`,
      type: [
        'for pid in $(found); do kill -s TERM "$pid"; kill -s CONT "$pid"; done',
        'while test -n "$(found)"; do sleep 1; done',
      ],
    },
  ];
}

/** To start it as it was. */
export function started({ directory, runtime, state }: Target): Part[] {
  if (runtime.kind === 'compose') {
    const start = `${compose(directory, runtime)} start ${quoted(runtime.service)}`;
    return [
      {
        say: 'Start the application in the container that it had. Without one: "up -d --no-deps" instead of "start"',
        type: [THERE, `test -s "$db" && cd ${quoted(directory)} && ${start}`],
      },
    ];
  }
  if (runtime.kind === 'systemd')
    return [
      {
        say: 'Start the application, with what was stopped before it: in another shell say triggers=... first. One that systemd has given up needs "systemctl reset-failed" before',
        type: [THERE, `test -s "$db" && systemctl start -- \${triggers-} ${quoted(runtime.unit)}`],
      },
    ];
  const names = Object.keys(runtime.environment);
  const missing =
    names.length === 0 ? '' : `. First export ${names.join(', ')}: the target file has them`;
  const command = runtime.command.map(quoted).join(' ');
  return [
    {
      say: `Start the application, so that a worker takes it for its own later${missing}`,
      type: [
        THERE,
        `rm -f ${quoted(join(state, 'process.json'))}`,
        `test -s "$db" && cd ${quoted(directory)} && RUNBOOK_PROCESS=${quoted(resolve(state))} setsid ${command} >> ${quoted(resolve(directory, runtime.log))} 2>&1 < /dev/null &`,
      ],
    },
  ];
}

/** As its people would type it in the target's directory. */
export function compose(directory: string, runtime: ComposeRuntime): string {
  const environments = runtime.envFile === undefined ? [] : environmentFiles(directory, runtime);
  return [
    'docker compose',
    ...composeFiles(directory, runtime).named.flatMap((file) => ['-f', quoted(file)]),
    ...(runtime.project === undefined ? [] : ['-p', runtime.project]),
    ...runtime.profiles.flatMap((profile) => ['--profile', profile]),
    ...environments.flatMap((file) => ['--env-file', quoted(file)]),
  ].join(' ');
}

/** By the mark that our runtime, and the command below, give to whatever they start: never a stranger with a pid that was reused. */
function found(state: string): string {
  const mark = quoted(`RUNBOOK_PROCESS=${resolve(state)}`);
  return `grep -lzxF ${mark} /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3`;
}
