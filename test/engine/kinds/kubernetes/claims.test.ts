import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kubernetes } from '../../../../server/src/engine/kinds/kubernetes/index.ts';
import { YamlPiece } from '../../../../server/src/engine/yaml/parse.ts';
import { fileOf, kindOf } from '../../yaml/read.ts';

const spec = 'spec:\n  containers:\n  - {name: a, image: b}\n';

describe('a manifest is known by what stands in it', () => {
  const manifests: Readonly<Record<string, string>> = {
    plainly: `apiVersion: v1\nkind: Pod\n${spec}`,
    'keys in another order': `${spec}kind: "Pod" # c\n'apiVersion': v1\n`,
    'a kind nobody knows': `apiVersion: example.com/v1\nkind: Thing\n${spec}`,
    'CRLF and a byte order mark': `\uFEFFapiVersion: v1\r\nkind: Pod\r\n${spec}`,
    indentation: `  apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: b}]}\n`,
    brackets: '--- {apiVersion: v1, kind: Pod, spec: {containers: [{image: b}]}}',
    'a Knative Service': `apiVersion: serving.knative.dev/v1\nkind: Service\n${spec}`,
    'a build of OpenShift':
      'apiVersion: build.openshift.io/v1\nkind: BuildConfig\nspec: {strategy: {dockerStrategy: {from: {kind: DockerImage, name: a}}}}\n',
    'an image stream':
      'apiVersion: image.openshift.io/v1\nkind: ImageStream\nspec: {tags: [{from: {kind: DockerImage, name: a}}]}\n',
    'a ConfigMap': 'apiVersion: v1\nkind: ConfigMap\ndata:\n  x: y\n',
    'a Secret in brackets': '{apiVersion: v1, kind: Secret, stringData: {x: y}}',
    'a patch of the history alone':
      'apiVersion: apps/v1\nkind: Deployment\nspec: {revisionHistoryLimit: 0}\n',
    'a List':
      'apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Pod, spec: {containers: [{image: b}]}}]\n',
  };
  for (const [name, text] of Object.entries(manifests)) {
    test(name, () => assert.equal(kindOf('/shop/web.yaml', text)?.id, 'kubernetes'));
  }

  test('in JSON', () => {
    const text =
      '{\n\t"apiVersion": "v1",\n\t"kind": "Pod",\n\t"spec": {"containers": [{"image": "b"}]}\n}\n';
    assert.equal(kindOf('/shop/web.json', text)?.id, 'kubernetes');
    assert.equal(kindOf('untitled:1', text, 'json')?.id, 'kubernetes');
    assert.equal(kindOf('untitled:1', text), null);
  });

  const others: Readonly<Record<string, string>> = {
    'no kind': `apiVersion: v1\n${spec}`,
    'no version': `kind: Pod\n${spec}`,
    'a kind further in': `apiVersion: v1\nmetadata:\n  kind: Pod\n${spec}`,
    'no image': 'apiVersion: v1\nkind: Pod\nspec: {}\n',
    'a ConfigMap of another group': 'apiVersion: example.com/v1\nkind: Settings\ndata: {x: y}\n',
    'a Service': 'apiVersion: v1\nkind: Service\nmetadata: {name: images}\n',
    'a schema': 'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {image: a}\n',
    'a schema in JSON':
      '{"kind": "CustomResourceDefinition", "apiVersion": "apiextensions.k8s.io/v1", "spec": {"image": 1}}',
    'access rules':
      'kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nrules: [{resources: [images]}]\n',
    'a Kyverno policy': `apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nspec: {containers: [{image: "!*:latest"}]}\n`,
    'a chart': 'apiVersion: v2\nname: web\nannotations: {images: "kind: x"}\n',
    nothing: '# apiVersion: v1, kind: Pod, image: a\n',
  };
  for (const [name, text] of Object.entries(others)) {
    test(`${name} is none`, () => assert.equal(kindOf('/shop/web.yaml', text), null));
  }

  test('and what cannot hold an image is told without parsing it', () => {
    const piece = new YamlPiece(
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nimage: {{{\n',
    );
    let parsed = false;
    Object.defineProperty(piece, 'root', {
      get() {
        parsed = true;
        return null;
      },
    });
    assert.equal(kubernetes.claimsPiece(piece, fileOf('/crd.yaml', piece.text)), false);
    assert.equal(parsed, false);
  });
});
