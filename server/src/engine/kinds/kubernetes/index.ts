import { noFacts } from '../../model/no-facts.ts';
import { noVariables } from '../../model/variables.ts';
import { yamlFacts } from '../../yaml/facts.ts';
import { hasOddLines } from '../../yaml/for-parser.ts';
import { mayHold, mayMatch } from '../../yaml/hidden-words.ts';
import type { YamlValue } from '../../yaml/lookup.ts';
import { rootEntries } from '../../yaml/root-entries.ts';
import { ImageUses } from '../../yaml/uses.ts';
import type { YamlKind } from '../kind.ts';
import { readBarePod } from './bare-pods.ts';
import { readConfiguration } from './configurations.ts';
import { readConsumed } from './consumed.ts';
import { followersOf } from './followers.ts';
import { kustomizationsFor, overridesFor } from './overrides.ts';
import { isPatch } from './patches.ts';
import { isInert } from './places.ts';
import { readRollout } from './rollouts.ts';
import { readScripts } from './scripts.ts';
import { findContainers, isListKind } from './walk.ts';
import { readWorkloads } from './workloads.ts';

/** Objects of the Kubernetes API, with those of OpenShift and of custom resources. */
export const kubernetes: YamlKind = {
  id: 'kubernetes',
  syntax: 'yaml',
  takesReplacements: true,
  names: /\.(?:ya?ml|json)$/i,
  claims: ({ languageId, name, text }) =>
    (/\.(?:ya?ml|json)$/i.test(name) || languageId === 'yaml' || languageId === 'json') &&
    mayHoldObject(text),
  claimsPiece(piece) {
    const { text } = piece;
    if (!mayHoldObject(text)) return false;
    const entries = rootEntries(text);
    if (entries && isNoneOfOurs(entries)) return false;
    if (!mayMatch(text, contents)) return false;
    const { problems, root } = piece;
    const apiVersion = root?.textAt('apiVersion');
    const kind = root?.textAt('kind');
    // Where a mistake hides what it is, other programs may still read it.
    if (problems.length > 0) return true;
    if (!root || apiVersion == null || kind == null) return false;
    return !isInert(apiVersion, kind) || !isToldOnce(root);
  },
  isList({ root }) {
    const apiVersion = root?.textAt('apiVersion');
    const kind = root?.textAt('kind');
    return apiVersion != null && kind != null && isListKind(kind) && !isInert(apiVersion, kind);
  },
  companions: kustomizationsFor,
  extract(piece, file, part = 'document') {
    const uses = new ImageUses();
    const { root } = piece;
    if (!root || part === 'frame') return yamlFacts('kubernetes', piece, {});
    const found = findContainers(root);
    const around = {
      overrides: overridesFor(file),
      isPatch: isPatch(file),
      variables: file.variables ?? noVariables,
    };
    const workloads = readWorkloads(found, around, uses);
    return yamlFacts('kubernetes', piece, {
      images: uses.all,
      workloads,
      scripts: found.containers.flatMap(readScripts),
      configurations: found.configurations.map((object) => readConfiguration(object, file.name)),
      rollouts: found.objects.flatMap(readRollout),
      followers: followersOf(found.objects),
      barePods: around.isPatch ? [] : found.objects.flatMap((object) => readBarePod(object, file.path)),
      deploys: 'it is for a cluster',
      outline: { ...noFacts.outline, consumes: readConsumed(found) },
    });
  },
};

const mayHoldObject = (text: string): boolean => mayHold(text, 'apiVersion') && mayHold(text, 'kind');

/** What of an object is looked at. */
const contents = /mage|ontainers|revisionHistoryLimit|ConfigMap|Secret/;

/** No object, or one that is never looked at. */
function isNoneOfOurs(entries: ReadonlyMap<string, string | null>): boolean {
  const apiVersion = entries.get('apiVersion');
  const kind = entries.get('kind');
  if (apiVersion === undefined || kind === undefined) return true;
  return apiVersion !== null && kind !== null && isInert(apiVersion, kind);
}

/** Whether no program can take the object for one of another kind. */
const isToldOnce = (root: YamlValue): boolean =>
  !hasOddLines(root.tree.text) && root.repeatedKeys().length === 0 && !root.hasMergeKey;
