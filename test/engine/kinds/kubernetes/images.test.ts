// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apply, digest, imagesIn, readKubernetes, refusalOf } from '../../yaml/read.ts';

const pathsIn = (text: string): readonly string[] =>
  readKubernetes(text).images.map(({ path, resolved }) => `${path} ${resolved}`);

const containers = '{containers: [{name: api, image: a:1.2.3}]}';

const object = (kind: string, spec: string, apiVersion = 'apps/v1'): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web, namespace: shop}\n${spec}\n`;

describe('containers stand', () => {
  const template = `spec: {template: {spec: ${containers}}}`;
  const places: readonly (readonly [kind: string, spec: string])[] = [
    ['Pod', `spec: ${containers}`],
    ['PodTemplate', `template: {spec: ${containers}}`],
    ['Deployment', template],
    ['StatefulSet', template],
    ['DaemonSet', template],
    ['ReplicaSet', template],
    ['ReplicationController', template],
    ['Job', template],
    ['DeploymentConfig', template],
    ['Rollout', template],
    ['CronJob', `spec: {jobTemplate: {spec: {template: {spec: ${containers}}}}}`],
  ];
  for (const [kind, spec] of places) {
    test(`in a ${kind}`, () => {
      assert.deepEqual(pathsIn(object(kind, spec)), [`${kind}/shop/web/containers/api/image a:1.2.3`]);
    });
  }

  const shapes: readonly (readonly [name: string, text: string, paths: readonly string[]])[] = [
    [
      'in all lists of a pod',
      object(
        'Pod',
        'spec: {initContainers: [{name: i, image: b}], containers: [{name: c, image: c}], ephemeralContainers: [{name: e, image: d}]}',
      ),
      [
        'Pod/shop/web/initContainers/i/image b',
        'Pod/shop/web/containers/c/image c',
        'Pod/shop/web/ephemeralContainers/e/image d',
      ],
    ],
    [
      'in a custom resource, wherever a pod is',
      object(
        'RayCluster',
        `spec: {head: {template: {spec: ${containers}}}, workers: [{name: big, template: {spec: ${containers}}}]}`,
        'ray.io/v1',
      ),
      [
        'RayCluster/shop/web/spec.head.template.spec/containers/api/image a:1.2.3',
        'RayCluster/shop/web/spec.workers.big.template.spec/containers/api/image a:1.2.3',
      ],
    ],
    [
      'in a List',
      `kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata: {name: a}\n  spec: ${containers}\n- kind: ConfigMap\n  apiVersion: v1\n  data: {containers: [{image: no}]}\n`,
      ['Pod/a/containers/api/image a:1.2.3'],
    ],
    [
      'in a PodList',
      `kind: PodList\napiVersion: v1\nitems: [{metadata: {name: a}, spec: ${containers}}]\n`,
      ['a/spec/containers/api/image a:1.2.3'],
    ],
    [
      'in an object in an object',
      object(
        'Composition',
        `spec: {resources: [{base: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: ${containers}}}]}`,
        'x.io/v1',
      ),
      ['Pod/p/containers/api/image a:1.2.3'],
    ],
    [
      'without a name',
      'apiVersion: v1\nkind: Pod\nmetadata: {generateName: p-}\nspec: {containers: [{image: a}, {image: b}]}\n',
      ['Pod/p-/containers/0/image a', 'Pod/p-/containers/1/image b'],
    ],
    [
      'beside volumes of images',
      object(
        'Pod',
        'spec: {containers: [{name: a, image: b}], volumes: [{name: v, image: {reference: "quay.io/x:1.2.3"}}]}',
      ),
      ['Pod/shop/web/containers/a/image b', 'Pod/shop/web/volumes/v/image/reference quay.io/x:1.2.3'],
    ],
    [
      'in a Knative Service',
      object('Service', 'spec: {template: {spec: {containers: [{image: a}]}}}', 'serving.knative.dev/v1'),
      ['Service/shop/web/spec.template.spec/containers/0/image a'],
    ],
    [
      'in an Argo workflow',
      object(
        'Workflow',
        'spec: {templates: [{name: t, container: {image: a}, sidecars: [{name: s, image: b}]}, {name: u, script: {image: c}}]}',
        'argoproj.io/v1alpha1',
      ),
      [
        'Workflow/shop/web/spec.templates.t/container/image a',
        'Workflow/shop/web/spec.templates.t/sidecars/s/image b',
        'Workflow/shop/web/spec.templates.u/script/image c',
      ],
    ],
    [
      'in the resources of Prometheus',
      object(
        'Prometheus',
        'spec: {image: "quay.io/p:v3.1.0", containers: [{name: x, image: y}]}',
        'monitoring.coreos.com/v1',
      ),
      ['Prometheus/shop/web/spec.image quay.io/p:v3.1.0', 'Prometheus/shop/web/spec/containers/x/image y'],
    ],
  ];
  for (const [name, text, paths] of shapes) test(name, () => assert.deepEqual(pathsIn(text), paths));
});

describe('no references are', () => {
  const rows: readonly (readonly [name: string, text: string])[] = [
    [
      'annotations',
      `metadata: {annotations: {image: a}, containers: [{image: b}]}\nspec: {}\napiVersion: v1\nkind: Pod\n`,
    ],
    [
      'status',
      `apiVersion: v1\nkind: Pod\nspec: {}\nstatus: {containers: [{image: a}], containerStatuses: [{image: b}]}\n`,
    ],
    [
      'block text and comments',
      `apiVersion: v1\nkind: Pod\n# image: a\nspec: {}\nx: |\n  containers:\n  - image: b\n`,
    ],
    [
      'schemas',
      `apiVersion: x.io/v1\nkind: Definition\nspec: {openAPIV3Schema: {containers: [{image: a}]}}\n`,
    ],
    [
      'volumes of Ceph',
      `apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a}], volumes: [{rbd: {image: foo}}]}\n`,
    ],
    ['lists of names', `apiVersion: x.io/v1\nkind: Thing\nspec: {containers: [a, b], image: c}\n`],
    [
      'blanks that the cluster fills',
      `apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: " "}, {name: b, image: }]}\n`,
    ],
  ];
  for (const [name, text] of rows) test(name, () => assert.deepEqual(pathsIn(text), []));
});

