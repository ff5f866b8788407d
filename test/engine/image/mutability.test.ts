import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classify, type Mutability } from '../../../server/src/engine/image/mutability.ts';
import { parseReference } from '../../../server/src/engine/image/reference.ts';

function classOf(raw: string): Mutability {
  const result = parseReference(raw);
  assert.ok(result.ok, raw);
  return classify(result.reference);
}

const digest = `sha256:${'0'.repeat(64)}`;

/** Tags with the class they get on an image of one's own choice. */
const floating: Readonly<Record<string, string>> = {
  channels:
    'latest LATEST stable oldstable unstable testing edge nightly daily weekly dev develop development main master trunk head ' +
    'mainline lts current next canary rolling snapshot release rc beta alpha preview insiders prod production staging',
  'channels in company':
    'lts-alpine lts-slim lts-jdk17 lts-alpine3.19 stable-alpine mainline-alpine-slim edge-alpine nightly-bookworm-slim ' +
    'latest-amd64 latest-pg16 latest-17 2022-latest 18.04-latest dev-myfeature web-prod stable-1.2 lts-20 release-1.2 3.13-rc v1.2-stable',
  'incomplete versions':
    '20 1 0 v1 V1 1.25 v1.2 16.3 22.04 24.04 3.19 1.10 2022 2024.1 2023.11 1.x 1.2.x v1.x 2.x-dev',
  'incomplete versions with variants':
    '20-alpine 3.12-slim 1.25-bookworm 20-alpine3.19 20-bookworm-slim 1.25-perl 8.2-apache 8.2-fpm-alpine3.19 17-jdk-jammy ' +
    '21-jre 6-management 9-jdk17 17-jdk-ubuntu-22.04 22-windowsservercore-ltsc2022 8.0-jammy-chiseled-extra 1.25-amd64 ' +
    '1.25-alpine_x86_64 12.2-cudnn8-devel-ubuntu22.04 16-debian-12 3.11-slim_bullseye 3.12-myvariant 16-pg 7.4-python3.11 ' +
    '1809-windowsservercore 8.0-cbl-mariner2.0',
  'platforms and variants alone':
    'bookworm jammy noble trixie sid alpine slim bookworm-slim alpine3.19 ubuntu-22.04 ubuntu22.04 debian12 stream9 ltsc2022 ' +
    'nanoserver-1809 fpm-alpine apache jdk17 jdk pg16 nonroot debug debug-nonroot arm64v8 ' +
    'bookworm-scm dind-rootless rhel-9-golang-1.21-openshift-4.16',
  'complete, but said to move': '1.2.3-latest 1.2.3-SNAPSHOT main-abc1234-latest',
};

const specific: Readonly<Record<string, string>> = {
  'complete versions':
    '1.2.3 v1.2.3 3.12.4-slim 1.27.4-alpine 1.27.4-alpine3.20-slim 1.2.3.4 1.2.3-rc.1 v1.2.3-rc.1 2.426.3-lts 0.7.4-pg16 ' +
    '12.2.0-cudnn8-devel-ubuntu22.04 1.2.3-dev 16.8.1-ce.0 v1.29.0 2024.1.3 2.0.0-beta',
  'numbered pre-releases': '1.25rc1 1.25-rc.1 17beta1 3.13.0a1 v1beta1 23-ea-11-jdk',
  'builds and revisions':
    '12345 20230 1.2-3 1.2-r1 16.3-debian-12-r5 5.14-ls123 9.4-1214 2022-CU12-ubuntu-22.04 8u402 8u402-b06-jdk jdk8u402-b06 ' +
    'jdk-21.0.2_13 21_35-jdk 21.0.2_13-jre main-123 build-45 pr-7 nightly-5',
  dates:
    '20240101 2024.01.02 2024-01-02 202401 bookworm-20240101 bookworm-20240101-slim stable-20240101 jammy-20240111 ' +
    'nightly-2024-01-02 nightly-20240102 20240102-nightly release-2024-01-02 latest-20240101 ' +
    'RELEASE.2024-01-15T20-36-25Z',
  commits:
    'abc1234 sha-abc1234 main-abc1234 g1a2b3c4 deadbeef main-deadbeef 0123456789abcdef0123456789abcdef01234567 1234567',
  'names of no known kind':
    'test.example.com xn--n3h.com quincy my-feature foo _ Uppercase_Words sha256-abc.sig',
};

for (const [name, tags] of Object.entries(floating)) {
  describe(`floating: ${name}`, () => {
    for (const tag of tags.split(' ')) it(tag, () => assert.equal(classOf(`app:${tag}`), 'floating'));
  });
}

for (const [name, tags] of Object.entries(specific)) {
  describe(`specific: ${name}`, () => {
    for (const tag of tags.split(' ')) it(tag, () => assert.equal(classOf(`app:${tag}`), 'tag'));
  });
}

it('without a tag it is implicit, wherever a port stands', () => {
  assert.equal(classOf('nginx'), 'implicit');
  assert.equal(classOf('reg:5000/app'), 'implicit');
  assert.equal(classOf('quay.io/prometheus/node-exporter'), 'implicit');
  assert.equal(classOf('scratch'), 'implicit');
});

it('a digest decides, whatever the tag', () => {
  assert.equal(classOf(`nginx@${digest}`), 'digest');
  assert.equal(classOf(`nginx:latest@${digest}`), 'digest');
  assert.equal(classOf(`reg:5000/app:1.2.3@${digest}`), 'digest');
});

it('a port alone is a tag', () => {
  assert.equal(classOf('localhost:5000'), 'floating');
  assert.equal(classOf('localhost:50000'), 'tag');
});
