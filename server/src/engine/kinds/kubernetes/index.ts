import { noFacts } from '../../model/no-facts.ts';
import { noVariables } from '../../model/variables.ts';
import { yamlFacts } from '../../yaml/facts.ts';
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
import { findContainers } from './walk.ts';
import { readWorkloads } from './workloads.ts';

/** Objects of the Kubernetes API, with those of OpenShift and of custom resources. */
export const kubernetes: YamlKind = {
  id: 'kubernetes',
  syntax: 'yaml',
  takesReplacements: true,
  names: /\.(?:ya?ml|json)$/i,
  claims: ({ languageId, name, text }) =>
    (/\.(?:ya?ml|json)$/i.test(name) || languageId === 'yaml' || languageId === 'json') &&
    text.includes('apiVersion') &&
    text.includes('kind'),
  claimsPiece(piece) {
    const { text } = piece;
    if (!text.includes('apiVersion') || !text.includes('kind')) return false;
    const apiVersion = keyAtStart(text, 'apiVersion');
    const kind = keyAtStart(text, 'kind');
    if (apiVersion !== null && kind !== null && isInert(apiVersion, kind)) return false;
    if (!/mage|ontainers|revisionHistoryLimit|ConfigMap|Secret/.test(text)) return false;
    const root = piece.root;
    return (
      root?.textAt('apiVersion') != null &&
      root.textAt('kind') !== null &&
      !isInert(root.textAt('apiVersion') ?? '', root.textAt('kind') ?? '')
    );
  },
  companions: kustomizationsFor,
  extract(piece, file) {
    const uses = new ImageUses();
    if (!piece.root) return yamlFacts('kubernetes', piece, {});
    const found = findContainers(piece.root);
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

/**
 * The value of a key at the start of a line, where only the root's keys stand in block style. Told without parsing: most of
 * a large stream is schemas and access rules. Null where the root is written in another way.
 */
function keyAtStart(text: string, key: string): string | null {
  const match = new RegExp(
    `^["']?${key}["']?[ \\t]*:[ \\t]+["']?([\\w./-]+)["']?[ \\t]*(?:#.*)?\\r?$`,
    'm',
  ).exec(text);
  return match?.[1] ?? null;
}
