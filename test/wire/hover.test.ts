import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import type { ImageName } from '../../server/src/engine/index.ts';
import { plainConfig } from '../support/image-config.ts';
import { type Client, digestFor, failed, start } from './harness.ts';

const uri = 'file:///shop/Dockerfile';

async function hover(client: Client, character: number, line = 0): Promise<string | null> {
  const answer = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri },
    position: { line, character },
  });
  return answer && (answer.contents as MarkupContent).value;
}

test('a reference is taken apart, judged in plain words and linked', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const text = await hover(client, 8);
  assert.match(text ?? '', /^`nginx:1\.27\.3`: a specific tag/);
  assert.match(text ?? '', /Registry `docker\.io`, repository `library\/nginx`, tag `1\.27\.3`/);
  assert.match(text ?? '', /\[Page of the image\]\(https:\/\/hub\.docker\.com\/_\/nginx\)/);
  assert.match(text ?? '', /Used by /);
  assert.equal(await hover(client, 1), null);
  assert.equal(await hover(client, 0, 9), null);
});

test('a digest is told once a lookup has found it, and never looked up', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.doesNotMatch((await hover(client, 8)) ?? '', /sha256/);
  assert.deepEqual(client.registry.calls, []);
  await client.resolve(await client.action(uri, 'unpinned-image', /^Pin/));
  const digest = digestFor({ registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' });
  assert.match(
    (await hover(client, 8)) ?? '',
    new RegExp(`Points to \`${digest}\`, as docker\\.io said on 2 January 2026, 00:00 UTC\\.`),
  );
  assert.equal(client.registry.calls.length, 1);
});

test('each class has its words', async (t) => {
  const client = await start(t);
  const digest = digestFor({ registry: 'r', repository: 'r', version: 'r' });
  const lines: [string, RegExp][] = [
    ['FROM nginx AS a', /no tag, so `latest` is pulled/],
    ['FROM nginx:stable AS b', /made to move/],
    [`FROM nginx:1.27.3@${digest} AS c`, /pinned to a digest/],
    ['FROM nginx:$TAG AS d', /does not tell the value of `.*TAG/],
    ['FROM Nginx:1 AS e', /no image reference/],
    ['FROM BASE_IMAGE AS f', /`BASE_IMAGE` stands for something that is given elsewhere, so/],
  ];
  await client.open(uri, `${lines.map(([line]) => line).join('\n')}\n`);
  for (const [line, [, expected]] of lines.entries())
    assert.match((await hover(client, 6, line)) ?? '', expected);
});

test('a name that only the command line can explain says so', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\nCOPY --from=binary_dir / /\n');
  assert.match(
    (await hover(client, 14, 1)) ?? '',
    /`binary_dir` stands for .* such as with `--build-context`/,
  );
});

test('text of the file cannot become markup', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM a`[x](command:evil)`b\n');
  const text = (await hover(client, 8)) ?? '';
  assert.match(text, /^`` a`\[x\]\(command:evil\)`b ``: /);
});

test('a client that shows no Markdown gets plain text', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      textDocument: { ...all.textDocument, hover: { contentFormat: ['plaintext'] } },
    }),
  });
  await client.open(uri, 'FROM nginx:1.27.3\n');
  const text = (await hover(client, 8)) ?? '';
  assert.doesNotMatch(text, /[`[\]]/);
  assert.match(text, /https:\/\/hub\.docker\.com\/_\/nginx/);
});

test('a finding shows the page of its rule in short, and where the rest is', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n# holdfast-ignore floating-tag -- once\nFROM scratch\n');
  const onImage = (await hover(client, 8)) ?? '';
  assert.match(
    onImage,
    /^`nginx:1\.27\.3`: .*\n\n---\n\n\[\*\*unpinned-image\*\*\]\(https:\/\/\S+\/rules\/unpinned-image\.md\): An image by a specific tag/s,
  );
  assert.doesNotMatch(onImage, /\]\((?!https:)/, 'a link that leads nowhere from here');
  assert.ok(onImage.includes('**Fix:** Pin nginx:1.27.3 to its digest.'));
  assert.ok(onImage.length < 2_000);
  const onComment = (await hover(client, 10, 1)) ?? '';
  assert.match(onComment, /^\[\*\*unused-suppression\*\*\]\(https:/);
});

test('a finding without an image has its page too, in plain text where the client wants it', async (t) => {
  const client = await start(t, {
    capabilities: (all) => ({
      ...all,
      textDocument: { ...all.textDocument, hover: { contentFormat: ['plaintext'] } },
    }),
  });
  const compose = 'file:///shop/compose.yaml';
  await client.open(compose, 'services:\n  web:\n    build: .\n    privileged: true\n');
  const answer = await client.request<Hover | null>('textDocument/hover', {
    textDocument: { uri: compose },
    position: { line: 3, character: 18 },
  });
  const text = (answer?.contents as MarkupContent | undefined)?.value ?? '';
  assert.match(text, /^privileged-container: A container with the rights of the host\.\n\n\S/);
  assert.match(
    text,
    /\n\nFix: Run it without privileges \(changes behaviour\)\.\n\nMore: https:\S+\/privileged-container\.md$/,
  );
  assert.doesNotMatch(text, /[`*]/);
});

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const linked = { initializationOptions: { hoverCommands: true } };
const label = (name: string): string => `org.opencontainers.image.${name}`;

const inspect = (client: Client, line = 0) =>
  client.execute('holdfast.server.inspectImage', { uri, position: { line, character: 8 } });

/** The lines that tell what is known of the image. */
const facts = async (client: Client, line = 0): Promise<readonly string[]> =>
  ((await hover(client, 8, line)) ?? '')
    .split('\n')
    .filter((one) => one.startsWith('- '))
    .map((one) => one.slice(2));

test('what was found in an image is told, in few lines', async (t) => {
  const now = Date.UTC(2026, 10, 20, 10, 2);
  const client = await start(t, { now: () => now });
  client.registry.answer = () => ({ ok: true, digest: digest('a'), mediaType: '', at: now });
  client.registry.contents = {
    platforms: ['linux/amd64', 'linux/arm64', 'linux/arm64'].map((platform, at) => ({
      platform,
      digest: digest(`${at}`),
    })),
    config: {
      ...plainConfig,
      platform: 'linux/amd64',
      created: Date.UTC(2026, 9, 28),
      size: 78_400_000,
      labels: {
        [label('title')]: 'shop',
        [label('version')]: '1.4.2',
        [label('revision')]: '0123456789abcdef'.repeat(3).slice(0, 40),
        [label('licenses')]: 'MIT',
        [label('source')]: 'https://git.example/shop (fork)',
        [label('description')]: 'not told',
      },
      base: { name: 'docker.io/library/debian:12', digest: digest('b') },
    },
  };
  await client.open(uri, 'FROM ghcr.io/team/shop:1.4.2\n');
  await inspect(client);
  assert.deepEqual(await facts(client), [
    `Points to \`${digest('a')}\`, as ghcr.io said on 20 November 2026, 10:02 UTC.`,
    'An index of 2 platforms: linux/amd64, linux/arm64.',
    'Created on 28 October 2026, 3 weeks ago. 78 MB to pull for linux/amd64.',
    'Built on `docker.io/library/debian:12` (`sha256:bbbbbbbbbbbb…`).',
    'Its labels say: title `shop`, version `1.4.2`, revision `0123456789ab`, licenses `MIT`, [source at git.example](https://git.example/shop%20%28fork%29).',
  ]);
});

test('of an image for one platform, or of one that says nothing, no more is told than is known', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  await inspect(client);
  assert.deepEqual((await facts(client)).slice(1), ['For one platform.']);
  client.registry.contents = { platforms: null, config: { ...plainConfig, platform: 'linux/arm64' } };
  assert.deepEqual((await facts(client)).slice(1), ['For one platform, linux/arm64.']);
  client.registry.contents = { platforms: null, config: null };
  assert.match((await facts(client))[1] ?? '', /^Its configuration could not be read/);
  client.registry.contents = { platforms: [], config: null };
  assert.deepEqual((await facts(client)).slice(1), ['An index of 0 platforms.']);
});

