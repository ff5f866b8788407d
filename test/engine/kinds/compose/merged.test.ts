import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Analysis, analyze, companionsOf } from '../../../../server/src/engine/index.ts';
import { digest } from '../../yaml/read.ts';

const service = (lines: string): string => `services:\n  web:\n    ${lines.replaceAll('\n', '\n    ')}\n`;
const pinned = `image: a@${digest}`;

/** The rules whose settings the files decide together. */
const watched = new Set([
  'implicit-latest',
  'unpinned-image',
  'writable-root-filesystem',
  'writable-host-mount',
  'privileged-container',
]);

const watchedIn = ({ findings }: Analysis): Analysis['findings'] =>
  findings.filter(({ rule }) => watched.has(rule));

/** `writable-root-filesystem` …, and the images with their class. */
const told = (analysis: Analysis): readonly string[] => [
  ...watchedIn(analysis).map(({ rule }) => rule),
  ...analysis.images.map(
    ({ mutability, resolved, role }) => `${role} ${resolved.replace(digest, 'D')} ${mutability}`,
  ),
];

function both(base: string, over: string, names = ['compose.yaml', 'compose.override.yaml']) {
  const [baseName = '', overName = ''] = names;
  const read = (name: string, text: string, other: string, otherText: string) =>
    told(analyze({ path: `/shop/${name}`, text, companions: new Map([[other, otherText]]) }));
  return { base: read(baseName, base, overName, over), over: read(overName, over, baseName, base) };
}

const writable = 'writable-root-filesystem';
const runs = 'workload a@D digest';