describe('values', () => {
  const pod = (image: string): string =>
    `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: ${image}\n`;

  const plain: readonly (readonly [image: string, expected: string])[] = [
    ['nginx:1.27.3 # c', 'workload nginx:1.27.3 tag'],
    ['"reg:5000/app"', 'workload reg:5000/app implicit'],
    ["'nginx:latest'", 'workload nginx:latest floating'],
    [`a@${digest}`, `workload a@${digest} digest`],
    ['1.10', 'workload 1.10 implicit'],
    ['""', 'workload  unknown'],
    ['>-\n      nginx:1.27.3', 'workload nginx:1.27.3 tag'],
  ];
  for (const [image, expected] of plain) {
    test(image, () => assert.deepEqual(imagesIn(readKubernetes(pod(image))), [expected]));
  }

  const holes: readonly (readonly [image: string, holes: readonly string[]])[] = [
    ['nginx:$(params.tag)', ['$(params.tag)']],
    ['${REG}/app:${TAG}', ['${REG}', '${TAG}']],
    ['$IMAGE', ['$IMAGE']],
    ['"{{ image }}"', ['{{ image }}']],
    ['app:{{tag}}', ['{{tag}}']],
    ['reg/app:#{Build.Id}#', ['#{Build.Id}#']],
    ['ko://example.com/cmd/app', ['ko://example.com/cmd/app']],
  ];
  for (const [image, expected] of holes) {
    test(`${image} is unknown`, () => {
      const [use] = readKubernetes(pod(image)).images;
      assert.deepEqual(use?.reading, { state: 'unknown', holes: expected });
      assert.match(refusalOf(use?.site.replace('x') ?? []), /decides this value|ko builds/);
    });
  }
});

describe('an anchored image', () => {
  test('is one with several owners', () => {
    const text = object(
      'Pod',
      'spec:\n  initContainers:\n  - &a {name: i, image: &i "x:1.2.3"}\n  containers:\n  - {<<: *a, name: c}\n  - {name: d, image: *i }',
    );
    const { images } = readKubernetes(text);
    assert.deepEqual(
      images.map(({ owners, path }) => [path, ...owners]),
      [['Pod/shop/web/initContainers/i/image', 'init container i', 'container c', 'container d']],
    );
    const [use] = images;
    assert.deepEqual(
      use?.site.seenFrom.map(({ end, start }) => text.slice(start, end)),
      ['*a', '*i'],
    );
    assert.equal(
      apply(text, use?.site.replace(`x:1.2.3@${digest}`) ?? []),
      text.replace('x:1.2.3', `x:1.2.3@${digest}`),
    );
  });
});