test('of many platforms the first are named', async (t) => {
  const client = await start(t);
  const platforms = Array.from({ length: 300 }, (_, at) => ({
    platform: `os/cpu${at}`,
    digest: digest('a'),
  }));
  client.registry.contents = { platforms, config: null };
  await client.open(uri, 'FROM nginx:1.27.3\n');
  await inspect(client);
  assert.equal(
    (await facts(client))[1],
    'An index of 300 platforms: os/cpu0, os/cpu1, os/cpu2, os/cpu3, os/cpu4, os/cpu5 and 294 more.',
  );
});

test('what an image says of itself is no markup, no link and not long', async (t) => {
  const client = await start(t, linked);
  const evil =
    '`[x](command:evil) ![](https://evil.example/p.png) <img src=x> https://evil.example www.evil.example \u202e\n\n# x';
  const labels = Object.fromEntries(
    ['title', 'version', 'revision', 'licenses'].map((name) => [label(name), evil.repeat(50)]),
  );
  await client.open(uri, 'FROM nginx:1.27.3\n');
  await inspect(client);
  for (const source of [
    'command:evil',
    'javascript:alert(1)',
    'http://plain.example/',
    'https://user:word@evil.example/',
    `https://evil.example/${'a'.repeat(1000)}`,
    'https://',
  ]) {
    client.registry.contents = {
      platforms: [{ platform: '[x](command:evil)', digest: digest('a') }],
      config: {
        ...plainConfig,
        platform: '![](https://evil.example)',
        size: 1,
        labels: { ...labels, [label('source')]: source },
        base: { name: `a\`${evil}`, digest: null },
      },
    };
    const text = (await hover(client, 8)) ?? '';
    assert.ok(!text.includes('source at'), source);
    assert.ok(text.length < 2_500, `${text.length}`);
    assert.doesNotMatch(text, /\u202e|\n#/);
    // What is left without code and without what is escaped.
    const live = text.replace(/(`+)(?!`).*?[^`]\1(?!`)/g, '').replace(/\\./g, '');
    for (const [, target = ''] of live.matchAll(/\]\(([^)]*)\)/g)) {
      assert.match(
        target,
        /^(?:command:holdfast\.inspectImage\?|https:\/\/(?:hub\.docker\.com|github\.com\/holdfast))/,
      );
    }
    assert.doesNotMatch(live.replace(/\]\([^)]*\)/g, ''), /https?:\/\/|www\.|<img|!\[/);
  }
});

