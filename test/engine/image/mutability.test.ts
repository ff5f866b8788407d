import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import codenames from '../../../server/src/engine/image/data/codenames.json' with { type: 'json' };
import publicRegistries from '../../../server/src/engine/image/data/public-registries.json' with {
  type: 'json',
};
import versionParts from '../../../server/src/engine/image/data/version-parts.json' with { type: 'json' };
import { classify, type Mutability } from '../../../server/src/engine/image/mutability.ts';
import { parseReference } from '../../../server/src/engine/image/reference.ts';

function classOf(raw: string): Mutability {
  const result = parseReference(raw);
  assert.ok(result.ok, raw);
  return classify(result.reference);
}

const digest = `sha256:${'0'.repeat(64)}`;

/** Tags with the class they get on an official image whose complete versions have three numbers. */
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
    for (const tag of tags.split(' ')) it(tag, () => assert.equal(classOf(`nginx:${tag}`), 'floating'));
  });
}

for (const [name, tags] of Object.entries(specific)) {
  describe(`specific: ${name}`, () => {
    for (const tag of tags.split(' ')) it(tag, () => assert.equal(classOf(`nginx:${tag}`), 'tag'));
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
  assert.equal(classOf('localhost:5000'), 'tag');
  assert.equal(classOf('localhost:5.0'), 'floating');
});

/** References with the class that their repository gives them. */
const byRepository: Readonly<Record<'floating' | 'tag', Readonly<Record<string, string>>>> = {
  tag: {
    'complete with two numbers':
      'postgres:17.2 postgres:17.2-alpine postgres:17.2-bookworm debian:12.8 debian:12.8-slim ubuntu:24.04 ubuntu:26.04 almalinux:9.5 ' +
      'almalinux:9.5-minimal rockylinux:9.3 oraclelinux:8.10 photon:5.0 opensuse/leap:15.6 jenkins/jenkins:2.489 buildpack-deps:24.04 ' +
      'registry.access.redhat.com/ubi9/ubi:9.5 registry.access.redhat.com/ubi9:9.5 registry.access.redhat.com/ubi8/ubi-minimal:8.10 redhat/ubi9:9.5 ' +
      'redhat/ubi9-minimal:9.5 ubi9/ubi:9.5 registry.k8s.io/pause:3.10 k8s.gcr.io/pause:3.9 pause:3.10 rancher/mirrored-pause:3.6 ' +
      'ghcr.io/cloudnative-pg/postgresql:17.2',
    'complete with one number':
      'fedora:41 fedora:41-x86_64 amazonlinux:2023 amazonlinux:2023-minimal amazonlinux:2 public.ecr.aws/amazonlinux/amazonlinux:2023 ' +
      'registry.fedoraproject.org/fedora:41 quay.io/fedora/fedora-minimal:41 registry.k8s.io/guestbook:v3 gcr.io/google-samples/gb-frontend:v5',
    'mirrors and rebuilds':
      'public.ecr.aws/docker/library/postgres:17.2 mirror.gcr.io/library/debian:12.8 reg.example.com/hub/postgres:17.2 amd64/debian:12.8 ' +
      'arm64v8/fedora:41 reg.example.com/ubi9/ubi:9.5 reg.example.com:5000/kubernetes/pause:3.10',
    'one number of a private image':
      'app:v1 app:123 reg.example.com/shop/api:v2 reg.example.com/shop/api:14 localhost:5000/api:1 ' +
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/api:3 shop.azurecr.io/api:2022',
    'three digits count builds': 'foo/bar:123 foo/bar:v123 ghcr.io/shop/api:4711 quay.io/shop/api:100',
  },
  floating: {
    'not complete by the table':
      'postgres:17 postgres:17-alpine postgres:9.6 postgres:9.4-alpine debian:12 debian:12-slim ubuntu:24 almalinux:9 rockylinux:9 nginx:1.27 node:20 node:20.11 ' +
      'redis:7.2 mysql:8.0 mysql:8 alpine:3.20 busybox:1.37 traefik:v3 traefik:v3.2 registry:2 httpd:2.4 golang:1.23 python:3.12 php:8.3 ' +
      'mariadb:11.4 mongo:7.0 memcached:1.6 centos:7 registry.access.redhat.com/ubi9/ubi:9 redhat/ubi9:9 mcr.microsoft.com/dotnet/sdk:8.0 ' +
      'mcr.microsoft.com/windows/nanoserver:1809 mcr.microsoft.com/devcontainers/python:3 selenium/standalone-chrome:131 jenkins/jenkins:2 ' +
      'reg.example.com/hub/nginx:1 reg.example.com/hub/postgres:17 arm64v8/postgres:17',
    'one number of a public image':
      'foo/bar:1 foo/bar:v2 foo/bar:20 ghcr.io/shop/api:v3 quay.io/buildah/stable:v1 foo/bar:2022 lscr.io/foo/bar:5',
    'one number without a registry': 'app:1 app:20 app:2022',
    'two numbers of an unknown repository':
      'app:1.4 foo/bar:1.4 reg.example.com/shop/api:v1.4 ghcr.io/shop/api:1.2',
    'a variant beside one number': 'app:20-alpine foo/bar:3-slim reg.example.com/shop/api:1-jre',
    'code names':
      'debian:duke debian:forky debian:forky-slim ubuntu:resolute ubuntu:stonking buildpack-deps:resolute app:duke golang:1.23-duke',
    'channels of a repository with short versions':
      'fedora:latest fedora:rawhide debian:stable postgres:alpine registry.k8s.io/pause:latest',
  },
};

for (const [expected, groups] of Object.entries(byRepository)) {
  for (const [name, references] of Object.entries(groups)) {
    describe(`${expected}: ${name}`, () => {
      for (const one of references.split(' ')) it(one, () => assert.equal(classOf(one), expected));
    });
  }
}

describe('the data files', () => {
  const { repositories } = versionParts;

  it('have a source for every entry', () => {
    for (const one of [...repositories, ...publicRegistries.registries, ...codenames.releases]) {
      assert.match(one.source, /^https:\/\/\S+$/, JSON.stringify(one));
    }
  });

  it('name each repository once', () => {
    const names = repositories.map(({ repository }) => repository);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length > 100);
  });

  it('know a repository by its entry, and all that is in the data', () => {
    for (const { parts, repository } of repositories) {
      const name = repository.replaceAll('*', 'x');
      const version = (count: number): string =>
        `${name}:${Array.from({ length: count }, () => '11').join('.')}`;
      assert.equal(classOf(version(parts)), 'tag', repository);
      if (parts > 1) assert.equal(classOf(version(parts - 1)), 'floating', repository);
    }
    for (const { name } of codenames.releases) assert.equal(classOf(`x/y:${name}`), 'floating', name);
  });
});
