import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyEdits, isRefusal, trialEdits } from '../../server/src/engine/index.ts';
import { read } from './variants.ts';

/** The commands of one `RUN` each, and how often the rule finds something. */
type Row = readonly [found: number, ...runs: readonly string[]];

const sum = '24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d';

function count(rule: string, runs: readonly string[]): number {
  const text = `FROM debian:12.8\n${runs.map((run) => `RUN ${run}\n`).join('')}`;
  return read('dockerfile', text).findings.filter((finding) => finding.rule === rule).length;
}

const piped: readonly Row[] = [
  [1, 'curl https://example.org/i | sh'],
  [1, 'curl https://example.org/i | sudo -E bash -'],
  [1, 'wget -qO- https://example.org/i | bash -s -- --quiet'],
  [1, 'curl https://example.org/i | bash /dev/stdin latest'],
  [1, 'curl https://example.org/i | php -- --install-dir=/bin'],
  [1, 'curl https://example.org/i | python3 -'],
  [1, 'curl https://example.org/i | tee log | sh'],
  [1, 'bash <(curl -s https://example.org/i)'],
  [1, 'sh -c "$(wget -qO- https://example.org/i)"'],
  [1, 'eval "$(curl https://example.org/i)"'],
  [2, 'curl https://example.org/i | sh && curl https://example.org/i | sh'],
  [1, 'curl -o- -L https://example.org/i | bash'],
  [0, 'curl -o /srv/i https://example.org/i | bash'],
  [0, 'curl https://example.org/i | jq -r .tag | sh -c "cat"'],
  [0, 'curl https://example.org/i | python3 -m json.tool'],
  [0, 'curl https://example.org/i | node -e "process.stdin"'],
  [0, 'curl https://example.org/i | perl -ne print'],
  [0, 'curl http://127.0.0.1:3000/i | sh'],
  [0, 'curl -s file:///srv/i | sh'],
];

const unpacked: readonly Row[] = [
  [1, 'curl -L https://example.org/a.tgz | tar -xz'],
  [1, 'curl -L https://example.org/a.tgz | sudo tar xzf - -C /opt --strip-components=1'],
  [1, 'wget -qO- https://example.org/a.tgz | tar --extract --gzip'],
  [1, 'wget -O - https://example.org/a.txz | xz -d | tar x'],
  [1, 'curl https://example.org/a.zip | bsdtar -xf -'],
  [1, 'wget -qO- https://example.org/a.zip | unzip -'],
  [1, 'curl https://example.org/a.cpio.gz | gunzip | cpio -idm'],
  [1, 'curl https://example.org/a.gz | gunzip > /bin/a'],
  [1, 'curl https://example.org/a.gz | zcat > a'],
  [1, 'curl https://example.org/a.tgz | (cd /opt && tar xz)'],
  [1, 'curl https://example.org/a.tgz | tee a.tgz | tar xz'],
  [1, 'curl https://example.org/a.tgz | pv | tar xz && tar xf b.tgz'],
  [0, 'curl https://example.org/a.tgz | tar -tz'],
  [0, 'curl https://example.org/a.tgz | tar -tz > files.txt'],
  [0, 'curl -o a.tgz https://example.org/a.tgz | tar -xz'],
  [0, 'curl https://example.org/a.gz | gunzip | psql'],
  [0, 'curl https://example.org/a | gzip > a.gz'],
  [0, 'curl https://example.org/a.json | jq -r .files | base64 -d | tar xz'],
  [0, 'curl https://example.org/a.gpg | gpg -d | tar xz'],
  [0, 'curl https://example.org/a.tgz | tee >(sha256sum -c <(echo "$SUM  -")) | tar xz'],
  [0, 'curl https://example.org/a.tgz | tee a.tgz | tar xz && echo "$SUM  a.tgz" | sha256sum -c'],
  [0, 'curl https://example.org/a.gz | gunzip > a && echo "$SUM  a" | sha256sum -c'],
  [0, 'curl http://localhost/a.tgz | tar xz'],
];