test('of a pin it is told what its tag names', async (t) => {
  const client = await start(t);
  const at = Date.UTC(2026, 0, 2);
  const says = (today: string | null) => (image: ImageName) => {
    if (image.version === '1.27.3' && today === null) return failed('not-found', 'It is gone.');
    return {
      ok: true,
      digest: image.version.includes(':') ? image.version : (today ?? ''),
      mediaType: '',
      at,
    } as const;
  };
  await client.open(uri, `FROM nginx:1.27.3@${digest('a')}\n`);
  const said = 'as docker\\.io said on 2 January 2026, 00:00 UTC\\.';
  for (const [today, expected] of [
    [digest('a'), 'The tag `1\\.27\\.3` names this digest, '],
    [digest('b'), `The tag \`1\\.27\\.3\` names another digest, \`${digest('b')}\`, `],
  ] as const) {
    client.registry.answer = says(today);
    await inspect(client);
    assert.match((await facts(client))[0] ?? '', new RegExp(`^${expected}${said}$`));
  }
  client.registry.answer = says(null);
  await inspect(client);
  assert.match((await facts(client))[0] ?? '', /^The tag `1\.27\.3` is gone, as docker\.io/);
  client.registry.answer = () => failed('not-found', 'It is gone.');
  await inspect(client);
  assert.match((await facts(client))[0] ?? '', /^There is no such image, as docker\.io/);
});

test('a pin to one platform of an index is told from one to the index', async (t) => {
  const client = await start(t);
  client.registry.answer = (image) => ({
    ok: true,
    digest: image.version.includes(':') ? image.version : digest('b'),
    mediaType: '',
    at: 0,
  });
  client.registry.contentsOf = ({ version }) =>
    version === digest('a')
      ? { platforms: null, config: { ...plainConfig, platform: 'linux/arm64' } }
      : { platforms: [{ platform: 'linux/arm64', digest: digest('a') }], config: null };
  await client.open(uri, `FROM nginx:1.27.3@${digest('a')}\nFROM nginx:1.27.3@${digest('b')}\n`);
  await inspect(client);
  await inspect(client, 1);
  const [part, one] = await facts(client);
  assert.match(
    part ?? '',
    /^This digest is the part for linux\/arm64 of the index that the tag `1\.27\.3` names, /,
  );
  assert.equal(one, 'For one platform, linux/arm64.');
  const [index, all] = await facts(client, 1);
  assert.match(index ?? '', /^The tag `1\.27\.3` names this digest, /);
  assert.equal(all, 'An index of 1 platform: linux/arm64.');
});

test('the pulls that are left are told while that is of use', async (t) => {
  let now = Date.UTC(2026, 10, 20, 10, 2);
  const client = await start(t, { now: () => now });
  await client.open(uri, 'FROM nginx:1.27.3\nFROM ghcr.io/a/b:1.2.3\n');
  client.registry.allowances.set('docker.io', { limit: 100, remaining: 76, window: 21_600_000, at: now });
  assert.deepEqual(await facts(client), [
    '76 of 100 pulls in 6 hours are left, as docker.io said at 10:02 UTC.',
  ]);
  assert.deepEqual(await facts(client, 1), []);
  now += 21_600_000;
  assert.deepEqual(await facts(client), []);
});

