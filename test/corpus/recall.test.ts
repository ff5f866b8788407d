import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { invoke } from '../cli/support.ts';
import { longName, type Sighting, walkCorpus } from './independent-walk.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const corpus = resolve(process.env.HOLDFAST_CORPUS ?? join(here, '../../../shared/corpus'));

/** Something that only one of the two found. */
interface Difference {
  /** Relative to the corpus; in an explanation, how such a path ends. */
  readonly file: string;
  readonly reference: string;
  readonly foundBy: 'engine' | 'walk';
}

/** A difference that is no mistake of the engine, and why. One explanation may stand for several in its file. */
interface Explained extends Difference {
  readonly why: string;
}

const explained: readonly Explained[] = [
  {
    file: 'kustomize/examples/transformerconfigs/images/resources.yaml',
    reference: 'crd-image',
    foundBy: 'walk',
    why: 'The key `container` holds a single container in Argo Workflows, where the engine reads it; in a made-up kind, as here, it may mean anything.',
  },
  {
    file: 'argo-cd/manifests/base/redis/argocd-redis-deployment.yaml',
    reference: 'redis:8.10.1-alpine',
    foundBy: 'engine',
    why: 'The kustomization beside the manifest renames this image: the engine reports the registry it is pulled from, the walk the name that is written.',
  },
  {
    file: 'argo-cd/manifests/base/redis/argocd-redis-deployment.yaml',
    reference: 'redis:8.10.1-alpine',
    foundBy: 'walk',
    why: 'The kustomization beside the manifest renames this image: the engine reports the registry it is pulled from, the walk the name that is written.',
  },
  {
    file: 'home-ops/kubernetes/apps/network/envoy-gateway/app/envoy.yaml',
    reference: 'mirror.gcr.io/envoyproxy/envoy:v1.39.0',
    foundBy: 'walk',
    why: 'The engine does not know the custom resource EnvoyProxy, and `container` may mean anything in a kind that it does not know.',
  },
];

/** An entry of `images` in the JSON report, as far as it is compared. */
interface Reported {
  readonly file: string;
  readonly raw: string;
  readonly role: string;
  readonly registry: string | null;
  readonly repository: string | null;
  readonly tag: string | null;
  readonly digest: string | null;
}

interface Report {
  readonly images: readonly Reported[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** The project builds and passes without a corpus: then there is nothing to compare, and no test is registered. */
if (existsSync(corpus)) {
  test('the engine finds what an independent walk of the corpus finds', async (t) => {
    const { err, out, status } = await invoke(corpus, [
      'audit',
      '.',
      '--format',
      'json',
      '--fail-on',
      'never',
    ]);
    assert.equal(status, 0, err);
    const report: Report = JSON.parse(out);
    const walk = walkCorpus(corpus);

    await t.test('the same references', (subtest) => {
      const { both, onlyEngine, onlyWalk } = compare(report.images, walk.sightings);
      const recall = both / (both + onlyWalk.length);
      const precision = both / (both + onlyEngine.length);
      subtest.diagnostic(
        `found by both ${both}, only by the engine ${onlyEngine.length}, only by the walk ${onlyWalk.length}; ` +
          `recall ${percent(recall)}, precision ${percent(precision)}`,
      );
      const differences: readonly Difference[] = [
        ...onlyEngine.map(({ file, raw }) => ({ file, reference: raw, foundBy: 'engine' }) as const),
        ...onlyWalk.map(({ file, texts }) => ({ file, reference: texts[0], foundBy: 'walk' }) as const),
      ];
      const isAbout =
        ({ file, foundBy, reference }: Difference) =>
        (one: Difference): boolean =>
          one.file.endsWith(file) && one.reference === reference && one.foundBy === foundBy;
      assert.deepEqual(
        differences.filter((one) => !explained.some((entry) => isAbout(entry)(one))),
        [],
        'every difference is explained',
      );
      assert.deepEqual(
        explained.filter((entry) => !differences.some(isAbout(entry))),
        [],
        'every explanation is still needed',
      );
      assert.ok(recall > 0.99, `recall is ${percent(recall)}`);
      assert.ok(precision > 0.99, `precision is ${percent(precision)}`);
    });

    await t.test('the same templates', (subtest) => {
      const skipped = [
        ...new Set(
          report.skipped
            .filter(({ reason }) => !reason.startsWith('the commands of'))
            .map(({ file }) => file),
        ),
      ].sort();
      subtest.diagnostic(`skipped by the engine ${skipped.length}, by the walk ${walk.templates.length}`);
      assert.deepEqual(skipped, [...walk.templates].sort());
    });
  });
}

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** Pairs what was reported with what was sighted in the same file, each once. */
function compare(reported: readonly Reported[], sighted: readonly Sighting[]) {
  const left = new Map<string, Sighting[]>();
  for (const sighting of sighted) left.set(sighting.file, [...(left.get(sighting.file) ?? []), sighting]);
  const onlyEngine = reported.filter((image) => {
    const candidates = left.get(image.file) ?? [];
    const at = candidates.findIndex((sighting) => isSame(image, sighting));
    return at < 0 || candidates.splice(at, 1).length === 0;
  });
  return { both: reported.length - onlyEngine.length, onlyEngine, onlyWalk: [...left.values()].flat() };
}

/** The same text, and, where the walk knows them, the same role and the same image. */
function isSame(image: Reported, { role, texts, whole }: Sighting): boolean {
  if (!texts.includes(image.raw) || (role !== null && image.role !== role)) return false;
  if (whole === null) return true;
  const { digest, registry, repository, tag } = image;
  return (
    longName(whole) ===
    `${registry}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
  );
}
