// biome-ignore-all lint/suspicious/noTemplateCurlyInString: parameters of templates look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Setting } from '../../../../server/src/engine/model/setting.ts';
import { apply, read, readKubernetes, refusalOf } from '../../yaml/read.ts';

const underlined = (text: string, { underline }: Setting<unknown>): string =>
  text.slice(underline.start, underline.end);

describe('ConfigMaps and Secrets', () => {
  const config = (lines: string, kind = 'ConfigMap'): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: settings\n  namespace: shop\n${lines}`;
  const only = (text: string, path = '/shop/web.yaml') => {
    const [first] = read(path, text).configurations;
    assert.ok(first);
    return first;
  };

  test('what they are called, and what stands in them', () => {
    const text = config('data:\n  LEVEL: info\n  "a.conf": |\n    x = 1\n  URL: ${URL}\n');
    const { key, label, type, variables } = only(text);
    assert.deepEqual([key, label, type], ['ConfigMap/shop/settings', 'ConfigMap settings', 'config']);
    assert.deepEqual(
      variables.map(({ isLiteral, name, value }) => [name.value, value.value, isLiteral]),
      [
        ['LEVEL', 'info', true],
        ['a.conf', 'x = 1\n', true],
        ['URL', '${URL}', false],
      ],
    );
  });

  test('the data of a Secret is decoded where it is text', () => {
    const text = config(
      'data:\n  user: YWRtaW4=\n  umlaut: w7w=\n  key: /////w==\n  zero: AAAA\n  broken: "?"\nstringData:\n  token: YWRtaW4=\n',
      'Secret',
    );
    const { type, variables } = only(text);
    assert.equal(type, 'secret');
    assert.deepEqual(
      variables.map(({ name, value }) => [name.value, value.value]),
      [
        ['user', 'admin'],
        ['umlaut', 'ü'],
        ['token', 'YWRtaW4='],
      ],
    );
    const [user] = variables;
    assert.equal(text.slice(user?.value.span.start, user?.value.span.end), 'YWRtaW4=');
  });

  test('in lists, templates and other objects', () => {
    const item = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {b: c}}';
    const texts = [
      `apiVersion: v1\nkind: List\nitems: [${item}]\n`,
      `apiVersion: v1\nkind: ConfigMapList\nitems: [${item}]\n`,
      `apiVersion: template.openshift.io/v1\nkind: Template\nobjects: [${item}]\n`,
      `apiVersion: example.com/v1\nkind: Thing\nspec: {manifest: ${item}}\n`,
    ];
    for (const text of texts) assert.equal(only(text).key, 'ConfigMap//a', text);
  });

  test('immutable is written beside the other short entries', () => {
    const text = config('data:\n  LEVEL: info\n');
    const { immutable } = only(text);
    assert.deepEqual([immutable.value, underlined(text, immutable)], [false, 'settings']);
    assert.equal(apply(text, immutable.set(true)), config('immutable: true\ndata:\n  LEVEL: info\n'));
    const off = config('immutable: false\ndata: {a: b}\n');
    assert.equal(apply(off, only(off).immutable.set(true)), off.replace('false', 'true'));
  });

  test('what something else writes to is left open, with the reason', () => {
    const open: Readonly<Record<string, string>> = {
      'without content': config(''),
      'certificates of OpenShift': config('data: {a: b}\n').replace(
        '  namespace',
        '  labels: {config.openshift.io/inject-trusted-cabundle: "true"}\n  namespace',
      ),
      'the token of a service account': config(
        'type: kubernetes.io/service-account-token\ndata: {a: YQ==}\n',
        'Secret',
      ),
      'a patch of kustomize': config('data: {a: b}\n').replace(
        '  namespace',
        '  annotations: {kustomize.config.k8s.io/behavior: merge}\n  namespace',
      ),
      'a generated name': config('data: {a: b}\n').replace('name:', 'generateName:'),
      'a name that is filled in': config('data: {a: b}\n').replace('settings', '${NAME}'),
    };
    for (const [name, text] of Object.entries(open)) {
      const { immutable } = only(text);
      assert.deepEqual([immutable.value, immutable.origin], [undefined, 'unknown'], name);
      assert.match(refusalOf(immutable.set(true)), /\.$/, name);
    }
    const patch = only(config('data: {a: b}\n'), '/shop/settings.patch.yaml');
    assert.match(refusalOf(patch.immutable.set(true)), /patch/);
  });
});

describe('rollouts', () => {
  const rollout = (lines: string, kind = 'Deployment') =>
    readKubernetes(
      `apiVersion: apps/v1\nkind: ${kind}\nmetadata: {name: web}\nspec:\n  paused: false # image\n${lines}`,
    ).rollouts[0];

  test('can go back unless the limit is zero', () => {
    assert.equal(rollout('')?.canGoBack.value, true);
    assert.equal(rollout('  revisionHistoryLimit: 1\n')?.canGoBack.value, true);
    assert.equal(rollout('  revisionHistoryLimit: 0\n')?.canGoBack.value, false);
    for (const other of ['"0"', '${LIMIT}', '-1', 'none']) {
      assert.equal(rollout(`  revisionHistoryLimit: ${other}\n`)?.canGoBack.value, undefined, other);
    }
    assert.equal(rollout('  revisionHistoryLimit: 0\n', 'Job'), undefined);
  });

  test('a number stays one', () => {
    const text = 'apiVersion: apps/v1\nkind: Deployment\nspec: {revisionHistoryLimit: 0}\n';
    const [first] = readKubernetes(text).rollouts;
    assert.equal(apply(text, first?.canGoBack.set(true) ?? []), text.replace('0}', '10}'));
    assert.match(refusalOf(first?.canGoBack.set(false) ?? []), /by hand/);
  });

  test('one that is shared is not written', () => {
    const text = 'apiVersion: apps/v1\nkind: Deployment\nx: &n 0\nspec: {revisionHistoryLimit: *n}\n';
    assert.match(refusalOf(readKubernetes(text).rollouts[0]?.canGoBack.set(true) ?? []), /shared/);
  });
});

