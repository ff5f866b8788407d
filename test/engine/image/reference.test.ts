import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ImageReference,
  parseReference,
  type ReferenceFault,
  type ReferenceFaultCode,
} from '../../../server/src/engine/image/reference.ts';

const sha256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const sha384 = `sha384:${'0123456789abcdef'.repeat(6)}`;
const sha512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

function parsed(raw: string): ImageReference {
  const result = parseReference(raw);
  assert.ok(result.ok, `${JSON.stringify(raw)}: ${result.ok ? '' : result.error.message}`);
  return result.reference;
}

function faulty(raw: string): ReferenceFault {
  const result = parseReference(raw);
  assert.ok(!result.ok, `${JSON.stringify(raw.slice(0, 60))} was taken for a reference`);
  return result.error;
}

/** Slices of `raw` at the spans equal the parts, and the parts put together give `raw`. */
function checkSpans(reference: ImageReference): void {
  const { raw, spans } = reference;
  const at = (part: 'name' | 'domain' | 'path' | 'tag' | 'digest'): string | undefined => {
    const span = spans[part];
    return span && raw.slice(span.start, span.end);
  };
  assert.equal(at('domain'), reference.domain);
  assert.equal(at('path'), reference.path);
  assert.equal(at('tag'), reference.tag);
  assert.equal(at('digest'), reference.digest);
  const name = reference.domain === undefined ? reference.path : `${reference.domain}/${reference.path}`;
  assert.equal(at('name'), name);
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  assert.equal(`${name}${tag}${digest}`, raw);
}

interface Parts {
  readonly domain?: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
  readonly registry: string;
  readonly repository: string;
}

const hub = (path: string, more: Partial<Parts> = {}): Parts => ({
  path,
  registry: 'docker.io',
  repository: path.includes('/') ? path : `library/${path}`,
  ...more,
});
const at = (domain: string, path: string, more: Partial<Parts> = {}): Parts => ({
  domain,
  path,
  registry: domain,
  repository: path,
  ...more,
});

const accepted: readonly (readonly [raw: string, parts: Parts])[] = [
  ['ubuntu', hub('ubuntu')],
  ['library/ubuntu', hub('library/ubuntu')],
  ['docker.io/ubuntu', hub('ubuntu', { domain: 'docker.io' })],
  ['docker.io/library/ubuntu', hub('library/ubuntu', { domain: 'docker.io' })],
  ['index.docker.io/ubuntu', hub('ubuntu', { domain: 'index.docker.io' })],
  ['index.docker.io/grafana/grafana', hub('grafana/grafana', { domain: 'index.docker.io' })],
  ['registry-1.docker.io/library/ubuntu', at('registry-1.docker.io', 'library/ubuntu')],
  ['registry-1.docker.io/ubuntu', at('registry-1.docker.io', 'ubuntu')],
  ['library/node.js', hub('library/node.js')],
  ['localhost:5000', hub('localhost', { tag: '5000' })],
  ['192.168.0.1:80', hub('192.168.0.1', { tag: '80' })],
  ['test.com:5000', hub('test.com', { tag: '5000' })],
  ['docker.io', hub('docker.io')],
  ['localhost', hub('localhost')],
  ['localhost/foo', at('localhost', 'foo')],
  ['LOCALDOMAIN/foo', at('LOCALDOMAIN', 'foo')],
  ['Foo/bar', at('Foo', 'bar')],
  ['foo/foo_bar.com:8080', hub('foo/foo_bar.com', { tag: '8080' })],
  ['foo/foo_bar.com', hub('foo/foo_bar.com')],
  ['foo.com/bar', at('foo.com', 'bar')],
  ['xn--n3h.com/myimage:xn--n3h.com', at('xn--n3h.com', 'myimage', { tag: 'xn--n3h.com' })],
  ['localhost:5000/app', at('localhost:5000', 'app')],
  ['reg:5000/app', at('reg:5000', 'app')],
  ['registry.svc:5000/app', at('registry.svc:5000', 'app')],
  ['reg:1/app', at('reg:1', 'app')],
  ['reg:65535/app', at('reg:65535', 'app')],
  ['test:5000/repo', at('test:5000', 'repo')],
  ['test:5000/repo:tag', at('test:5000', 'repo', { tag: 'tag' })],
  [`test:5000/repo@${sha256}`, at('test:5000', 'repo', { digest: sha256 })],
  [`test:5000/repo:tag@${sha256}`, at('test:5000', 'repo', { tag: 'tag', digest: sha256 })],
  [`ubuntu@${sha384}`, hub('ubuntu', { digest: sha384 })],
  [`ubuntu@${sha512}`, hub('ubuntu', { digest: sha512 })],
  ['[fc00::1]:5000/docker', at('[fc00::1]:5000', 'docker')],
  ['[fc00::1]/docker', at('[fc00::1]', 'docker')],
  ['[2001:db8:1:2:3:4:5:6]:443/a/b:c', at('[2001:db8:1:2:3:4:5:6]:443', 'a/b', { tag: 'c' })],
  [
    'b.gcr.io/test.example.com/my-app:test.example.com',
    at('b.gcr.io', 'test.example.com/my-app', { tag: 'test.example.com' }),
  ],
  ['lowercase:Uppercase', hub('lowercase', { tag: 'Uppercase' })],
  ['repo:_x', hub('repo', { tag: '_x' })],
  ['repo:1.10', hub('repo', { tag: '1.10' })],
  [`repo:${'a'.repeat(128)}`, hub('repo', { tag: 'a'.repeat(128) })],
  ['docker---rules/docker', hub('docker---rules/docker')],
  ['dock__er/docker', hub('dock__er/docker')],
  [`library/${'f'.repeat(64)}`, hub(`library/${'f'.repeat(64)}`)],
  [`${'f'.repeat(64)}:tag`, hub('f'.repeat(64), { tag: 'tag' })],
  ['f'.repeat(63), hub('f'.repeat(63))],
  [`sha256:${'f'.repeat(63)}`, hub('sha256', { tag: 'f'.repeat(63) })],
  [`reg.io/${'a'.repeat(255)}`, at('reg.io', 'a'.repeat(255))],
  ['a'.repeat(247), hub('a'.repeat(247))],
];

