import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compose } from '../../../../server/src/engine/kinds/compose/index.ts';
import { fileOf, kindOf } from '../../yaml/read.ts';

const service = 'services:\n  web:\n    image: nginx\n';

describe('a Compose file is known by its name', () => {
  for (const name of [
    'compose.yaml',
    'compose.yml',
    'docker-compose.yml',
    'docker-compose.override.yaml',
    'compose.prod.yaml',
    'docker-compose-dev.yml',
    'docker-compose_test.yml',
    'Docker-Compose.YML',
    'compose.json',
  ]) {
    test(name, () => assert.equal(kindOf(`/shop/${name}`, 'name: shop\n')?.id, 'compose'));
  }

  for (const name of [
    'composer.yaml',
    'my-compose.yaml',
    'compose.md',
    'compose.yaml.bak',
    'decompose.yml',
  ]) {
    test(`${name} is none`, () => assert.equal(kindOf(`/shop/${name}`, 'name: shop\n'), null));
  }

  test('by the language an editor gives it', () => {
    assert.equal(kindOf('/shop/stack', service, 'dockercompose')?.id, 'compose');
    assert.equal(kindOf('untitled:1', service, 'yaml')?.id, 'compose');
    assert.equal(kindOf('/shop/stack', service), null);
  });

  test('unless it holds an object of Kubernetes', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: b}]}\n';
    assert.equal(kindOf('/shop/compose.yaml', pod)?.id, 'kubernetes');
  });
});

describe('a Compose file is known by its shape', () => {
  const shaped: Readonly<Record<string, string>> = {
    block: service,
    'with a header': `# licence\n\n%YAML 1.2\n---\n\n${service}`,
    'a byte order mark': `\uFEFF${service}`,
    brackets: '{services: {web: {image: nginx}}}\n',
    'brackets behind a marker': '--- {services: {web: {image: nginx}}}\n',
    JSON: '\n{"services": {"web": {"image": "nginx"}}}',
    quotes: '"services":\n  web:\n    build: .\n',
    indentation: '  services:\n    web:\n      image: nginx\n',
    CRLF: service.replaceAll('\n', '\r\n'),
    'later keys': `name: x\nvolumes: {a: }\n${service}`,
    'an unfinished service': `${service}  api:\n`,
  };
  for (const [name, text] of Object.entries(shaped)) {
    test(name, () => assert.equal(kindOf('/shop/stack.yml', text)?.id, 'compose'));
  }

  const foreign: Readonly<Record<string, string>> = {
    'GitLab CI': 'image: ruby\nservices:\n  - postgres:15\nbuild:\n  script: make\n',
    'GitHub Actions': 'jobs:\n  test:\n    services:\n      db:\n        image: postgres\n',
    'jobs with services at the root': 'jobs: {}\nservices:\n  db:\n    image: postgres\n',
    Woodpecker: 'steps:\n  build:\n    image: golang\nservices:\n  db:\n    image: postgres\n',
    Symfony: 'services:\n  app.image:\n    class: App\\Image\n',
    'a list of names': 'services: [web, image]\n',
    'texts as services': 'services:\n  web: image\n',
    'Helm values': 'web:\n  services:\n    a:\n      image: nginx\n',
    'no services': 'image: nginx\nbuild: .\n',
  };
  for (const [name, text] of Object.entries(foreign)) {
    test(`${name} is none`, () => assert.equal(kindOf('/shop/stack.yml', text), null));
  }

  test('YAML alone', () => {
    assert.equal(compose.claims(fileOf('/shop/notes.md', service)), false);
    assert.equal(compose.claims(fileOf('/shop/stack.json', '{"services": {"web": {"image": "a"}}}')), false);
  });
});