describe('what replaces images', () => {
  const followers = (text: string) =>
    readKubernetes(text).followers.map(({ automatic, label }) => [label, automatic.value]);

  test('the triggers of a DeploymentConfig, off unless they are on', () => {
    const text = `apiVersion: apps.openshift.io/v1
kind: DeploymentConfig
metadata: {name: web}
spec:
  triggers:
  - {type: ConfigChange}
  - {type: ImageChange, imageChangeParams: {automatic: true, containerNames: [a]}}
  - {type: ImageChange, imageChangeParams: {containerNames: [b]}}
  template: {spec: {containers: [{name: a, image: a}]}}
`;
    const label = 'The image change trigger of DeploymentConfig web';
    assert.deepEqual(followers(text), [
      [label, true],
      [label, false],
    ]);
    const other = text.replace('apps.openshift.io', 'example.com');
    assert.deepEqual(followers(other), []);
  });

  const annotated = (triggers: string): string =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    image.openshift.io/triggers: ${triggers}\n`;

  test('the annotation of OpenShift, with every trigger paused', () => {
    const text = annotated(
      `'[{"from": {"name": "a"}, "fieldPath": "x[?(@.name==\\"}{\\")]"}, {"from": {}}]'`,
    );
    const [first] = readKubernetes(text).followers;
    assert.deepEqual(followers(text), [['The image trigger of Deployment web', true]]);
    assert.equal(
      apply(text, first?.automatic.set(false) ?? []),
      annotated(
        `'[{"paused":true,"from": {"name": "a"}, "fieldPath": "x[?(@.name==\\"}{\\")]"}, {"paused":true,"from": {}}]'`,
      ),
    );
    assert.match(refusalOf(first?.automatic.set(true) ?? []), /by hand/);
    const half = annotated(`'[{"paused":true}, {"from": {}}]'`);
    assert.match(refusalOf(readKubernetes(half).followers[0]?.automatic.set(false) ?? []), /paused/);
    assert.deepEqual(followers(annotated(`'[{"paused":true}, {"paused":"true"}]'`)), [
      ['The image trigger of Deployment web', false],
    ]);
    for (const none of ["'['", "'{}'", "'[]'", '', "'[1]'"]) assert.deepEqual(followers(annotated(none)), []);
  });

  test('policies of Keel that do something', () => {
    const keel = (policy: string): string =>
      `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    keel.sh/policy: ${policy}\nspec: {images: 1}\n`;
    for (const policy of ['all', 'minor', 'force', '"glob:build-*"', '"regexp:^v"']) {
      const text = keel(policy);
      assert.equal(followers(text).length, 1, policy);
      const changed = apply(text, readKubernetes(text).followers[0]?.automatic.set(false) ?? []);
      assert.deepEqual(followers(changed), [], changed);
    }
    for (const policy of ['never', 'none', '${POLICY}'])
      assert.deepEqual(followers(keel(policy)), [], policy);
  });

  test('automation of Flux that nobody reviews', () => {
    const flux = (git: string, more = ''): string =>
      `apiVersion: image.toolkit.fluxcd.io/v1\nkind: ImageUpdateAutomation\nmetadata: {name: shop}\nspec:\n  git: ${git}\n${more}`;
    const checkout = 'checkout: {ref: {branch: main}}';
    const values = (text: string) => readKubernetes(text).followers.map(({ automatic }) => automatic.value);
    assert.deepEqual(values(flux(`{${checkout}}`)), [true]);
    assert.deepEqual(values(flux(`{${checkout}, push: {branch: main}}`)), [true]);
    assert.deepEqual(values(flux(`{${checkout}}`, '  suspend: true\n')), [false]);
    assert.deepEqual(values(flux(`{${checkout}, push: {branch: updates}}`)), []);
    assert.deepEqual(values(flux(`{${checkout}, push: {refspec: a}}`)), []);
    assert.deepEqual(values(flux('{push: {branch: main}}')), []);
  });

  test('Argo CD Image Updater has no switch', () => {
    const application = (more: string): string =>
      `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: shop\n  annotations:\n    argocd-image-updater.argoproj.io/image-list: a=b\n${more}`;
    const method = (text: string): string =>
      `    argocd-image-updater.argoproj.io/write-back-method: ${text}\n`;
    const branch = (text: string): string => `    argocd-image-updater.argoproj.io/git-branch: ${text}\n`;
    const [first] = readKubernetes(application('')).followers;
    assert.match(refusalOf(first?.automatic.set(false) ?? []), /Remove the annotations/);
    assert.equal(followers(application(method('git'))).length, 1);
    assert.equal(followers(application(method('git') + branch('main'))).length, 1);
    assert.deepEqual(followers(application(method('git:secret:a/b') + branch('main:updates'))), []);
  });
});