const saved: readonly Row[] = [
  [1, 'curl -o /tmp/i.sh https://example.org/i && sh /tmp/i.sh'],
  [1, 'curl -fsSLo /tmp/i.sh https://example.org/i', '. /tmp/i.sh'],
  [1, 'curl -O https://example.org/i.sh && ./i.sh'],
  [1, 'curl --output i.sh https://example.org/i; bash -x i.sh --flag'],
  [1, 'curl https://example.org/i >i.sh; chmod a+x i.sh'],
  [1, 'curl https://example.org/i.gz | gunzip > /bin/i && chmod 0755 /bin/i'],
  [1, 'curl https://example.org/i | tee /bin/i > /dev/null && chmod +x /bin/i'],
  [1, 'curl -o /opt/bin/i https://example.org/i && chmod +x /opt/bin/*'],
  [1, 'curl -o i https://example.org/i && install -m 0755 i /usr/local/bin/'],
  [1, 'curl -o i https://example.org/i && install i /usr/local/bin/i'],
  [1, 'curl -o i https://example.org/i && mv i /bin/j && chmod +x /bin/j'],
  [1, 'wget https://example.org/a-${V}.tgz?raw=1 -O a-${V}.tgz && tar --extract --file=a-$V.tgz'],
  [1, 'wget -P /src https://example.org/a.zip && unzip -q /src/a.zip'],
  [1, 'wget https://example.org/a.txz && tar Jxf a.txz'],
  [1, 'wget https://example.org/a.tar.bz2 && bzip2 -d a.tar.bz2'],
  [1, 'wget -O a.deb https://example.org/a && apt-get install -y ./a.deb'],
  [1, 'wget https://example.org/a.whl && pip install a.whl'],
  [1, 'wget https://example.org/a.rpm && rpm -Uvh a.rpm'],
  [1, 'wget https://example.org/a.jar && java -jar a.jar'],
  [2, 'curl -O https://example.org/a.tgz -O https://example.org/b.tgz && tar xf a.tgz && tar xf b.tgz'],
  [1, 'curl -O https://example.org/a-latest-9.rpm && dnf install -y ./a-latest-*.rpm'],
  [0, 'curl -O https://example.org/a-latest-9.rpm && dnf install -y ./b-*.rpm'],
  [0, 'curl -o i.json https://example.org/i && jq . i.json && python3 use.py i.json'],
  [0, 'curl -o i https://example.org/i && chmod 644 i && install -m 0644 i /etc/'],
  [0, 'curl -o /tmp/a https://example.org/i && tar -cf b.tar /tmp/a'],
  [0, 'curl -o a.tgz https://example.org/a && gzip a.tgz'],
  [0, 'curl -fsS https://example.org/health -o /dev/null && sh run.sh'],
  [0, 'curl -o /opt/x/i https://example.org/i && chmod +x /opt/bin/*'],
  [0, 'tar xf a.tgz && curl -o a.tgz https://example.org/a'],
  [0, 'curl -o a.asc https://example.org/key && gpg --import a.asc'],
];