describe('Tekton', () => {
  const table: readonly (readonly [name: string, text: string, paths: readonly string[]])[] = [
    [
      'tasks',
      object(
        'Task',
        'spec: {steps: [{name: s, image: a}, {image: b}], sidecars: [{name: c, image: c}], stepTemplate: {image: d}}',
        'tekton.dev/v1',
      ),
      [
        'Task/shop/web/spec/steps/s/image a',
        'Task/shop/web/spec/steps/1/image b',
        'Task/shop/web/spec/sidecars/c/image c',
        'Task/shop/web/spec/stepTemplate/image d',
      ],
    ],
    [
      'step actions',
      object('StepAction', 'spec: {image: a}', 'tekton.dev/v1'),
      ['StepAction/shop/web/image a'],
    ],
    [
      'tasks in pipelines',
      object(
        'PipelineRun',
        'spec: {pipelineSpec: {tasks: [{name: t, taskSpec: {steps: [{image: a}]}}], finally: [{name: f, taskSpec: {steps: [{image: b}]}}]}}',
        'tekton.dev/v1',
      ),
      [
        'PipelineRun/shop/web/spec.pipelineSpec.tasks.t.taskSpec/steps/0/image a',
        'PipelineRun/shop/web/spec.pipelineSpec.finally.f.taskSpec/steps/0/image b',
      ],
    ],
    [
      'defaults of parameters',
      object(
        'Task',
        'spec: {params: [{name: img, default: "x:1.2.3"}, {name: tag, default: v1.0.0}, {name: none}], steps: [{image: $(params.img)}, {image: "$(params[\'img\'])"}, {image: "y:$(inputs.params.tag)"}, {image: $(params.none)}]}',
        'tekton.dev/v1',
      ),
      [
        'Task/shop/web/spec/params/img x:1.2.3',
        'Task/shop/web/spec/steps/2/image y:v1.0.0',
        'Task/shop/web/spec/steps/3/image $(params.none)',
      ],
    ],
    [
      'values that are given win',
      object(
        'PipelineRun',
        'spec: {params: [{name: img, value: given}], pipelineSpec: {params: [{name: img, default: no}], tasks: [{name: t, params: [{name: own, value: $(params.img)}], taskSpec: {params: [{name: own, default: no}], steps: [{image: $(params.img)}, {image: $(params.own)}]}}]}}',
        'tekton.dev/v1',
      ),
      [
        'PipelineRun/shop/web/spec/params/img given',
        'PipelineRun/shop/web/spec.pipelineSpec.tasks.t.taskSpec/steps/1/image $(params.img)',
      ],
    ],
  ];
  for (const [name, text, paths] of table) test(name, () => assert.deepEqual(pathsIn(text), paths));

  test('a default that is a whole image is edited where it is written', () => {
    const text = object(
      'Task',
      'spec:\n  params:\n  - {name: img, default: "x:1.2.3"}\n  steps:\n  - {name: a, image: $(params.img)}\n  - {name: b, image: $(params.img)}',
      'tekton.dev/v1',
    );
    const [use, ...others] = readKubernetes(text).images;
    assert.deepEqual(others, []);
    assert.deepEqual(use?.owners, ['step a', 'step b']);
    assert.equal(use?.site.seenFrom.length, 2);
    assert.equal(
      apply(text, use?.site.replace(`x:1.2.3@${digest}`) ?? []),
      text.replace('x:1.2.3', `x:1.2.3@${digest}`),
    );
  });

  test('a default that is a part is not', () => {
    const text = object(
      'Task',
      'spec: {params: [{name: t, default: "1.2.3"}], steps: [{image: "x:$(params.t)"}]}',
      'tekton.dev/v1',
    );
    const [use] = readKubernetes(text).images;
    assert.equal(use?.mutability, 'tag');
    assert.match(refusalOf(use?.site.replace('x') ?? []), /\$\(params\.t\) decides this value/);
  });
});

describe('OpenShift', () => {
  test('parameters of a Template', () => {
    const text = [
      'kind: Template',
      'apiVersion: template.openshift.io/v1',
      'metadata: {name: t}',
      'parameters:',
      '- {name: IMAGE, value: "quay.io/a/b:1.2.3"}',
      '- {name: TAG, value: v2.0.0}',
      '- {name: SECRET, generate: expression}',
      'objects:',
      '- {kind: Pod, apiVersion: v1, metadata: {name: p}, spec: {containers: [{name: a, image: "${IMAGE}"}, {name: b, image: "c:${TAG}"}, {name: d, image: "e:${SECRET}"}]}}',
    ].join('\n');
    assert.deepEqual(pathsIn(text), [
      'Template/t/parameters/IMAGE quay.io/a/b:1.2.3',
      'Pod/p/containers/b/image c:v2.0.0',
      'Pod/p/containers/d/image e:${SECRET}',
    ]);
  });

  test('images that an image stream writes are unknown', () => {
    const config = object(
      'DeploymentConfig',
      `spec: {template: {spec: ${containers}}, triggers: [{type: ImageChange, imageChangeParams: {containerNames: [api], from: {kind: ImageStreamTag, name: "a:latest"}}}]}`,
      'apps.openshift.io/v1',
    );
    const annotated = `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {image.openshift.io/triggers: '[{"from":{"kind":"ImageStreamTag","name":"a:latest"},"fieldPath":"spec.template.spec.containers[?(@.name==\\"api\\")].image"}]'}}\nspec: {template: {spec: ${containers}}}\n`;
    for (const text of [config, annotated]) {
      const [use] = readKubernetes(text).images;
      assert.equal(use?.mutability, 'unknown');
      assert.match(refusalOf(use?.site.replace('x') ?? []), /image stream/);
    }
    assert.deepEqual(imagesIn(readKubernetes(config.replace('[api]', '[other]'))), [
      'workload a:1.2.3 tag',
      'workload a:latest unknown',
    ]);
  });
});

describe('a manifest that cannot be read whole', () => {
  test('gives what there is and says so', () => {
    const facts = readKubernetes(`${object('Pod', `spec: ${containers}`)}  x: "y\n`);
    assert.deepEqual(imagesIn(facts), ['workload a:1.2.3 tag']);
    assert.equal(facts.skipped.length, 1);
    assert.match(facts.skipped[0]?.reason ?? '', /its YAML has an error/);
  });
});