/** `part` is the text at the fault's span. */
const rejected: readonly (readonly [raw: string, code: ReferenceFaultCode, part: string, message: RegExp])[] =
  [
    ['', 'empty', '', /no image name/],
    ['  ', 'empty', '  ', /no image name/],
    [':tag', 'no-name', ':', /no repository name before/],
    [':', 'no-name', ':', /no repository name/],
    ['@', 'no-name', '@', /no repository name/],
    [`@${sha256}`, 'no-name', '@', /no repository name before/],
    [`:tag@${sha256}`, 'no-name', ':', /no repository name before/],
    ['docker.io/', 'no-name', '/', /After the registry/],
    ['reg:5000/:tag', 'no-name', '/', /After the registry/],
    ['[fc00::1]', 'no-name', '[fc00::1]', /address of a registry/],
    ['[fc00::1]:5000', 'no-name', '[fc00::1]:5000', /address of a registry/],

    ['Uppercase', 'uppercase-name', 'Uppercase', /"uppercase" instead of "Uppercase"/],
    ['Uppercase:tag', 'uppercase-name', 'Uppercase', /lowercase/],
    ['test:5000/Uppercase/lowercase:tag', 'uppercase-name', 'Uppercase', /lowercase/],
    ['Foo/Bar', 'uppercase-name', 'Bar', /lowercase/],
    ['nginx/Ingress', 'uppercase-name', 'Ingress', /lowercase/],

    ['docker///docker', 'bad-name', '//', /missing/],
    ['docker/', 'bad-name', '/', /missing/],
    ['docker//x', 'bad-name', '//', /missing/],
    ['/docker', 'bad-name', '/', /missing/],
    ['docker.io//x', 'bad-name', '/', /missing/],
    ['aa/asdf$$^/aa', 'bad-name', '$$^', /"\$\$\^" cannot stand/],
    ['dock..er', 'bad-name', '..', /cannot separate/],
    ['dock___er/docker', 'bad-name', '___', /cannot separate/],
    ['dock_-er/docker', 'bad-name', '_-', /cannot separate/],
    ['a/dock..er', 'bad-name', '..', /cannot separate/],
    ['_docker/_docker', 'bad-name', '_', /starts and ends/],
    ['-docker/x', 'bad-name', '-', /starts and ends/],
    ['docker-/x', 'bad-name', '-', /starts and ends/],
    ['a/docker.', 'bad-name', '.', /starts and ends/],
    ['nginx alpine', 'bad-name', ' ', /cannot stand/],
    [' nginx', 'bad-name', ' ', /cannot stand/],
    ['nginx\n', 'bad-name', '\n', /"\\n" cannot stand/],
    ['"nginx"', 'bad-name', '"', /cannot stand/],
    ['näh', 'bad-name', 'ä', /cannot stand/],
    ['app-\u{1f600}', 'bad-name', '\u{1f600}', /cannot stand/],
    ['--platform=linux/amd64', 'bad-name', '=', /cannot stand/],
    ['app\\web', 'bad-name', '\\', /cannot stand/],

    ['dock..er/x', 'bad-domain', 'dock..er', /no host name/],
    ['foo_bar.com/x', 'bad-domain', 'foo_bar.com', /no host name/],
    ['a.b_c-d/e', 'bad-domain', 'a.b_c-d', /no host name/],
    ['.foo/x', 'bad-domain', '.foo', /no host name/],
    ['foo./x', 'bad-domain', 'foo.', /no host name/],
    ['-foo.com/x', 'bad-domain', '-foo.com', /no host name/],
    ['foo-.com/x', 'bad-domain', 'foo-.com', /no host name/],
    ['Foo!/x', 'bad-domain', 'Foo!', /no host name/],
    [':5000/x', 'bad-domain', ':', /no host name/],
    ['fc00::1/x', 'bad-domain', 'fc00::1', /brackets/],
    ['[fc00::1/x', 'bad-domain', '[fc00::1', /brackets/],
    ['[fc00::g]/x', 'bad-domain', '[fc00::g]', /no host name/],
    ['[]:5000/x', 'bad-domain', '[]', /no host name/],
    ['[fc00::1]x:5000/x', 'bad-domain', '[fc00::1]x', /no host name/],
    ['reg:5000:80/x', 'bad-domain', 'reg:5000:80', /more than one colon/],

    ['reg:0/x', 'bad-port', '0', /1 to 65535/],
    ['reg:65536/x', 'bad-port', '65536', /1 to 65535/],
    ['reg:99999999999999999999999/x', 'bad-port', '99999999999999999999999', /1 to 65535/],
    ['reg:/x', 'bad-port', ':', /1 to 65535/],
    ['reg:-1/x', 'bad-port', '-1', /1 to 65535/],
    ['reg:1e3/x', 'bad-port', '1e3', /1 to 65535/],
    ['reg:latest/x', 'bad-port', 'latest', /a tag stands after the last slash/],
    ['[fc00::1]:0/x', 'bad-port', '0', /1 to 65535/],

    ['repo:', 'bad-tag', ':', /missing/],
    [`repo:@${sha256}`, 'bad-tag', ':', /missing/],
    ['repo:-x', 'bad-tag', '-', /starts with/],
    ['repo:.x', 'bad-tag', '.', /starts with/],
    ['repo:a:b', 'bad-tag', ':b', /one tag/],
    ['repo::b', 'bad-tag', ':b', /one tag/],
    [`a:b:c@${sha256}`, 'bad-tag', ':c', /one tag/],
    ['a/repo:a/b', 'bad-tag', '/', /cannot stand in a tag/],
    ['repo:a+b', 'bad-tag', '+', /cannot stand in a tag/],
    ['repo:ta g', 'bad-tag', ' ', /cannot stand in a tag/],
    ['repo:täg', 'bad-tag', 'ä', /cannot stand in a tag/],
    ['repo:$(TAG)', 'bad-tag', '$(', /cannot stand in a tag/],
    [`repo:${'a'.repeat(129)}`, 'bad-tag', 'a'.repeat(129), /129 characters; at most 128/],

    ['repo@', 'bad-digest', '@', /missing/],
    ['repo@sha256', 'bad-digest', 'sha256', /has 64 hexadecimal digits; this one has 0/],
    ['repo@sha256:', 'bad-digest', 'sha256:', /has 64 hexadecimal digits; this one has 0/],
    [`repo@sha256:${'f'.repeat(34)}`, 'bad-digest', 'f'.repeat(34), /64 hexadecimal digits; this one has 34/],
    [`repo@sha256:${'f'.repeat(65)}`, 'bad-digest', 'f'.repeat(65), /64 hexadecimal digits; this one has 65/],
    [
      `repo@sha512:${'f'.repeat(64)}`,
      'bad-digest',
      'f'.repeat(64),
      /128 hexadecimal digits; this one has 64/,
    ],
    [`repo@sha256:${'F'.repeat(64)}`, 'bad-digest', 'F'.repeat(64), /lowercase/],
    [`repo@sha256:${'a'.repeat(62)}AB`, 'bad-digest', 'AB', /lowercase/],
    [`repo@sha256:${'g'.repeat(64)}`, 'bad-digest', 'g'.repeat(64), /0-9 and a-f/],
    [`repo@SHA256:${'f'.repeat(64)}`, 'bad-digest', 'SHA256', /lowercase: sha256/],
    [`repo@md5:${'f'.repeat(32)}`, 'bad-digest', 'md5', /no digest algorithm/],
    [`repo@${'f'.repeat(64)}`, 'bad-digest', 'f'.repeat(64), /no digest algorithm/],
    [`repo@:${'f'.repeat(64)}`, 'bad-digest', ':', /no digest algorithm/],
    ['repo@latest', 'bad-digest', 'latest', /no digest algorithm/],
    [`ubuntu@${sha256}:tag`, 'bad-digest', ':tag', /a tag stands before the @/],
    [`ubuntu@${sha256}@${sha256}`, 'bad-digest', `@${sha256}`, /one digest/],
    ['user@reg.io/x:1', 'bad-digest', 'reg.io/x', /no digest algorithm/],

    ['f'.repeat(64), 'hex-name', 'f'.repeat(64), /ID of an image/],
    [sha256, 'hex-name', sha256, /ID of an image/],

    ['https://github.com/docker/docker', 'url', 'https://', /scheme/],
    ['HTTP://registry.example/x', 'url', 'HTTP://', /scheme/],
    ['ko://example.com/cmd/app', 'url', 'ko://', /scheme/],
    ['docker://alpine:3.20.1', 'url', 'docker://', /scheme/],
    ['docker-image://alpine', 'url', 'docker-image://', /scheme/],
    ['oci://registry.example/chart', 'url', 'oci://', /scheme/],

    [`reg.io/${'a'.repeat(256)}`, 'too-long', 'a'.repeat(256), /256 characters; at most 255/],
    ['a'.repeat(248), 'too-long', 'a'.repeat(248), /256 characters with library\/ before it/],
  ];