describe('a Compose file and its override file', () => {
  const table: readonly (readonly [
    name: string,
    base: string,
    over: string,
    inBase: readonly string[],
    inOver: readonly string[],
  ])[] = [
    ['read-only in the override', service(pinned), service('read_only: true'), [runs], []],
    ['read-only in the base', service(`${pinned}\nread_only: true`), service('restart: always'), [runs], []],
    ['writable in neither', service(pinned), service('restart: always'), [writable, runs], []],
    [
      'made writable by the override',
      service(`${pinned}\nread_only: true`),
      service('read_only: false'),
      [runs],
      [writable],
    ],
    [
      'made read-only by the override',
      service(`${pinned}\nread_only: false`),
      service('read_only: true'),
      [runs],
      [],
    ],
    [
      'reset by the override',
      service(`${pinned}\nread_only: true`),
      service('read_only: !reset null'),
      [writable, runs],
      [],
    ],
    [
      'privileged by the override',
      service(`${pinned}\nread_only: true`),
      service('privileged: true'),
      [runs],
      ['privileged-container'],
    ],
    [
      'no longer privileged',
      service(`${pinned}\nread_only: true\nprivileged: true`),
      service('privileged: false'),
      [runs],
      [],
    ],
    [
      'another image',
      service('image: nginx\nread_only: true'),
      service('image: nginx:1.27.3'),
      ['workload nginx none'],
      ['unpinned-image', 'workload nginx:1.27.3 tag'],
    ],
    [
      'an image taken away',
      service('image: nginx\nread_only: true'),
      service('image: !reset null\nbuild: .'),
      ['build-output nginx none'],
      [],
    ],
    [
      'a volume that the override binds to the host',
      service(`${pinned}\nread_only: true\nvolumes: [data:/d]`),
      'volumes: {data: {driver_opts: {type: none, o: bind, device: /srv}}}\n',
      ['writable-host-mount', runs],
      [],
    ],
    [
      'a volume that the base binds to the host, read-only by the override',
      `${service(`${pinned}\nread_only: true\nvolumes: [data:/d]`)}volumes: {data: {driver_opts: {o: bind, device: /srv}}}\n`,
      'volumes: {data: {driver_opts: {o: "bind,ro"}}}\n',
      [runs],
      [],
    ],
    ['an image only in the override', service('restart: always'), service(pinned), [], [writable, runs]],
    [
      'an image only in the override, a setting in the base',
      service('read_only: true'),
      service(pinned),
      [],
      [runs],
    ],
    [
      'a build in the override',
      service('image: shop/web\nread_only: true'),
      service('build: .'),
      ['build-output shop/web none'],
      [],
    ],
    [
      'a name for what the base builds',
      service('build: .\nread_only: true'),
      service('image: shop/web'),
      [],
      ['build-output shop/web none'],
    ],
    [
      'a build taken away',
      service('image: shop/web:1.2.3\nbuild: .\nread_only: true'),
      service('build: !reset null'),
      ['unpinned-image', 'workload shop/web:1.2.3 tag'],
      [],
    ],
    [
      'a service put in the place of another',
      service('image: nginx\nprivileged: true'),
      `services:\n  web: !override\n    ${pinned}\n`,
      ['workload nginx none'],
      [writable, runs],
    ],
    [
      'a service taken away',
      service('image: nginx\nprivileged: true'),
      'services:\n  web: !reset null\n',
      ['workload nginx none'],
      [],
    ],
    [
      'all services put in the place of others',
      service('image: nginx'),
      `services: !override\n  web:\n    ${pinned}\n`,
      ['workload nginx none'],
      [writable, runs],
    ],
    [
      'a service of the override alone',
      service(`${pinned}\nread_only: true`),
      `services: {job: {${pinned}}}\n`,
      [runs],
      [writable, runs],
    ],
    [
      'a service that an included file may have',
      `include: [other.yaml]\n${service(`${pinned}\nread_only: true`)}`,
      `services: {job: {${pinned}}}\n`,
      [runs],
      [runs],
    ],
    [
      'a mount made read-only',
      service(`${pinned}\nread_only: true\nvolumes: ["./a:/a", "./b:/b"]`),
      service('volumes: ["./a:/a:ro"]'),
      ['writable-host-mount', runs],
      [],
    ],
    [
      'mounts taken away',
      service(`${pinned}\nread_only: true\nvolumes: ["./a:/a"]\ncap_add: [ALL]`),
      service('volumes: !reset []\ncap_add: !override []'),
      [runs],
      [],
    ],
    [
      'an override that extends a file that is not seen',
      service(pinned),
      service('extends: {file: x.yaml, service: web}'),
      [runs],
      [],
    ],
    ['nothing yet', service(pinned), '', [writable, runs], []],
    ['an override that is half-written', service(pinned), 'services:\n  web: {read_o', [writable, runs], []],
  ];
  for (const [name, base, over, inBase, inOver] of table) {
    test(name, () => {
      assert.deepEqual(both(base, over), { base: inBase, over: inOver });
      const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
      assert.deepEqual(both(crlf(base), crlf(over)), { base: inBase, over: inOver });
    });
  }

  test('are found by the default names alone', () => {
    const seen = (names: string[]) =>
      both(service(pinned), service('read_only: true'), names).base.includes(writable);
    assert.equal(seen(['compose.yml', 'compose.override.yml']), false);
    assert.equal(seen(['docker-compose.yml', 'docker-compose.override.yml']), false);
    assert.equal(seen(['docker-compose.yaml', 'compose.override.yaml']), false);
    assert.equal(seen(['compose.yaml', 'compose.prod.yaml']), true);
    assert.equal(seen(['compose.prod.yaml', 'compose.override.yaml']), true);
  });

  test('are those that Compose takes where there are several', () => {
    const text = service(pinned);
    const companions = new Map([
      ['compose.yaml', service(pinned)],
      ['compose.override.yml', service('restart: always')],
      ['compose.override.yaml', service('read_only: true')],
    ]);
    const isWritable = (name: string): boolean => {
      const others = new Map([...companions].filter(([one]) => one !== name));
      return told(analyze({ path: `/shop/${name}`, text, companions: others })).includes(writable);
    };
    assert.equal(isWritable('compose.yaml'), true);
    assert.equal(isWritable('docker-compose.yml'), true);
    companions.delete('compose.override.yml');
    assert.equal(isWritable('compose.yaml'), false);
    assert.equal(isWritable('docker-compose.yml'), true);
    companions.set('.env', 'COMPOSE_FILE=compose.yaml\n');
    assert.equal(isWritable('compose.yaml'), true);
  });

  test('are asked for', () => {
    const wanted = companionsOf({ path: '/shop/docker-compose.yml', text: service(pinned) });
    for (const name of ['docker-compose.override.yml', 'compose.override.yaml', 'compose.yaml'])
      assert.ok(wanted.includes(name), name);
    assert.ok(!wanted.includes('docker-compose.yml'));
  });

  test('a setting that the override decides is changed there', () => {
    const analysis = analyze({
      path: '/shop/compose.yaml',
      text: service(`${pinned}\nread_only: true`),
      companions: new Map([['compose.override.yaml', service('read_only: !reset null')]]),
    });
    assert.deepEqual(
      watchedIn(analysis).map(({ fixable }) => fixable),
      [false],
    );
  });

  test('an image that another service pulls is pulled', () => {
    const text = 'x-i: &i nginx:1.27.3\nservices:\n  web: {image: *i }\n  api: {image: *i }\n';
    const { images } = analyze({
      path: '/shop/compose.yaml',
      text,
      companions: new Map([['compose.override.yaml', service('image: a')]]),
    });
    assert.deepEqual(
      images.map(({ mutability }) => mutability),
      ['tag'],
    );
  });
});

