import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReference } from '../../../server/src/engine/image/reference.ts';
import { referenceUrl } from '../../../server/src/engine/image/web-page.ts';

const pages: Readonly<Record<string, string | null>> = {
  'nginx:1.27.4': 'https://hub.docker.com/_/nginx',
  'docker.io/library/nginx': 'https://hub.docker.com/_/nginx',
  'index.docker.io/grafana/grafana': 'https://hub.docker.com/r/grafana/grafana',
  'docker.io/a/b/c': null,
  'ghcr.io/owner/app:1': 'https://ghcr.io/owner/app',
  'quay.io/prometheus/node-exporter:v1.8.0': 'https://quay.io/repository/prometheus/node-exporter',
  'gcr.io/distroless/static': 'https://gcr.io/distroless/static',
  'eu.gcr.io/project/app': 'https://eu.gcr.io/project/app',
  'europe-west1-docker.pkg.dev/project/repo/app': 'https://europe-west1-docker.pkg.dev/project/repo/app',
  'mcr.microsoft.com/dotnet/sdk:8.0': 'https://mcr.microsoft.com/artifact/mar/dotnet/sdk',
  'public.ecr.aws/nginx/nginx:1.27': 'https://gallery.ecr.aws/nginx/nginx',
  'registry.access.redhat.com/ubi9/ubi:9.4':
    'https://catalog.redhat.com/search?searchType=containers&q=ubi9%2Fubi',
  'registry.redhat.io/ubi9/ubi': 'https://catalog.redhat.com/search?searchType=containers&q=ubi9%2Fubi',
  'registry.example.com/app': null,
  'localhost:5000/app': null,
  'notgcr.io/app': null,
  'gcr.io.example.com/app': null,
};

describe('the web page of', () => {
  for (const [raw, url] of Object.entries(pages)) {
    it(raw, () => {
      const result = parseReference(raw);
      assert.ok(result.ok);
      assert.equal(referenceUrl(result.reference), url);
    });
  }
});
