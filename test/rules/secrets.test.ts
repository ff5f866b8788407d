import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits, isRefusal, trialEdits } from '../../server/src/engine/index.ts';
import { secretFile } from '../../server/src/engine/rules/support/secret-files.ts';
import { isSecretValue } from '../../server/src/engine/rules/support/secret-value.ts';
import {
  hasPasswordInAddress,
  hasPasswordInConnection,
} from '../../server/src/engine/rules/support/secrets.ts';
import { isSecretName } from '../../server/src/engine/text/secret-name.ts';
import { hasTokenForm, isRandomText, knownToken } from '../../server/src/engine/text/token.ts';
import { read } from './variants.ts';

describe('names', () => {
  const secret =
    'PASSWORD DB_PASSWORD PGPASSWORD MYSQL_ROOT_PASSWORD POSTGRES_PASSWORD_PROD REDIS_PASS DB_PWD CLIENT_SECRET clientSecret client-secret GITHUB_TOKEN auth.token API_KEY APIKEY STRIPE_API_KEY AWS_SECRET_ACCESS_KEY SECRET_KEY_BASE PRIVATE_KEY ENCRYPTION_KEY SSH_KEY DB_CREDENTIALS SSH_PASSPHRASE SECRET_KEY_1';
  for (const name of secret.split(' '))
    test(`${name} is one of a secret`, () => assert.ok(isSecretName(name)));

  const other =
    'PWD OLDPWD PASSWORD_FILE DB_PASSWORD_FILE TOKEN_URL TOKEN_TTL PASSWORD_MIN_LENGTH SECRET_NAME API_KEY_ID AWS_ACCESS_KEY_ID PUBLIC_KEY SSH_PUBLIC_KEY GPG_KEY TOKEN_VERSION ALLOW_EMPTY_PASSWORD DISABLE_TOKEN IMAGE_PULL_SECRET TLS_SECRET MAX_TOKENS EOS_TOKEN KAFKA_SSL_KEYSTORE_CREDENTIALS NEXT_PUBLIC_API_KEY VITE_API_KEY COMPASS BYPASS MONKEY CACHE_KEY PARTITION_KEY KEY token.yaml';
  for (const name of other.split(' ')) test(`${name} is none`, () => assert.ok(!isSecretName(name)));
});

describe('values', () => {
  const secret = [
    'Tr0ub4dor&3',
    'q8Zr2mVx0Lp4',
    'c4f9-correct-horse',
    'whale-song-7',
    "'hunter2-again'",
    'ab/CD+efGHij==',
  ];
  const withWords = [
    'my-real-secret-8f3k2l9d',
    'my-secret-8f3k',
    'secret_8f14e45fceea167a5a36dedd4bea2543',
    'prod-password-x9F2kQ7vL1',
    'changeme-8f3k2l9d',
    'yourXk29fLq8zP',
    'my-secret-is-the-blue-whale-song',
    'token-48213377',
    'acme-shop-secret-1',
    'prodSecretKeyForAcmeShop2024',
    'passwordkqzvbnmwplt',
    'example-9f86d081-884c-7d65-9a2f-eaa0c55ad015',
  ];
  for (const value of withWords)
    test(`${value} is one, whatever words are in it`, () => assert.ok(isSecretValue(value)));
  for (const value of secret) test(`${value} could be one`, () => assert.ok(isSecretValue(value)));

  const other = [
    '',
    'x',
    'true',
    'None',
    '12345678',
    '15m',
    '********',
    'changeme',
    'change-me-please',
    '<token>',
    "'<token>'",
    '$TOKEN',
    '${TOKEN:?}',
    '{{ .Values.token }}',
    '%env(TOKEN)%',
    'your_token_here',
    'a-long-and-random-string',
    'MyVeryStrongDatabasePassword1',
    'P@ssw0rd',
    'postgres',
    'admin123456',
    'GOOGLE_API_KEY_VAL',
    '/run/secrets/token',
    './certs/key.pem',
    'file:/etc/key',
    'https://login.example.org/token',
    'vault:secret/data/web#token',
    'arn:aws:secretsmanager:eu-west-1:1:secret:x',
    'ENC[AES256_GCM,data:x]',
    'web-tls',
    'shop-db-credentials',
    '0123456789abcdef0123456789abcdef',
    'your-password-here',
    '<password>',
    'xxx',
    'sk-xxxxxxxxxxxx',
    'AKIAIOSFODNN7EXAMPLE',
    's3cr3t',
    'secret123',
    'password-20240101',
    'insecure-dev-password',
    'build-only-not-used',
    'acme-secret',
    'insert-mailgun-webhook-token-here',
    'replace_with_real_token',
    'myverylongsecretkeythatisatleast32characterslong',
  ];
  for (const value of other) test(`"${value}" is none`, () => assert.ok(!isSecretValue(value)));
});