test('a link has the image looked into, and says who is asked', async (t) => {
  const client = await start(t, {
    ...linked,
    files: { 'file:///shop/.holdfast.yaml': 'registries:\n  quay.io: {mirror: mirror.example/quay}\n' },
  });
  await client.open(
    uri,
    'FROM nginx:1.27.3\nFROM ghcr.io/a/b:1.2.3\nFROM quay.io/a/b:1.2.3\nFROM $X\nFROM scratch\n',
  );
  const [line0, line1, line2, line3, line4] = await Promise.all(
    [0, 1, 2, 3, 4].map((line) => hover(client, 6, line)),
  );
  const link = /\[Look into the image\]\(command:holdfast\.inspectImage\?([^)]*)\)/;
  assert.match(line0 ?? '', /\) \(asks docker\.io, and counts against its pull limit\) · \[Page of/);
  assert.match(line1 ?? '', /\) \(asks ghcr\.io\) · \[Page of/);
  assert.match(line2 ?? '', /\) \(asks `mirror\.example\/quay` in the place of quay\.io\)/);
  for (const none of [line3, line4]) assert.doesNotMatch(none ?? '', /command:/);
  const place = { uri, position: { line: 0, character: 6 } };
  const [, query = ''] = link.exec(line0 ?? '') ?? [];
  assert.deepEqual(JSON.parse(decodeURIComponent(query)), [place]);
  await inspect(client);
  assert.match(
    (await hover(client, 6)) ?? '',
    /\[Look again\]\(command:[^)]*\) \(asks docker\.io, and may count against its pull limit\)/,
  );
});

test('the link holds whatever the file is called, and survives being decoded twice', async (t) => {
  const odd = 'file:///shop/a%29%5Bx%5D(command:evil)%2541%22/Dockerfile';
  const client = await start(t, linked);
  await client.open(odd, 'FROM nginx:1.27.3\n');
  const answer = await client.request<Hover>('textDocument/hover', {
    textDocument: { uri: odd },
    position: { line: 0, character: 6 },
  });
  const { value } = answer.contents as MarkupContent;
  const [, query = ''] = /\]\(command:holdfast\.inspectImage\?([^()\s]*)\) \(asks/.exec(value) ?? [];
  for (const text of [decodeURIComponent(query), decodeURIComponent(decodeURIComponent(query))]) {
    assert.deepEqual(JSON.parse(text), [{ uri: odd, position: { line: 0, character: 6 } }]);
  }
});

test('where nobody may be asked there is no link, and one sentence says why', async (t) => {
  const untrusted = await start(t, { initializationOptions: { hoverCommands: true, trusted: false } });
  await untrusted.open(uri, 'FROM nginx:1.27.3\n');
  const text = (await hover(untrusted, 8)) ?? '';
  assert.match(text, /Its registry is not asked about it while this workspace is not trusted\./);
  assert.doesNotMatch(text, /command:/);
  const offline = await start(t, { ...linked, settings: () => ({ offline: true }) });
  await offline.open(uri, 'FROM nginx:1.27.3\n');
  const other = (await hover(offline, 8)) ?? '';
  assert.match(other, /Its registry is not asked about it while `holdfast\.offline` is on\./);
  assert.doesNotMatch(other, /command:/);
});

test('a client without the command is not told of it', async (t) => {
  const client = await start(t);
  await client.open(uri, 'FROM nginx:1.27.3\n');
  assert.doesNotMatch((await hover(client, 8)) ?? '', /Look|command:|asks/);
});

test('what an earlier run was told is there without asking, and brings its findings', async (t) => {
  const client = await start(t);
  client.registry.kept.push({
    image: { registry: 'docker.io', repository: 'library/nginx', version: '1.27.3' },
    lookup: { ok: true, digest: digest('b'), mediaType: '', at: Date.UTC(2026, 0, 2) },
    isInspected: false,
  });
  const before = client.refreshes;
  await client.open(uri, `FROM nginx:1.27.3@${digest('a')}\n`);
  await client.diagnostics(uri);
  await client.until('the wait', () => client.timer.pending === 1);
  client.timer.elapse();
  await client.until('the refresh', () => client.refreshes > before);
  assert.deepEqual(
    (await client.diagnostics(uri)).map(({ code }) => code),
    ['drifted-pin'],
  );
  assert.match((await facts(client))[0] ?? '', /^The tag `1\.27\.3` names another digest, /);
  assert.deepEqual(client.registry.calls, []);
});