describe('half-written files', () => {
  const base = service(`${pinned}\nextends: {service: x}\nread_only: !reset null\nvolumes: ["./a:/a:$M"]`);
  const over = service(
    'image: nginx:1.2.3\nread_only: true\nvolumes: !override ["./a:/a"]\nbuild: {args: [A]}',
  );

  test('are read as far as they go', () => {
    for (let end = 0; end <= Math.max(base.length, over.length); end++) {
      const [left, right] = [base.slice(0, end), over.slice(0, end)];
      for (const [text, other] of [
        [left, over],
        [base, right],
        [left, right],
      ] as const) {
        const { images } = analyze({
          path: '/shop/compose.yaml',
          text,
          companions: new Map([
            ['compose.override.yaml', other],
            ['.env', other],
          ]),
        });
        for (const { site } of images) assert.ok(site.span.end <= text.length, text);
      }
    }
  });
});

describe('services that extend others of the same file', () => {
  const services = (lines: string): string => `services:\n  ${lines.replaceAll('\n', '\n  ')}\n`;
  const table: readonly (readonly [name: string, text: string, expected: readonly string[]])[] = [
    [
      'settings',
      services(`base: {${pinned}, read_only: true}\nweb: {extends: base}\napi: {extends: {service: base}}`),
      [runs],
    ],
    [
      'own settings win',
      services(`base: {${pinned}, read_only: true}\nweb: {extends: base, read_only: false}`),
      [writable, runs],
    ],
    [
      'own images win',
      services(`base: {image: nginx, read_only: true}\nweb: {extends: base, ${pinned}}`),
      ['implicit-latest', 'workload nginx implicit', runs],
    ],
    [
      'over several steps',
      services(`c: {extends: b}\nb: {extends: a}\na: {${pinned}, read_only: true}`),
      [runs],
    ],
    [
      'what is missing in all',
      services(`base: {${pinned}}\nweb: {extends: base}`),
      [writable, writable, runs],
    ],
    [
      'another file',
      services(
        `base: {${pinned}, read_only: true}\nweb: {extends: {service: base, file: x.yaml}, ${pinned}}`,
      ),
      [runs, runs],
    ],
    ['a service that is not there', services(`web: {extends: base, ${pinned}}`), [runs]],
    ['each other', services(`a: {extends: b, ${pinned}}\nb: {extends: a}`), [runs]],
    [
      'an image taken away',
      services(`base: {image: nginx:1.27.3, read_only: true}\nweb: {extends: base, image: !reset null}`),
      ['unpinned-image', 'workload nginx:1.27.3 tag'],
    ],
  ];
  for (const [name, text, expected] of table) {
    test(name, () => assert.deepEqual(told(analyze({ path: '/shop/compose.yaml', text })), expected));
  }

  test('the image belongs to all of them', () => {
    const text = services('base: {image: nginx}\nweb: {extends: base}');
    const { images } = analyze({ path: '/shop/compose.yaml', text });
    assert.deepEqual(images[0]?.owners, ['service base', 'service web']);
    assert.deepEqual(
      images[0]?.site.seenFrom.map(({ end, start }) => text.slice(start, end)),
      ['base'],
    );
  });
});
