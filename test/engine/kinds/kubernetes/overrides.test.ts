// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  analyze,
  applyEdits,
  companionsOf,
  isRefusal,
  pinEdits,
} from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';

const pod = (image: string, list = 'containers'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  ${list}:\n    - name: web\n      image: ${image}\n      imagePullPolicy: IfNotPresent\n`;

/** The manifest beside a kustomization that lists it and has these `images`. */
const beside = (text: string, entries: string, resources = 'web.yaml') =>
  analyze({
    path: '/shop/base/web.yaml',
    text,
    companions: new Map([
      ['kustomization.yaml', `resources: [${resources}]\nimages: [${entries}]\n`],
      ['.env', 'images: [{name: nginx, newTag: no}]\n'],
    ]),
  });

const rulesOn = ({ findings }: ReturnType<typeof analyze>): readonly string[] =>
  findings.map(({ rule }) => rule).filter((rule) => /image|tag|latest|pull/.test(rule));

describe('an entry that decides the version takes the place of the manifest', () => {
  const table: readonly (readonly [image: string, entry: string])[] = [
    ['nginx', '{name: nginx, newTag: 1.27.3}'],
    ['nginx:latest', '{name: nginx, newTag: latest}'],
    ['"nginx:1.27.3"', `{name: nginx, digest: "${digest}"}`],
    [`nginx@${digest}`, '{name: nginx, newTag: 1.27.3}'],
    ['reg:5000/app', '{name: "reg:5000/app", newName: x, newTag: v1.0.0}'],
    [
      'controller:latest',
      '{name: other, newTag: no}, {name: controller, newName: x}, {name: x, newTag: v1.0.0}',
    ],
    ['nginx:1', '{name: nginx, tagSuffix: -alpine}'],
    ['SHOP_IMAGE', '{name: SHOP_IMAGE, newName: shop, newTag: v1.0.0}'],
  ];
  for (const [image, entry] of table) {
    test(`${image} and ${entry}`, () => {
      const text = pod(image);
      assert.notEqual(beside(text, '{name: none, newTag: x}').images[0]?.mutability, 'none');
      const analysis = beside(text, entry);
      const [use] = analysis.images;
      assert.equal(use?.mutability, 'none');
      assert.equal(use?.resolved, image.replaceAll('"', ''));
      assert.deepEqual(rulesOn(analysis), []);
      const edits = use?.site.replace('x');
      assert.match(edits && isRefusal(edits) ? edits.refused : '', /under `images` in a kustomization/);
    });
  }
});

describe('an entry that only gives another name keeps the version of the manifest', () => {
  const table: readonly (readonly [image: string, resolved: string, mutability: string, pinned: string])[] = [
    ['redis:8.2.2', 'quay.io/x/cache:8.2.2', 'tag', `redis:8.2.2@${digest}`],
    ['"redis"', 'quay.io/x/cache', 'implicit', `"redis:latest@${digest}"`],
    ['redis:8 # c', 'quay.io/x/cache:8', 'floating', `redis:8@${digest} # c`],
  ];
  for (const [image, resolved, mutability, pinned] of table) {
    test(image, () => {
      const text = pod(image);
      const entry = '{name: redis, newName: quay.io/x/cache}';
      const [use] = beside(text, entry).images;
      assert.ok(use);
      assert.deepEqual([use.resolved, use.mutability], [resolved, mutability]);
      const edits = pinEdits(use, digest);
      assert.ok(!isRefusal(edits));
      const after = applyEdits(text, edits);
      assert.equal(after, pod(pinned));
      const again = beside(pod(pinned), entry);
      assert.deepEqual(
        again.images.map((one) => one.mutability),
        ['digest'],
      );
      assert.deepEqual(rulesOn(again), []);
    });
  }

  test('a name that somebody has yet to fill in is unknown', () => {
    for (const name of ['"${REGISTRY}/cache"', 'NOT_YET/cache']) {
      const { images } = beside(pod('redis:8'), `{name: redis, newName: ${name}}`);
      assert.equal(images[0]?.reading.state, 'unknown');
    }
  });
});

describe('the manifest counts', () => {
  const table: readonly (readonly [name: string, text: string, entries: string, resources?: string])[] = [
    ['for a kustomization that does not list it', pod('nginx'), '{name: nginx, newTag: 1.2.3}', 'other.yaml'],
    ['for an entry about another image', pod('nginx'), '{name: docker.io/library/nginx, newTag: 1.2.3}'],
    ['for a name that only begins alike', pod('nginx-extra'), '{name: nginx, newTag: 1.2.3}'],
    ['for an entry that changes nothing', pod('nginx'), '{name: nginx}'],
    [
      'for lists that kustomize leaves alone',
      pod('nginx', 'ephemeralContainers'),
      '{name: nginx, newTag: 1.2.3}',
    ],
  ];
  for (const [name, text, entries, resources] of table) {
    test(name, () => {
      const analysis = beside(text, entries, resources);
      assert.deepEqual(
        analysis.images.map(({ mutability }) => mutability),
        ['implicit'],
      );
      assert.ok(rulesOn(analysis).includes('implicit-latest'));
    });
  }

  test('where a parameter stands in the image', () => {
    const [use] = beside(pod('nginx:${TAG}'), '{name: nginx, newTag: 1.2.3}').images;
    assert.deepEqual([use?.resolved, use?.mutability], ['nginx:${TAG}', 'unknown']);
  });

  test('again, when the kustomization is gone', () => {
    const before = beside(pod('nginx'), '{name: nginx, newTag: 1.2.3}');
    const after = analyze({ path: before.input.path, text: before.input.text }, before.settings, before);
    assert.deepEqual(
      after.images.map(({ mutability }) => mutability),
      ['implicit'],
    );
  });
});

describe('kustomizations are asked for', () => {
  const asks = (path: string, text: string, languageId?: string): boolean =>
    companionsOf({ path, text, ...(languageId && { languageId }) }).some((name) =>
      /kustomization/.test(name),
    );

  test('by manifests with containers', () => {
    assert.ok(asks('/shop/web.yaml', pod('nginx')));
    assert.ok(asks('/shop/web.yml', pod('nginx', 'initContainers')));
    assert.ok(asks('/shop/web', pod('nginx'), 'yaml'));
  });

  test('and by no other file', () => {
    assert.ok(!asks('/shop/kustomization.yaml', pod('nginx')));
    assert.ok(!asks('/shop/web.json', '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": []}}'));
    assert.ok(!asks('/shop/web.yaml', 'apiVersion: v1\nkind: ConfigMap\ndata: {image: a}\n'));
    assert.ok(!asks('/shop/compose.yaml', 'services: {web: {image: a}}\n'));
  });
});