describe('a valid reference', () => {
  for (const [raw, parts] of accepted) {
    it(JSON.stringify(raw.length > 70 ? `${raw.slice(0, 70)}…` : raw), () => {
      const { raw: kept, spans, ...found } = parsed(raw);
      assert.deepEqual(found, parts);
      assert.equal(kept, raw);
      checkSpans({ raw: kept, spans, ...found });
    });
  }
});

describe('an invalid reference', () => {
  for (const [raw, code, part, message] of rejected) {
    it(`${JSON.stringify(raw.length > 70 ? `${raw.slice(0, 70)}…` : raw)} is ${code}`, () => {
      const found = faulty(raw);
      assert.deepEqual([found.code, raw.slice(found.span.start, found.span.end)], [code, part]);
      assert.match(found.message, message);
    });
  }
});

it('a message is one line and stays short, whatever the text', () => {
  for (const raw of ['x\n\u0000'.repeat(9000), 'A'.repeat(50_000), `a:${'\u{1f600}'.repeat(20_000)}`]) {
    const { message } = faulty(raw);
    assert.ok(message.length < 400, message);
    assert.doesNotMatch(message, /[\n\0]/);
  }
});

it('hostile texts of 50 kB are refused', () => {
  const pieces = [
    'a',
    'A',
    '-',
    '_',
    '.',
    '/',
    ':',
    '@',
    'a-',
    'a.',
    'a/',
    'a:',
    '[',
    ']',
    '[:',
    '1',
    '$',
    '\n',
    ' ',
    'ä',
  ];
  const fronts = ['', 'a', 'a.', 'a/', 'a.b/', 'a:', 'a@', 'a@sha256:', '[', 'a:1', 'sha256:', 'https:/'];
  for (const front of fronts) {
    for (const piece of pieces) {
      for (const back of ['', '/x', '!', ':', '@']) {
        const raw = front + piece.repeat(50_000 / piece.length) + back;
        // A host name has no limit of its own, so one shape of a domain is fine.
        const result = parseReference(raw);
        if (result.ok) assert.ok((result.reference.domain ?? '').length > 40_000, raw.slice(0, 20));
      }
    }
  }
});

