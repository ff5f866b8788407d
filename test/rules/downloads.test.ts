import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
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

for (const [name, rows] of Object.entries({ piped, unpacked, saved, checked })) {
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
    assert.match(messages.join(), /^`v1\.2\.3` can move/);
  });
});
