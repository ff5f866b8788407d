import type { RepositoryName } from '../image/name.ts';
import type { ImageUse } from '../model/facts.ts';
import type { Related, Report } from '../model/finding.ts';
import type { ContextRule } from './rule.ts';
import { usedHere } from './support/pin.ts';
import { repositoryOf, trustTest } from './support/trust.ts';
import { brief } from './support/words.ts';

export const untrustedRegistry: ContextRule = {
  reads: 'context',
  id: 'untrusted-registry',
  title: 'An image from a registry that the policy does not trust',
  severity: 'error',
  kinds: 'every',
  sameAs: {
    'hadolint DL3026':
      'It looks at Dockerfiles alone and lists whole registries; here every image counts, and the list can name parts of a registry.',
    'Trivy KSV-0032': 'It allows the registries of Azure alone; here the policy has the list.',
    'Trivy KSV-0033': 'It allows the registries of Google alone; here the policy has the list.',
    'Trivy KSV-0034': 'It forbids Docker Hub and `ghcr.io`; here the policy has the list.',
    'Trivy KSV-0035': 'It allows the registries of AWS alone; here the policy has the list.',
    'Trivy KSV-0125':
      'It brings a list of clouds that can be replaced, and lets a name without a registry pass; here the policy has the list, and such a name is Docker Hub.',
    'Kyverno restrict-image-registries': '',
  },
  fixSafety: null,
  check(facts, { trusted }) {
    if (trusted === null) return [];
    const isTrusted = trustTest(trusted);
    return facts.images.filter(isTaken).flatMap((use) => {
      const name = repositoryOf(use);
      return name === null || isTrusted(name) ? [] : [report(use, name, trusted)];
    });
  },
};

/** A cache brings files into a build as an image does. */
const isTaken = (use: ImageUse): boolean =>
  use.role !== 'build-output' && use.mutability !== 'none' && !keepsName(use);

/** A kustomization that gives an image another tag leaves it where it is; the manifest that has it is looked at by itself. */
function keepsName({ path, resolved, role }: ImageUse): boolean {
  const name = path.replace(/^images\./, '');
  return role === 'override' && resolved.startsWith(name) && /^(?:$|[:@])/.test(resolved.slice(name.length));
}

const report = (use: ImageUse, name: RepositoryName, trusted: readonly string[]): Report => ({
  path: use.path,
  span: use.site.span,
  message: `The policy does not trust ${brief(`${name.registry}/${name.repository}`, 22)}; use ${alternative(trusted)}.`,
  related: [...origin(use), ...usedHere(use)],
  image: use,
});

/** A name without a registry is of Docker Hub, which not everybody knows. */
const origin = ({ reading, site: { span } }: ImageUse): readonly Related[] =>
  reading.state === 'parsed' && reading.reference.domain === undefined
    ? [{ span, message: 'It names no registry, so it comes from Docker Hub.' }]
    : [];

const alternative = (trusted: readonly string[]): string =>
  trusted.length === 0
    ? 'no image from a registry'
    : `${brief(trusted[0] ?? '', 20)}${trusted.length > 1 ? ' or others' : ''}`;