describe('properties', () => {
  const alphabet = [...'ab01AF._-:/@[]$ \n\u{1f600}', 'sha256:', sha256, 'localhost', '://', ':5000'];
  const nearReference = fc
    .array(fc.constantFrom(...alphabet), { maxLength: 14 })
    .map((parts) => parts.join(''));

  it('parsing never throws, and a fault lies in the text', () => {
    fc.assert(
      fc.property(fc.oneof(nearReference, fc.string({ unit: 'binary', maxLength: 200 })), (raw) => {
        const result = parseReference(raw);
        if (result.ok) {
          checkSpans(result.reference);
          return;
        }
        const { code, message, span } = result.error;
        assert.ok(0 <= span.start && span.start <= span.end && span.end <= raw.length);
        assert.ok(span.start < span.end || code === 'empty');
        assert.ok(message.endsWith('.'), message);
      }),
      { numRuns: 3000 },
    );
  });

  it('accepts exactly what the grammar accepts', () => {
    fc.assert(
      fc.property(nearReference, (raw) => {
        assert.equal(parseReference(raw).ok, fitsGrammar(raw), JSON.stringify(raw));
      }),
      { numRuns: 20_000 },
    );
  });

  it('a reference built from its parts is read back, and its normal form is a fixed point', () => {
    fc.assert(
      fc.property(validParts, ({ digest, domain, path, tag }) => {
        const prefix = domain === undefined ? '' : `${domain}/`;
        const raw = `${prefix}${path}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
        const reference = parsed(raw);
        assert.deepEqual(
          [reference.domain, reference.path, reference.tag, reference.digest],
          [domain, path, tag, digest],
        );
        checkSpans(reference);
        const normal = parsed(`${reference.registry}/${reference.repository}`);
        assert.deepEqual([normal.registry, normal.repository], [reference.registry, reference.repository]);
      }),
      { numRuns: 2000 },
    );
  });
});

const component = fc.stringMatching(/^[a-z0-9]{1,6}((\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
const domainText = fc.oneof(
  fc.constantFrom('localhost', 'docker.io', 'index.docker.io', '[fc00::1]', '[::1]:443', 'HOST'),
  fc
    .tuple(
      fc.stringMatching(/^[a-z]{1,6}(\.[a-z0-9]{1,5}){1,3}$/),
      fc.option(fc.integer({ min: 1, max: 65535 })),
    )
    .map(([host, port]) => (port === null ? host : `${host}:${port}`)),
);
const validParts = fc
  .record({
    domain: fc.option(domainText, { nil: undefined }),
    path: fc.array(component, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')),
    tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,12}$/), { nil: undefined }),
    digest: fc.option(fc.constantFrom(sha256, sha384, sha512), { nil: undefined }),
  })
  // Without a domain, a first part that looks like one is read as one.
  .filter(({ domain, path }) => domain !== undefined || !/^(?:[^/]*\.[^/]*|localhost)\//.test(path));

/** The grammar as one regular expression over short texts: a second way to the same answer. */
function fitsGrammar(raw: string): boolean {
  const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
  const host = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::(?<port>[0-9]+))?`;
  const part = '[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*';
  const tail =
    '(?::\\w[\\w.-]{0,127})?(?:@(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128}))?$(?!\\n)';
  const domainLike = '(?=localhost/|[^/@]*[.:A-Z][^/@]*/)';
  const withDomain = new RegExp(`^${domainLike}${host}/${part}(?:/${part})*${tail}`).exec(raw);
  if (withDomain) {
    const port = withDomain.groups?.port;
    return port === undefined || (Number(port) >= 1 && Number(port) <= 65535);
  }
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(raw)) return false;
  return new RegExp(`^(?!${domainLike})${part}(?:/${part})*${tail}`).test(raw);
}