/** Put together here, so that no scanner takes this file for a leak. */
const body = (length: number): string =>
  'q8Zr2mVx0Lp4Kj7WnT5bYc3HdG9sFa6uEiRo1NtM'.repeat(8).slice(0, length);
const upper = 'Q7ZR2MVXLP4KJ6WN';

describe('tokens', () => {
  const tokens: readonly (readonly [text: string, what: string])[] = [
    [`ghp_${body(36)}`, 'GitHub token'],
    [`token: gho_${body(36)}.`, 'GitHub token'],
    [`github_pat_${body(22)}_${body(59)}`, 'GitHub token'],
    [`glpat-${body(20)}`, 'GitLab token'],
    [`AKIA${upper}`, 'key of AWS'],
    [`xoxb-${'1234'.repeat(3)}-${body(24)}`, 'Slack token'],
    [`sk_live_${body(24)}`, 'Stripe key'],
    [`AIza${body(35)}`, 'Google API key'],
    [`//registry.npmjs.org/:_authToken=npm_${body(36)}`, 'npm token'],
    [`dckr_pat_${body(27)}`, 'Docker Hub token'],
    [`-----BEGIN RSA PRIVATE KEY-----\n${body(64)}\n`, 'private key'],
    [`-----BEGIN OPENSSH PRIVATE KEY-----\\n${body(64)}\\n`, 'private key'],
  ];
  for (const [text, what] of tokens)
    test(`${text.slice(0, 14)}…`, () => assert.equal(knownToken(text), what));

  const other = [
    `ghp_${'x'.repeat(36)}`,
    `ghp_${body(30)}`,
    'AKIAIOSFODNN7EXAMPLE',
    'npm_config_registry_is_set_to_something_else',
    '-----BEGIN PRIVATE KEY-----',
    `-----BEGIN CERTIFICATE-----\n${body(64)}`,
    `sha256:${body(64)}`,
    'sk_live_...',
  ];
  for (const text of other) test(`${text.slice(0, 28)} is none`, () => assert.equal(knownToken(text), null));

  test('whatever looks like one stays out of requests, examples too', () => {
    for (const [text, what] of tokens) {
      const isLine = what !== 'private key' && !text.includes('hooks.slack.com');
      assert.equal(hasTokenForm(`host.example/team/x:${text}`), isLine, text);
    }
    for (const text of [`ghp_${'x'.repeat(36)}`, `ghp_${body(30)}`, 'AKIAIOSFODNN7EXAMPLE'])
      assert.ok(hasTokenForm(`host/x:${text}`), text);
  });

  test('names of images look like none', () => {
    for (const name of [
      'docker.io/library/nginx:1.27.3',
      'sg.registry.example.com/team/image:1.0',
      'openstack/glance-api-with-a-long-name:2024.1',
      'acme/sk-learn-training-and-serving:v1',
      'acme/pypi-server-and-its-mirror:1.0.0',
      'acme/npm_proxy_cache_of_the_company:1',
      `ghcr.io/acme/api@sha256:${'0123456789abcdef'.repeat(4)}`,
      'acme/api:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
      'acme/api:eyJson-parser-of-the-team',
    ])
      assert.ok(!hasTokenForm(name), name);
  });

  test('random text is of both cases, with digits, in one go', () => {
    for (const text of ['q8Zt4LmN0vR7yBk2PwXs', 'x-Aq8Zt4LmN0vR7yBk2PwXs'])
      assert.ok(isRandomText(text), text);
    for (const text of [
      '2024.11.3-Release-Candidate-12',
      '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
      'AAAAAAAAAAAAAAAAAAAAa1',
      'short1A',
      'registry.example.com/Team-Release-2024',
    ])
      assert.ok(!isRandomText(text), text);
  });
});

