// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';
import { exercise, pinAll, saved, withDigests } from '../analyzed.ts';

const path = '/shop/build.yaml';

/** `base a:1.2.3 tag BuildConfig/shop/strategy.dockerStrategy.from` */
const told = (text: string): readonly string[] =>
  analyze({ path, text }).images.map((use) => [use.role, use.resolved, use.mutability, use.path].join(' '));

const object = (kind: string, spec: string, apiVersion: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: shop}\nspec: ${spec}\n`;
const build = (spec: string): string => object('BuildConfig', spec, 'build.openshift.io/v1');
const stream = (spec: string): string => object('ImageStream', spec, 'image.openshift.io/v1');
const config = (spec: string): string => object('DeploymentConfig', spec, 'apps.openshift.io/v1');

describe('OpenShift objects name images', () => {
  const image = '{kind: DockerImage, name: "a:1.2.3"}';
  const table: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    ...['dockerStrategy', 'sourceStrategy', 'customStrategy'].map(
      (key) =>
        [
          `in a ${key}`,
          build(`{strategy: {${key}: {from: ${image}}}}`),
          [`base a:1.2.3 tag BuildConfig/shop/strategy.${key}.from`],
        ] as const,
    ),
    [
      'in the sources of a build',
      build(`{source: {images: [{from: ${image}}, {from: {kind: DockerImage, name: b}}]}}`),
      [
        'base a:1.2.3 tag BuildConfig/shop/source.images.0.from',
        'base b implicit BuildConfig/shop/source.images.1.from',
      ],
    ],
    [
      'in a Build',
      object('Build', `{strategy: {dockerStrategy: {from: ${image}}}}`, 'build.openshift.io/v1'),
      ['base a:1.2.3 tag Build/shop/strategy.dockerStrategy.from'],
    ],
    [
      'in an object from before there were groups',
      object('BuildConfig', `{strategy: {dockerStrategy: {from: ${image}}}}`, 'v1'),
      ['base a:1.2.3 tag BuildConfig/shop/strategy.dockerStrategy.from'],
    ],
    [
      'as the output of a build',
      build(`{output: {to: {kind: DockerImage, name: "reg:5000/app"}}}`),
      ['build-output reg:5000/app none BuildConfig/shop/output.to'],
    ],
    [
      'in the tags of an image stream',
      stream(
        `{tags: [{name: latest, from: {kind: DockerImage, name: "quay.io/a/b"}, importPolicy: {scheduled: true}}, {name: "2", from: {kind: DockerImage, name: "c@${digest}"}}]}`,
      ),
      [
        'workload quay.io/a/b implicit ImageStream/shop/tags.latest.from',
        `workload c@${digest} digest ImageStream/shop/tags.2.from`,
      ],
    ],
    [
      'in a Template',
      `kind: Template\napiVersion: template.openshift.io/v1\nmetadata: {name: t}\nparameters: [{name: BASE, value: "a:1"}, {name: TAG, value: "2.0.0"}, {name: NONE}]\nobjects:\n${[
        'BASE',
        'x:${TAG}',
        'y:${NONE}',
      ]
        .map(
          (name) =>
            `- {apiVersion: build.openshift.io/v1, kind: BuildConfig, metadata: {name: b}, spec: {strategy: {dockerStrategy: {from: {kind: DockerImage, name: "${name === 'BASE' ? '${BASE}' : name}"}}}}}\n`,
        )
        .join('')}`,
      [
        'base a:1 floating Template/t/parameters/BASE',
        'base x:2.0.0 tag BuildConfig/b/strategy.dockerStrategy.from',
        'base y:${NONE} unknown BuildConfig/b/strategy.dockerStrategy.from',
      ],
    ],
  ];
  for (const [name, text, expected] of table) test(name, () => assert.deepEqual(told(text), expected));
});

describe('what only the cluster can turn into an image is not looked up', () => {
  const table: readonly (readonly [name: string, text: string, expected: string, refusal: RegExp])[] = [
    [
      'a tag of an image stream',
      build(
        '{strategy: {sourceStrategy: {from: {kind: ImageStreamTag, name: "java:latest", namespace: x}}}}',
      ),
      'base java:latest unknown BuildConfig/shop/strategy.sourceStrategy.from',
      /tag of an image stream/,
    ],
    [
      'a tag of the same stream',
      stream('{tags: [{name: latest, from: {kind: ImageStreamTag, name: "2"}}]}'),
      'workload 2 unknown ImageStream/shop/tags.latest.from',
      /tag of an image stream/,
    ],
    [
      'an image of a stream, which its digest pins',
      build(`{strategy: {dockerStrategy: {from: {kind: ImageStreamImage, name: "java@${digest}"}}}}`),
      `base java@${digest} digest BuildConfig/shop/strategy.dockerStrategy.from`,
      /by its digest/,
    ],
    [
      'a kind that nobody knows',
      build('{strategy: {dockerStrategy: {from: {kind: ImageThing, name: "a:1"}}}}'),
      'base a:1 unknown BuildConfig/shop/strategy.dockerStrategy.from',
      /tag of an image stream/,
    ],
    [
      'a trigger',
      config(
        '{triggers: [{type: ConfigChange}, {type: ImageChange, imageChangeParams: {from: {kind: ImageStreamTag, name: "a:latest"}}}]}',
      ),
      'workload a:latest unknown DeploymentConfig/shop/triggers.1.imageChangeParams.from',
      /tag of an image stream/,
    ],
    [
      'a whole repository',
      stream('{dockerImageRepository: quay.io/a/b}'),
      'workload quay.io/a/b unknown ImageStream/shop/dockerImageRepository',
      /every tag/,
    ],
  ];
  for (const [name, text, expected, refusal] of table) {
    test(name, () => {
      const { findings, images } = analyze({ path, text });
      assert.deepEqual(told(text), [expected]);
      assert.deepEqual(findings, []);
      assert.equal(images[0]?.reading.state, 'unknown');
      const edits = images[0]?.site.replace('x');
      assert.match(edits && 'refused' in edits ? edits.refused : '', refusal);
    });
  }
});

describe('nothing is taken from', () => {
  const from = '{strategy: {dockerStrategy: {from: {kind: DockerImage, name: "a:1"}}}}';
  const table: Readonly<Record<string, string>> = {
    'a BuildConfig of somebody else': object('BuildConfig', from, 'example.com/v1'),
    'a build of Shipwright': object(
      'Build',
      '{strategy: {name: buildah}, output: {image: "a:1"}}',
      'shipwright.io/v1',
    ),
    'the output to an image stream': build('{output: {to: {kind: ImageStreamTag, name: "a:1"}}}'),
    'the status of an image stream': `${stream('{}')}status: {dockerImageRepository: a, tags: [{items: [{dockerImageReference: b}]}]}\n`,
    'names that are missing': build(
      '{strategy: {dockerStrategy: {from: {kind: DockerImage}}, sourceStrategy: {from: }}, source: {images: [{from: {kind: DockerImage, name: }}, a, ]}}',
    ),
  };
  for (const [name, text] of Object.entries(table)) test(name, () => assert.deepEqual(told(text), []));
});

const sample = `apiVersion: build.openshift.io/v1
kind: BuildConfig
metadata:
  name: shop
spec:
  strategy:
    dockerStrategy:
      from:
        kind: DockerImage
        name: 'registry.example.com/base:1.2.3@@' # the base
  source:
    images:
      - from: {kind: DockerImage, name: reg:5000/tools:latest@@}
      - from: {kind: ImageStreamTag, name: tools:latest}
---
apiVersion: image.openshift.io/v1
kind: ImageStream
metadata:
  name: shop
spec:
  tags:
    - name: latest
      from:
        kind: DockerImage
        name: "registry.example.com/shop:2@@"
`;

describe('images of OpenShift objects are pinned where they stand', () => {
  const before = sample.replaceAll('@@', '');
  for (const save of saved) {
    test(JSON.stringify(save('\n')), () => {
      const { refused, text } = pinAll(path, save(before));
      assert.equal(text, save(withDigests(sample)));
      assert.equal(refused.length, 1);
    });
  }

  test('and a half-written file does no harm', () => {
    for (let end = 0; end <= before.length; end++) exercise(path, before.slice(0, end));
  });
});