const checked: readonly Row[] = [
  [0, `curl -o a.tgz https://example.org/a && echo "${sum}  a.tgz" | sha256sum -c && tar xf a.tgz`],
  [
    0,
    `curl -o /b/a.tgz https://example.org/a && printf '${sum} */b/a.tgz\\n' | sha512sum --check - && tar xf /b/a.tgz`,
  ],
  [0, `curl -o a.tgz https://example.org/a && sha256sum -c <<< "${sum}  a.tgz" && tar xf a.tgz`],
  [0, 'curl -o a.tgz https://example.org/a && sha256sum -c --ignore-missing SUMS && tar xf a.tgz'],
  [
    0,
    'curl -o a.tgz https://example.org/a && [ "$(sha256sum a.tgz | cut -d" " -f1)" = "$SUM" ] && tar xf a.tgz',
  ],
  [
    0,
    'curl -o a.tgz https://example.org/a && test "$(openssl dgst -sha256 -r a.tgz)" = "$SUM" && tar xf a.tgz',
  ],
  [0, 'curl -o a.tgz https://example.org/a && gpgv a.sig a.tgz && tar xf a.tgz'],
  [0, 'curl -o a.tgz https://example.org/a && cosign verify-blob --key k a.tgz && tar xf a.tgz'],
  [0, 'curl -o a https://example.org/a && chmod +x a', 'minisign -Vm a -P key'],
  [0, 'curl -o a.rpm https://example.org/a && rpm -K a.rpm && rpm -i a.rpm'],
  [0, 'check() { echo "$1  $2" | sha256sum -c; }; curl -o a https://example.org/a; check "$S" a; chmod +x a'],
  [1, `curl -o a.tgz https://example.org/a && echo "${sum}  b.tgz" | sha256sum -c && tar xf a.tgz`],
  [1, 'curl -o a.tgz https://example.org/a && sha256sum b.tgz && tar xf a.tgz'],
  [1, 'sha256sum -c SUMS', 'curl -o a.tgz https://example.org/a && tar xf a.tgz'],
  [1, 'curl -o a.tgz https://example.org/a && tar xf a.tgz', 'gpg --verify b.asc b'],
  [1, `curl https://example.org/i | sh && sha256sum -c SUMS`],
];

const commit = sum.slice(0, 40);

const installed: readonly Row[] = [
  [1, 'pip install https://example.org/a.whl'],
  [1, 'pip install https://github.com/acme/x/archive/main.zip'],
  [1, 'pip install https://github.com/acme/x/tarball/branch'],
  [1, 'uv pip install "x @ https://github.com/acme/x/archive/refs/tags/v1.zip"'],
  [1, 'pip install -r https://example.org/requirements.txt'],
  [1, 'npm i https://github.com/acme/x/tarball/main'],
  [1, 'npm i -g https://example.org/a.tgz'],
  [1, 'yarn add x@https://example.org/a.tgz'],
  [1, 'dnf install -y https://example.org/a.rpm'],
  [2, 'microdnf install https://example.org/a.rpm https://example.org/b-$(rpm -E %rhel).rpm'],
  [1, 'yum localinstall -y https://example.org/a.rpm'],
  [1, 'rpm -i https://example.org/a.rpm'],
  [1, 'rpm --nodeps -Uvh https://example.org/a.rpm'],
  [1, 'pecl install https://example.org/a.tgz'],
  [1, 'rpm -K https://example.org/b.rpm && rpm -i https://example.org/a.rpm'],
  [0, `pip install https://example.org/a.whl#sha256=${sum}`],
  [0, `pip install "https://example.org/a.whl#egg=a&sha256=${sum}"`],
  [0, `pip install --require-hashes -r https://example.org/requirements.txt`],
  [0, `pip install https://github.com/acme/x/archive/${commit}.zip`],
  [0, `npm i https://codeload.github.com/acme/x/tar.gz/${commit}`],
  [0, 'pip install http://localhost:8080/a.whl "x @ http://127.0.0.1/x.whl"'],
  [0, 'pip install --index-url https://example.org/simple flask'],
  [0, 'dnf install -y --setopt=localpkg_gpgcheck=1 https://example.org/a.rpm'],
  [0, 'dnf install -y --setopt localpkg_gpgcheck=true https://example.org/a.rpm'],
  [0, 'rpm -K https://example.org/a.rpm && rpm -i https://example.org/a.rpm'],
  [0, 'rpm --import https://example.org/key && rpm -q https://example.org/a.rpm'],
  [0, 'zypper in https://example.org/a.rpm && apk add https://example.org/a.apk'],
  [0, 'dnf install -y "$URL" && dnf config-manager --add-repo https://example.org/a.repo'],
];

for (const [name, rows] of Object.entries({ installed, piped, unpacked, saved, checked })) {
  describe(`downloads that are ${name}`, () => {
    for (const [found, ...runs] of rows) {
      test(runs.join(' ⏎ ').slice(0, 110), () => assert.equal(count('unverified-download', runs), found));
    }
  });
}