test('passwords in addresses', () => {
  for (const address of [
    'postgres://app:kJ7pQ2vW@db:5432/x',
    'see https://a:kJ7%50Q2vW@host.internal/ there',
  ])
    assert.ok(hasPasswordInAddress(address), address);
  const other = [
    'postgres://db:5432/x',
    'postgres://app@db/x',
    'postgres://app:$(PASSWORD)@db/x',
    'postgres://postgres:postgres@db/x',
    'https://user:password@host/',
    'https://me:kJ7pQ2vW@example.com/',
    'https://example.org/a:b@c',
    'amqp://shop:shop@queue',
  ];
  for (const address of other) assert.ok(!hasPasswordInAddress(address), address);
});

test('passwords in connection strings', () => {
  for (const text of [
    'Server=db;Database=shop;User Id=sa;Password=kJ7pQ2vW;',
    'pwd=kJ7pQ2vW;Data Source=db',
    'jdbc:mysql://db:3306/shop?user=app&password=kJ7pQ2vW',
  ])
    assert.ok(hasPasswordInConnection(text), text);
  const other = [
    'Server=db;Database=shop;Integrated Security=true',
    'Server=db;User Id=sa;Password=${SA_PASSWORD}',
    'Server=db;User Id=shop;Password=shop',
    'Server=db;Password=<password>',
    'trace=on;password=kJ7pQ2vW',
    'jdbc:mysql://db/shop?user=app&passwordCharacterEncoding=kJ7pQ2vW',
    'Server=db\nx;Password=kJ7pQ2vW',
  ];
  for (const text of other) assert.ok(!hasPasswordInConnection(text), text);
});

test('files that hold secrets', () => {
  const secret =
    '.env conf/.env.production id_rsa .ssh/id_ed25519 ./.npmrc .aws/ ~/.aws/credentials .docker/config.json server.key tls/privkey.pem service-account-prod.json keystore.p12 kubeconfig';
  for (const path of secret.split(' ')) assert.notEqual(secretFile(path, '/app/'), null, path);
  const other =
    '.env.example .env.sample env .env.test id_rsa.pub ca.pem fullchain.pem public.pem server.crt nginx_signing.key apt-archive.key config.json package.json sample-key.pem test/server.key $KEY_FILE .sshd keys/ monkey.png keyboard.pem.txt';
  for (const path of other.split(' ')) assert.equal(secretFile(path, '/app/'), null, path);
  assert.equal(secretFile('vendor.key', '/etc/apt/keyrings/'), null);
});

