import type { Command } from '../../model/script.ts';
import type { Span } from '../../text/span.ts';
import { isCommit, isShortCommit, mayHoldCommit } from './git.ts';
import { type Option, packageAction } from './packages/index.ts';

/** Where a command takes a package from, other than from a registry. */
export type PackageSource = { readonly program: string; readonly span: Span } & (
  | {
      /** A repository, or an archive of one that its host makes. */
      readonly from: 'git';
      /** A branch, tag or commit; empty for the default branch. */
      readonly ref: string;
      /** The option that takes a commit; null where the address does. */
      readonly option: string | null;
    }
  | {
      /** A file at an address, which the program does not check. */
      readonly from: 'file';
      readonly address: string;
    }
);

/** The addresses among what a command installs. */
export function packageSources(command: Command): readonly PackageSource[] {
  const action = packageAction(command);
  if (!action || (action.verb !== 'install' && action.verb !== 'run')) return [];
  const { call, items, manager } = action;
  const program = command.name;
  const found = items.flatMap(({ kind, name, span }): readonly PackageSource[] => {
    if (kind === 'git') return [{ from: 'git', program, span, ref: refIn(name), option: null }];
    if (kind !== 'url' || hasChecksum(name)) return [];
    const ref = archivedRef(name);
    if (ref !== null) return [{ from: 'git', program, span, ref, option: null }];
    return manager.takesAnyAddress ? [{ from: 'file', program, span, address: name }] : [];
  });
  const git = call.options.find(({ name }) => name === '--git');
  return git ? [...found, ...ofOption(program, git, call.options)] : found;
}

/** Whether a ref names one commit for good. */
export const isSettled = (ref: string): boolean => isCommit(ref) || isShortCommit(ref) || mayHoldCommit(ref);

/** `cargo install --git URL --rev COMMIT`, `bundle add NAME --git URL --ref COMMIT`. */
function ofOption(program: string, git: Option, options: readonly Option[]): readonly PackageSource[] {
  const span = git.words.at(-1)?.span;
  const chosen = options.find(({ name }) => /^--(?:rev|ref|tag|branch)$/.test(name));
  const option = program === 'cargo' ? '--rev' : '--ref';
  return span ? [{ from: 'git', program, span, ref: chosen?.value ?? '', option }] : [];
}

/** `git+https://host/name.git@REF#egg=name` of pip, `owner/name#REF` of npm. */
function refIn(requirement: string): string {
  const [address = '', fragment = ''] = requirement.replace(/^[^\s/]+\s*@\s*(?=git\+)/, '').split('#');
  const path = address.includes('://') ? address.replace(/^[^:]*:\/\/[^/]*/, '') : '';
  const behindAt = /@(.+)$/s.exec(path)?.[1];
  return behindAt ?? (fragment.includes('=') ? '' : fragment);
}

/** `#sha256=…` of pip, `#md5` of conda. */
const hasChecksum = (address: string): boolean =>
  /#(?:.*[&;])?(?:sha\d+|md5)[=:]|#[0-9a-f]{32,}$/i.test(address);

/**
 * Addresses at which hosts of repositories make archives, with the ref in the first group. Sources: "Downloading source code archives" of GitHub's
 * documentation, "Repositories API" of GitLab's, "Download an archive" of Bitbucket's.
 */
const archives: readonly RegExp[] = [
  /^https?:\/\/(?:www\.)?github\.com\/[^/]+\/[^/]+\/(?:archive|tarball|zipball)(?:\/(?:refs\/(?:heads|tags)\/)?([^?#]+))?/i,
  /^https?:\/\/codeload\.github\.com\/[^/]+\/[^/]+\/(?:legacy\.)?(?:zip|tar\.gz)(?:\/(?:refs\/(?:heads|tags)\/)?([^?#]+))?/i,
  /^https?:\/\/api\.github\.com\/repos\/[^/]+\/[^/]+\/(?:tar|zip)ball(?:\/([^?#]+))?/i,
  /^https?:\/\/[^/]+\/[^?#]+\/-\/archive\/([^/?#]+)/i,
  /^https?:\/\/bitbucket\.org\/[^/]+\/[^/]+\/get\/([^?#]+)/i,
];

/** The ref of an archive; empty for the default branch, null for any other address. */
function archivedRef(address: string): string | null {
  const text = address.replace(/^[^\s/]+\s*@\s*(?=https?:)/, '');
  for (const archive of archives) {
    const match = archive.exec(text);
    if (match) return (match[1] ?? '').replace(/\.(?:zip|tgz|tar(?:\.\w+)?)$/, '');
  }
  return null;
}