const clones: readonly Row[] = [
  [1, 'git clone https://example.org/a.git'],
  [1, 'git -C /src clone -q --depth=1 ssh://git@example.org/a'],
  [1, 'git clone -b main git@example.org:a/b.git'],
  [1, 'git clone "$REPO_URL" /src'],
  [1, 'git clone https://example.org/a && cd a && git checkout "$BRANCH"'],
  [1, 'git clone https://example.org/a && cd a && git pull'],
  [1, `git -C a checkout ${sum.slice(0, 40)}`, 'git clone https://example.org/a'],
  [2, 'git clone https://example.org/a', 'git clone https://example.org/b'],
  [0, `git clone https://example.org/a && git -C a checkout -q ${sum.slice(0, 40)}`],
  [0, 'git clone https://example.org/a', 'cd a && git switch --detach "$COMMIT"'],
  [0, 'git clone https://example.org/a && cd a && git reset --hard 24454f8'],
  [1, 'git clone https://example.org/a && cd a && git checkout v1.2.3'],
  [1, 'git clone --branch v1.2.3 --depth 1 https://example.org/a'],
  [1, 'pip install git+https://example.org/a@main'],
  [1, 'pip install "a @ git+ssh://git@example.org/a.git@v1.0#egg=a"'],
  [1, 'npm i user/repo#main'],
  [1, 'npm i git+https://example.org/a.git#main'],
  [1, 'npx github:user/repo'],
  [1, 'cargo install --git https://example.org/a'],
  [1, 'cargo install --git https://example.org/a --tag v1.2.3 a'],
  [1, 'cargo install --git https://example.org/a --branch=main'],
  [0, `pip install git+https://example.org/a@${sum.slice(0, 40)}`],
  [0, `npm i user/repo#${sum.slice(0, 40)}`],
  [0, `cargo install --git https://example.org/a --rev ${sum.slice(0, 40)}`],
  [0, 'cargo install --git https://example.org/a --rev "$COMMIT"'],
  [0, 'pip install git+file:///srv/a'],
  [0, 'pip uninstall git+https://example.org/a'],
  [0, 'git clone /src/a b'],
  [0, 'git clone "$SOURCE_DIR" b'],
  [0, 'git init && git fetch https://example.org/a main'],
];

describe('clones', () => {
  for (const [found, ...runs] of clones) {
    test(runs.join(' ⏎ ').slice(0, 110), () => assert.equal(count('unpinned-git-source', runs), found));
  }

  test('a message names the branch or tag that is taken in the end', () => {
    const text = 'FROM debian:12.8\nRUN git clone https://example.org/a && cd a && git checkout v1.2.3\n';
    const { findings } = read('dockerfile', text);
    const messages = findings
      .filter(({ rule }) => rule === 'unpinned-git-source')
      .map(({ message }) => message);
    assert.match(messages.join(), /^`v1\.2\.3` is a branch or a tag/);
  });

  test('a checksum of an added repository is the commit', () => {
    const findings = (flag: string): number =>
      read('dockerfile', `FROM debian:12.8\nADD ${flag} https://example.org/a.git#v1 /a\n`).findings.filter(
        ({ rule }) => rule === 'unpinned-git-source',
      ).length;
    for (const fixed of [sum.slice(0, 40), sum, sum.slice(0, 7), '$COMMIT'])
      assert.equal(findings(`--checksum=${fixed}`), 0, fixed);
    for (const open of [`sha256:${sum}`, 'sha256:$SUM', '2', ''])
      assert.equal(findings(`--checksum=${open}`), 1, open);
  });

  test('an empty checksum checks no file, and the fix fills it in', () => {
    const text = 'FROM debian:12.8\nADD --checksum= --chmod=644 https://example.org/a /a\n';
    const [finding] = read('dockerfile', text).findings.filter(({ rule }) => rule === 'unverified-download');
    const [fix] = finding?.fixes() ?? [];
    const edits = fix ? trialEdits(fix) : [];
    const fixed = isRefusal(edits) ? edits.refused : applyEdits(text, edits);
    assert.match(String(fixed), /ADD --checksum=sha256:[0-9a-f]{64} --chmod=644 https/);
  });
});
