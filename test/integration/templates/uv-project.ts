import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { execa } from 'execa';

/** Where uv is: from its package, once a machine. */
export async function installUv(): Promise<string> {
  const venv = join(envPaths('durable-runbooks', { suffix: '' }).cache, 'uv');
  const bin = join(venv, 'bin');
  if (existsSync(join(bin, 'uv'))) return bin;
  await execa('python3', ['-m', 'venv', '--clear', venv]);
  await execa(join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', 'uv']);
  return bin;
}

/** It needs nothing from outside to be built. */
const BACKEND = `
import os, sys, zipfile
def wheel(directory, name, version, files, requires=()):
    info = f'{name}-{version}.dist-info'
    metadata = f'Metadata-Version: 2.1\\nName: {name.replace("_", "-")}\\nVersion: {version}\\n' + ''.join(f'Requires-Dist: {one}\\n' for one in requires)
    files = {**files, f'{info}/METADATA': metadata, f'{info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n'}
    record = ''.join(f'{one},,\\n' for one in [*files, f'{info}/RECORD'])
    file = f'{name}-{version}-py3-none-any.whl'
    with zipfile.ZipFile(os.path.join(directory, file), 'w') as archive:
        for one, text in {**files, f'{info}/RECORD': record}.items():
            archive.writestr(one, text)
    return file
def build_editable(directory, config_settings=None, metadata_directory=None):
    return wheel(directory, 'shop', '0.1', {'shop.pth': os.getcwd()}, ['shop-charts'])
def build_wheel(directory, config_settings=None, metadata_directory=None):
    return build_editable(directory)
if __name__ == '__main__':
    for version in sys.argv[1:]:
        wheel('wheels', 'shop_charts', version, {'shop_charts.py': f'version = "{version}"\\n'})
`;

const PROJECT = `[project]
name = "shop"
version = "0.1"
requires-python = ">=3.8"
dependencies = ["shop-charts"]
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[tool.uv]
no-index = true
find-links = ["wheels"]
cache-dir = ".uv-cache"
`;

/** An application as a Python project in an environment of its own, built on version 1.0 of something that is there as 1.1, too. */
export async function makeProject(directory: string): Promise<void> {
  mkdirSync(join(directory, 'wheels'));
  writeFileSync(join(directory, 'backend.py'), BACKEND);
  writeFileSync(join(directory, 'pyproject.toml'), PROJECT);
  const options = { cwd: directory };
  await execa('python3', ['backend.py', '1.0'], options);
  await execa('uv', ['venv', '--quiet', '.venv'], options);
  await execa('uv', ['lock', '--quiet'], options);
  await execa('uv', ['sync', '--quiet'], options);
  await execa('python3', ['backend.py', '1.1'], options);
}
