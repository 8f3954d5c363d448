import type { Target } from '../../../config/schema/target.ts';
import type { Page, Part } from '../page.ts';
import { named } from '../parts/database.ts';
import { quoted } from '../../../config/text/quoted.ts';
import { started, stopped } from '../parts/runtime.ts';
import { answers } from '../parts/service.ts';

type Secret = Target['secrets'][number];

export const rotateSecrets: Page = {
  parts: (target) => {
    const [secret] = target.secrets;
    if (!secret)
      return [
        { say: 'The target names no "secrets": there is none that could be proven by a login' },
      ];
    const others = target.secrets.slice(1).map(({ name }) => name);
    return [
      named(target),
      {
        say: `Make a new one for ${secret.name}${others.length > 0 ? ` (the others are ${others.join(', ')})` : ''}. It is shown nowhere, and kept by this shell alone`,
        type: [`new=$(openssl rand -base64 32 | tr '+/' '-_' | tr -d '=')`],
      },
      ...admitted(secret),
      ...stopped(target),
      written(target, secret),
      ...started(target),
      ...dismissed(secret),
      answers(target),
      {
        say: 'See by a login that the new one is taken and the old one refused. Then forget it',
        type: ['unset new'],
      },
    ];
  },
};

/** Redis hears of it by its sha256: nothing that it shows has it. */
function admitted({ prove }: Secret): Part[] {
  if (prove.kind === 'postgres')
    return [
      {
        say: `When the application is stopped, give it to the role ${prove.user}: in psql type \\password ${prove.user}, which sends no password in clear`,
      },
    ];
  if (prove.kind !== 'redis') return [];
  return [
    {
      say: `Have Redis take both for the user ${prove.user}. It asks for the password of who may do that`,
      type: [
        `hash=$(printf %s "\${new:?}" | sha256sum | cut -d' ' -f1)`,
        `redis-cli -u ${quoted(prove.url)} --askpass ACL SETUSER ${quoted(prove.user)} "#\${hash:?}"`,
      ],
    },
  ];
}

function written({ directory }: Target, { name, provider }: Secret): Part {
  if (provider.kind === 'command')
    return {
      say: 'Give it to its store, by its input',
      type: [`printf %s "\${new:?}" | ${provider.write.map(quoted).join(' ')}`],
    };
  return {
    say: `Write it in place of the value of ${provider.key ?? name}, and change no other byte: in an editor, because a command would show it to everybody on this machine. The first line shows it on this screen`,
    type: ['echo "${new:?}"', `cd ${quoted(directory)} && \${EDITOR:-vi} ${quoted(provider.file)}`],
  };
}

function dismissed({ prove }: Secret): Part[] {
  if (prove.kind !== 'redis') return [];
  return [
    {
      say: 'When the application works, leave the new one alone, and keep it past a restart of Redis',
      type: [
        `redis-cli -u ${quoted(prove.url)} --askpass ACL SETUSER ${quoted(prove.user)} resetpass "#\${hash:?}"`,
        `redis-cli -u ${quoted(prove.url)} --askpass ACL SAVE`,
      ],
    },
  ];
}
