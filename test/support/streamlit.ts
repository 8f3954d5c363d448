import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { execa } from 'execa';

export const hasPython = (() => {
  try {
    return (
      execFileSync('python3', ['-c', 'import venv, ensurepip'], { stdio: 'pipe' }).length === 0
    );
  } catch {
    return false;
  }
})();

/** Installed once a machine. `newest`, or a version. Answers its Python. */
export async function installStreamlit(version: string): Promise<string> {
  const { cache } = envPaths('durable-runbooks', { suffix: '' });
  const venv = join(cache, `streamlit-${version}`);
  const python = join(venv, 'bin', 'python');
  const done = join(venv, 'installed');
  if (existsSync(done)) return python;
  await execa('python3', ['-m', 'venv', '--clear', venv]);
  const wanted = version === 'newest' ? 'streamlit' : `streamlit==${version}`;
  // The newest pyarrow wants a newer NumPy than that of 2023 does.
  const others = version === '1.28.2' ? ['pyarrow<17'] : [];
  await execa(python, ['-m', 'pip', 'install', '--quiet', wanted, ...others]);
  await writeFile(done, '');
  return python;
}