test('a secret is repeated neither in a message nor in a key, nor anywhere in a fix', () => {
  const secret = 'kJ7pQ2vWx9Lm';
  const texts: readonly (readonly [kind: string, text: string])[] = [
    [
      'dockerfile',
      `FROM debian:12.8\nENV API_TOKEN=${secret}\nENV A=https://me:${secret}@host/ B=ghp_${body(36)}\nRUN curl -u me:${secret} https://host/ && login --password=${secret} --token ${secret}\nLABEL t=ghp_${body(36)}\n`,
    ],
    [
      'compose',
      `services:\n  web:\n    image: nginx:1.27.3\n    environment:\n      API_TOKEN: ${secret}\n      A: https://me:${secret}@host/\n      B: ghp_${body(36)}\n`,
    ],
    [
      'kubernetes',
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\ndata:\n  token: ${secret}\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.3\n      env: [{ name: API_TOKEN, value: ${secret} }]\n`,
    ],
  ];
  for (const [kind, text] of texts) {
    const found = read(kind, text).findings.filter(({ rule }) => rule.endsWith('-secret'));
    assert.ok(found.length > 1, kind);
    for (const finding of found) {
      const told = JSON.stringify([finding.key, finding.message, finding.related, finding.fixes()]);
      assert.ok(!told.includes(secret.slice(0, 6)) && !told.includes(body(8)), told);
    }
  }
});

describe('a value that is read from a Secret', () => {
  const pod = (env: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.3\n      env:\n${env}`;
  const fixed = (text: string): readonly string[] =>
    read('kubernetes', text)
      .findings.filter(({ rule }) => rule === 'inline-secret')
      .flatMap((finding) => finding.fixes())
      .map((fix) => {
        const edits = trialEdits(fix);
        return isRefusal(edits) ? edits.refused : String(applyEdits(text, edits));
      });

  test('JSON stays JSON', () => {
    const text =
      '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [{"name": "web", "image": "nginx:1.27.3", "env": [{"name": "API_TOKEN", "value": "q8Zr2mVx0Lp4"}]}]}}\n';
    const [after = ''] = fixed(text);
    const { spec } = JSON.parse(after);
    assert.deepEqual(spec.containers[0].env, [
      { name: 'API_TOKEN', valueFrom: { secretKeyRef: { name: 'web', key: 'API_TOKEN' } } },
    ]);
  });

  test('one over several lines is left to its author', () => {
    const [said] = fixed(pod('        - name: API_TOKEN\n          value: >-\n            q8Zr2mVx0Lp4\n'));
    assert.match(said ?? '', /^The value is written over several lines/);
  });

  test('one that others share is left where it is', () => {
    const shared =
      '        - name: FIRST\n          value: &token q8Zr2mVx0Lp4\n        - name: API_TOKEN\n          value: *token\n';
    const [said] = fixed(pod(shared));
    assert.match(said ?? '', /shared through an alias/);
  });
});

/** Put together here, so that no scanner takes this file for a leak. */
const value = ['abc8', 'fk2l', '9dqq'].join('');

const secretsIn = (instructions: string): readonly { readonly message: string }[] =>
  read('dockerfile', `FROM debian:12.8\n${instructions}\n`).findings.filter(
    ({ rule }) => rule === 'baked-secret',
  );

describe('secrets that a command is given', () => {
  const given = [
    `npm config set //registry.npmjs.org/:_authToken ${value}`,
    `npm config set //registry.npmjs.org/:_authToken=${value}`,
    `yarn config set npmAuthToken ${value}`,
    `poetry config pypi-token.pypi ${value}`,
    `composer config github-oauth.github.com ${value}`,
    `composer config http-basic.repo.internal me ${value}`,
    `aws configure set aws_secret_access_key ${value}`,
    `docker login -u me -p ${value} registry.internal`,
    `docker login -p${value}`,
    `podman login --password ${value}`,
    `helm registry login -p ${value} registry.internal`,
    `sshpass -p ${value} scp a b`,
    `mysql -uroot -p${value} -e x`,
    `cargo login ${value}`,
    `vault login ${value}`,
    `echo ${value} | docker login --password-stdin`,
    `docker login --password-stdin <<< ${value}`,
    `curl -H "Authorization: Bearer ${value}" https://x.internal/`,
    `curl -H 'Authorization: Basic ${value}=' https://x.internal/`,
    `wget --header="Authorization: token ${value}" https://x.internal/`,
    `curl --header "PRIVATE-TOKEN: ${value}" https://x.internal/`,
    `curl --oauth2-bearer ${value} https://x.internal/`,
    `curl -u me:${value} https://x.internal/`,
    `git clone https://me:${value}@git.internal/a.git`,
    `export TOKEN=${value} && ./run`,
    `TOKEN=${value} ./run`,
    `TOKEN=${value}; ./run`,
    `env TOKEN=${value} ./run`,
  ];
  for (const run of given) test(run, () => assert.equal(secretsIn(`RUN ${run}`).length, 1));
});

describe('secrets that are written into a file', () => {
  const written = [
    `RUN echo "//registry.npmjs.org/:_authToken=${value}" > .npmrc`,
    `RUN echo "_auth=${value}" >> /root/.npmrc`,
    `RUN printf "machine x.internal\\nlogin me\\npassword ${value}\\n" > ~/.netrc`,
    `RUN echo "machine x.internal login me password ${value}" > ~/.netrc`,
    `RUN echo "DB_PASSWORD=${value}" >> .env`,
    `RUN echo '{"auths":{"x":{"auth":"${value}"}}}' > ~/.docker/config.json`,
    `RUN echo "export TOKEN=${value}" | tee /etc/profile.d/x.sh`,
    `RUN cat <<EOF > .npmrc\n//x.internal/:_authToken=${value}\nEOF`,
    `RUN <<EOF\ncat > ~/.netrc <<X\nmachine x.internal\n  login me\n  password ${value}\nX\nEOF`,
    `COPY <<EOF /root/.npmrc\n//x.internal/:_authToken=${value}\nEOF`,
    `ADD <<EOF /app/.env\nA=1\nDB_PASSWORD="${value}"\nEOF`,
  ];
  for (const text of written) test(text, () => assert.equal(secretsIn(text).length, 1));

  test('what is underlined is the value', () => {
    const text = `FROM debian:12.8\nCOPY <<EOF /root/.npmrc\n//x.internal/:_authToken=${value}\nEOF\n`;
    const [finding] = read('dockerfile', text).findings.filter(({ rule }) => rule === 'baked-secret');
    assert.ok(finding);
    assert.equal(text.slice(finding.span.start, finding.span.end), value);
  });
});

describe('what is no secret in a command', () => {
  const other = [
    'npm config set //registry.npmjs.org/:_authToken "$NPM_TOKEN"',
    'npm config set //registry.npmjs.org/:_authToken=${NPM_TOKEN}',
    'npm config set registry https://r.internal/ && npm config get _authToken',
    'echo "//registry.npmjs.org/:_authToken=${NPM_TOKEN}" > .npmrc',
    "echo '//registry.npmjs.org/:_authToken=${NPM_TOKEN}' > .npmrc",
    'echo "//registry.npmjs.org/:_authToken=$(cat /run/secrets/t)" > .npmrc',
    'echo "machine x.internal login me password $PW" > ~/.netrc',
    'echo "machine x.internal login me password <password>" > ~/.netrc',
    'docker login -u me -p "$PW" registry.internal',
    'docker login -u me -p $(cat /run/secrets/p)',
    'docker login --password-stdin < /run/secrets/p',
    'echo "$PW" | docker login --password-stdin',
    'curl -H "Authorization: Bearer $TOKEN" https://x.internal/',
    'curl -H "Authorization: Bearer $(cat /run/secrets/t)" https://x.internal/',
    'curl -H "Authorization: Bearer your-token-here" https://x.internal/',
    "curl -H 'Authorization: Bearer QQ==' https://ghcr.io/v2/homebrew/core",
    'curl -H "Accept: application/json" https://x.internal/',
    'curl -u "$NAME:$PW" https://x.internal/ && curl -u user:password https://x.internal/',
    'export TOKEN=$(cat /run/secrets/t)',
    'export TOKEN=changeme TOKEN_TTL=3600 TOKEN_URL=https://x.internal/',
    'TOKEN="" ./run',
    'SECRET_KEY=dummy python manage.py collectstatic',
    `apt-get install -y pass=1.7.4-5 && echo DB_PASSWORD=${value}`,
    'git config --global credential.helper store',
    `docker run -p ${value}:80 x && cp -p ${value} b`,
    'mysql -u root -p && redis-cli -a "$PW"',
    `useradd -p ${value} x`,
    'cargo login --registry x && vault login -method=aws role=dev',
    'cat > a.py <<EOF\ntoken = os.environ\npassword = get()\nsecret_key = args.secret\nEOF',
    'echo "PasswordAuthentication no" >> /etc/ssh/sshd_config',
  ];
  for (const run of other) test(run, () => assert.deepEqual(secretsIn(`RUN ${run}`), []));
});

test('a message is short, whatever the names in it are', () => {
  const long = 'a-very-long-name-of-something'.repeat(4);
  const texts = [
    `RUN apt-get install ${long} ${long} && pip install ${long} && dotnet tool install ${long}`,
    `RUN git clone -b ${long} https://x.internal/a && npm i a/b#${long}`,
    `ADD --checksum=sha256:0 https://x.internal/a.git#${long} /a`,
    `RUN curl -O https://x.internal/${long}.tgz && tar xf ${long}.tgz && rpm -i https://x.internal/a.rpm`,
    `RUN apt-get -o Acquire::${long}::AllowInsecureRepositories=true update && curl -k https://x.internal/`,
    `RUN export ${long.replaceAll('-', '_')}_TOKEN=${value} && curl -u a:${value} https://x.internal/`,
    `COPY ${long}/id_rsa ${long}/.env ${long}/.kube /root/`,
  ];
  const found = texts.flatMap((text) => read('dockerfile', `FROM scratch\n${text}\n`).findings);
  const rules =
    /^(?:unpinned-package|unpinned-git-source|unverified-download|signature-check-bypass|baked-secret)$/;
  const messages = found.filter(({ rule }) => rules.test(rule)).map(({ message }) => message);
  assert.ok(messages.length >= 14);
  assert.deepEqual(
    messages.filter((message) => message.length > 90),
    [],
  );
});
