// Writes what a release consists of into release/: the extension, the command line and their checksums. npm run release [-- v1.2.3]
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.ts';
import { run, temporaryFolder } from './lib/workbench-run.ts';
import { noticesPath, thirdPartyNotices } from './notices.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** What the package of the command line takes over from the repository's. */
const sharedFields = [
  'name',
  'version',
  'description',
  'license',
  'repository',
  'keywords',
  'engines',
  'bin',
];

const documents = ['README.md', 'CHANGELOG.md', 'LICENSE', noticesPath];

/** Packages what is in `dist/` and returns the names of the files, in `folder`. `tag`: the tag of the release, which has to name the version. */
export async function release(folder: string, tag?: string): Promise<readonly string[]> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  if (tag !== undefined) checkTag(tag, manifest.version, await readFile(join(root, 'CHANGELOG.md'), 'utf8'));
  if ((await readFile(join(root, noticesPath), 'utf8')) !== (await thirdPartyNotices()))
    throw new Error(`${noticesPath} is out of date: run npm run docs`);
  await mkdir(folder, { recursive: true });
  const name = `${manifest.name}-${manifest.version}`;
  const files = [`${name}.vsix`, `${name}.tgz`];
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  await run(process.execPath, [vsce, 'package', '--no-dependencies', '--out', join(folder, `${name}.vsix`)], {
    cwd: root,
    failed: 'The extension could not be packaged.',
  });
  await packCommandLine(folder, manifest);
  const sums = await Promise.all(
    files.map(async (file) => `${sha256(await readFile(join(folder, file)))}  ${file}\n`),
  );
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''));
  return [...files, 'SHA256SUMS'];
}

/** Throws for a tag that does not name the version, or whose changes are not written down. */
export function checkTag(tag: string, version: string, changes: string): void {
  if (tag !== `v${version}`) throw new Error(`The tag is ${tag}, but package.json has version ${version}.`);
  const sections = changes.split('\n').filter((line) => line.startsWith('## '));
  if (!sections.some((line) => line.split(/[ [\]]+/).includes(version)))
    throw new Error(`CHANGELOG.md has no section for ${version}.`);
}

/** The command line and the language server as a package that npm installs, with the notices beside them. */
async function packCommandLine(folder: string, manifest: Readonly<Record<string, unknown>>): Promise<void> {
  await using stage = await temporaryFolder('release');
  await build('release', join(stage.path, 'dist'));
  await rm(join(stage.path, 'dist', 'extension.cjs'));
  for (const document of documents) await copyFile(join(root, document), join(stage.path, document));
  const shared = Object.fromEntries(sharedFields.map((field) => [field, manifest[field]]));
  await writeFile(join(stage.path, 'package.json'), `${JSON.stringify(shared, null, 2)}\n`);
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], {
    cwd: stage.path,
    failed: 'The command line could not be packaged.',
  });
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

if (import.meta.main) {
  const folder = join(root, 'release');
  try {
    await rm(folder, { recursive: true, force: true });
    await build();
    for (const file of await release(folder, process.argv[2])) console.log(join('release', file));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
