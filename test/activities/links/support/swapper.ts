import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { APPLICATION_USER } from '../../../support/other-user.ts';

/**
 * Puts a link to `to` in the place of each name, and its own back, as fast as the kernel lets it; where nothing has the name, the link comes and
 * goes. Perl, because it starts at once and is in every Debian. What an activity made meanwhile under the name is put aside: the swapper's own comes back.
 */
const SWAP = `
  my ($to, @names) = @ARGV;
  $SIG{TERM} = sub { print "$swaps\\n"; exit 0 };
  $| = 1; print "begun\\n"; $swaps = 0; $made = 0;
  while (1) {
    for my $name (@names) {
      my $aside = $name; $aside =~ s{([^/]+)$}{.real-$1};
      my $own = rename($name, $aside);
      next if !$own && -e $name;
      $swaps += 1 if symlink($name =~ /\\./ ? "$to/secret" : $to, $name);
      for (my $i = int(rand(3000)); $i > 0; $i--) {}
      unlink($name);
      if ($own && !rename($aside, $name)) {
        my $away = $name; $made += 1; $away =~ s{([^/]+)$}{.made-$made-$1};
        rename($name, $away); rename($aside, $name);
      }
      for (my $i = int(rand(3000)); $i > 0; $i--) {}
    }
  }`;

/** Runs it as the application's user until `end`, which answers how often it has swapped. */
export async function startSwapper(directory: string, to: string, names: readonly string[]) {
  const child = spawn('perl', ['-e', SWAP, to, ...names], {
    cwd: directory,
    uid: APPLICATION_USER,
    gid: APPLICATION_USER,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (text: Buffer) => (printed += text.toString()));
  await once(child.stdout, 'data');
  return {
    /** Holds it still while the test puts something right. */
    while(work: () => void): void {
      child.kill('SIGSTOP');
      try {
        work();
      } finally {
        child.kill('SIGCONT');
      }
    },
    async end(): Promise<number> {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
      return Number(printed.trim().split('\n').at(-1));
    },
  };
}
