import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analyze } from '../../server/src/engine/index.ts';

const object = (apiVersion: string, kind: string, spec: string): string =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\nspec: ${spec}\n`;

const pod = '{template: {spec: {containers: [{name: a, image: ""}]}}}';

const messages = (path: string, text: string): readonly string[] =>
  analyze({ path, text })
    .findings.filter(({ rule }) => rule === 'invalid-image-reference')
    .map(({ message }) => message);

describe('an empty image', () => {
  const told: Readonly<Record<string, readonly [path: string, text: string]>> = {
    'a Compose file': ['/compose.yaml', 'services: {web: {image: ""}}\n'],
    'a Deployment': ['/a.yaml', object('apps/v1', 'Deployment', pod)],
    'a Pod': ['/a.yaml', object('v1', 'Pod', '{containers: [{name: a, image: ""}]}')],
    'a Rollout, which runs it as written': ['/a.yaml', object('argoproj.io/v1alpha1', 'Rollout', pod)],
    'a job of GitLab CI': ['/.gitlab-ci.yml', 'a:\n  image: ""\n  script: [a]\n'],
  };
  for (const [name, [path, text]] of Object.entries(told)) {
    test(`${name} is told of, and nothing is said of pulling`, () => {
      const [message = '', ...more] = messages(path, text);
      assert.deepEqual(more, []);
      assert.match(message, /^There is no image name here/);
      assert.doesNotMatch(message, /pull/);
      assert.ok(message.length <= 90);
    });
  }

  const silent: Readonly<Record<string, readonly [path: string, text: string]>> = {
    Prometheus: ['/a.yaml', object('monitoring.coreos.com/v1', 'Prometheus', '{image: ""}')],
    PrometheusAgent: ['/a.yaml', object('monitoring.coreos.com/v1alpha1', 'PrometheusAgent', '{image: ""}')],
    Alertmanager: ['/a.yaml', object('monitoring.coreos.com/v1', 'Alertmanager', '{image: ""}')],
    ThanosRuler: ['/a.yaml', object('monitoring.coreos.com/v1', 'ThanosRuler', '{image: ""}')],
    'a container of an operand, by its name': [
      '/a.yaml',
      object('monitoring.coreos.com/v1', 'Prometheus', '{containers: [{name: prometheus, image: ""}]}'),
    ],
    'another operator': ['/a.yaml', object('example.com/v1', 'Shop', pod)],
    'a file that is named a patch': ['/web-patch.yaml', object('apps/v1', 'Deployment', pod)],
    'an object within another': [
      '/a.yaml',
      object('apps/v1', 'Deployment', '{}') +
        `---\n${object('apiextensions.crossplane.io/v1', 'Composition', `{resources: [{base: {apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: ${pod}}}]}`)}`,
    ],
  };
  for (const [name, [path, text]] of Object.entries(silent)) {
    test(`${name} is filled in`, () => assert.deepEqual(messages(path, text), []));
  }
});
