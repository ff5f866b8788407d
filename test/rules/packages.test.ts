import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '../../server/src/engine/model/script.ts';
import { type PackageAction, packageAction } from '../../server/src/engine/packages/index.ts';
import { runDownload } from '../../server/src/engine/rules/support/programs.ts';
import { bypassesOf } from '../../server/src/engine/rules/support/signature-bypass.ts';
import { shellScript } from '../../server/src/engine/shell/script.ts';
import { MappedText } from '../../server/src/engine/text/mapped-text.ts';

const read = (text: string): Script =>
  shellScript(
    { moment: 'build', owner: 'final stage', path: 'stage/0/run/0' },
    MappedText.of(text, 0, text.length),
  );

/** The first command's doing, in short: `install curl:none git:exact`; a kind other than a package is named too. */
function told(text: string): string {
  const [action] = read(text)
    .commands()
    .flatMap((command) => packageAction(command) ?? []);
  if (!action) return '-';
  assert.ok(text.slice(action.span.start, action.span.end).length > 0);
  for (const { name, span } of action.items) {
    assert.ok(span.end > span.start, `${name} stands somewhere`);
  }
  return [action.verb, ...action.items.map(itemInShort)].join(' ');
}

const itemInShort = ({ kind, name, version }: PackageAction['items'][number]): string =>
  kind === 'package' ? `${name}:${version}` : `${name}:${kind}${kind === 'git' ? `:${version}` : ''}`;

const table: readonly (readonly [command: string, told: string])[] = [
  // Debian and Ubuntu.
  ['apt-get install -y curl git', 'install curl:none git:none'],
  ['apt-get -y -qq install --no-install-recommends curl', 'install curl:none'],
  [
    'sudo apt install curl=8.5.0-2 git=1:2.43* jq/bookworm-backports',
    'install curl:exact git:range jq:range',
  ],
  ['apt-get -t bookworm-backports -o Dpkg::Options::=--force-confold install curl', 'install curl:none'],
  ['apt-get install -tbookworm-backports curl', 'install curl:none'],
  [
    'apt-get install curl="$CURL_VERSION" $PACKAGES gcc-$GCC',
    'install curl:exact $PACKAGES:unknown gcc-$GCC:unknown',
  ],
  [
    'apt-get install ./tool.deb /tmp/*.deb tool_$V.deb',
    'install ./tool.deb:file /tmp/*.deb:file tool_$V.deb:file',
  ],
  ['apt-get install php-{cli,fpm} libc6:amd64', 'install php-{cli,fpm}:none libc6:amd64:none'],
  ['apt-get install curl exim4-', 'install curl:none exim4-:unknown'],
  ['apt-get install $(cat packages.txt)', 'install $(cat packages.txt):unknown'],
  ['apt-get $OPTIONS install curl', 'install curl:none'],
  ['apt-get install --snapshot 20250101T000000Z curl', 'install curl:unknown'],
  ['apt-get install -f', 'install'],
  ['apt-get update -qq', 'refresh'],
  ['apt-get dist-upgrade -y', 'upgrade'],
  ['apt-get -s upgrade', '-'],
  ['apt-get purge -y gcc', 'remove gcc:none'],
  ['apt-get clean', '-'],
  ['apt-cache policy curl', '-'],
  ['install_packages curl jq=1.7*', 'install curl:none jq:range'],
  ['dpkg -i /tmp/tool.deb', 'install /tmp/tool.deb:file'],
  ['dpkg --print-architecture', '-'],
  // Alpine.
  ['apk add --no-cache curl', 'install curl:none'],
  ['apk --no-cache add curl=8.5.0-r0 git=~2.43 jq~1.7', 'install curl:exact git:range jq:range'],
  ["apk add 'curl>8' 'git<3' tini@edge yq@edge=4.0-r0", 'install curl:open git:range tini:none yq:exact'],
  ['apk add --virtual .build-deps gcc', 'install gcc:none'],
  ['apk add -t .build-deps --repository https://mirror.example.com/main gcc', 'install gcc:none'],
  ['apk add --virtual=.build-deps gcc .other-deps', 'install gcc:none .other-deps:group'],
  ['apk add --allow-untrusted /tmp/tool.apk', 'install /tmp/tool.apk:file'],
  ['apk add --no-network --virtual .run-deps so:libc.so', 'install so:libc.so:unknown'],
  ['apk upgrade --no-cache', 'upgrade'],
  ['apk -U upgrade', 'upgrade'],
  ['apk del .build-deps', 'remove .build-deps:group'],
  ['apk info -e curl', '-'],
  // Fedora, Red Hat.
  ['dnf install -y httpd-2.4.6-90.el7 php-8.1* nginx-1.24.0', 'install httpd:exact php:range nginx:exact'],
  [
    'yum -y install java-17-openjdk gcc-toolset-13 python3.11',
    'install java-17-openjdk:none gcc-toolset-13:none python3.11:none',
  ],
  ['yum install glibc.x86_64 tool-$VERSION', 'install glibc:none tool:exact'],
  ['microdnf install --nodocs --enablerepo crb -y tar', 'install tar:none'],
  ['dnf install @development "tool >= 1.2" tool2=1.2', 'install @development:group tool:open tool2:exact'],
  [
    'dnf install https://example.com/tool.rpm ./tool.rpm',
    'install https://example.com/tool.rpm:url ./tool.rpm:file',
  ],
  ['dnf groupinstall "Development Tools"', 'install Development Tools:group'],
  ['dnf module install -y nodejs:20/minimal ruby', 'install nodejs:range ruby:none'],
  ['microdnf module enable nodejs', 'choose nodejs:none'],
  ['yum module reset nodejs', 'remove nodejs:none'],
  ['yum update -y', 'upgrade'],
  ['yum -y update openssl', 'upgrade openssl:none'],
  ['dnf config-manager --set-enabled crb', '-'],
  ['rpm -Uvh https://example.com/tool.rpm', 'install https://example.com/tool.rpm:url'],
  ['rpm --import https://example.com/key', '-'],
  ['rpm -qa', '-'],
  ['zypper -n --gpg-auto-import-keys in -y curl git=2.43', 'install curl:none git:exact'],
  ['zypper install -t pattern devel_basis', 'install devel_basis:unknown'],
  ['zypper dup', 'upgrade'],
  ['pacman -Syu --noconfirm git', 'upgrade git:none'],
  ['pacman -S --needed git', 'install git:none'],
  ['pacman -Sy', 'refresh'],
  ['pacman -Ss git', '-'],
  // Python.
  ['pip install flask', 'install flask:none'],
  [
    'pip3.12 install flask==3.1.0 "gunicorn[gevent]===23.0.0" django~=5.1 requests==2.*',
    'install flask:exact gunicorn:exact django:range requests:range',
  ],
  ['pip install "flask>=3" "django>=5,<6" "six!=1.0"', 'install flask:open django:range six:open'],
  ['pip install "uvloop; sys_platform != \'win32\'" "flask == 3.1.0"', 'install uvloop:none flask:exact'],
  ['python3 -m pip install --upgrade pip', 'install pip:none'],
  ['python -u -m pip install wheel', 'install wheel:none'],
  ['python manage.py install x', '-'],
  ['pip install -r requirements.txt -c constraints.txt flask', 'install requirements.txt:list flask:unknown'],
  [
    'pip install -rrequirements.txt --index-url https://pypi.example.com/simple flask',
    'install requirements.txt:list flask:none',
  ],
  [
    'pip install . .[dev] ./dist/*.whl tool.tar.gz',
    'install .:file .[dev]:file ./dist/*.whl:file tool.tar.gz:file',
  ],
  [
    'pip install -e . --editable git+https://git.example.com/tool.git',
    'install .:file git+https://git.example.com/tool.git:git:none',
  ],
  [
    'pip install git+https://user@git.example.com/tool.git@1f2e3d "tool @ git+https://git.example.com/tool"',
    'install git+https://user@git.example.com/tool.git@1f2e3d:git:range tool @ git+https://git.example.com/tool:git:none',
  ],
  [
    'pip install flask==$FLASK "django${DJANGO}" $PACKAGES',
    'install flask:exact django${DJANGO}:unknown $PACKAGES:unknown',
  ],
  [
    'pip install tool-1.2.3.tar tool.txz "tool @ git+https://$TOKEN@git.example.com/tool@main#egg=tool"',
    'install tool-1.2.3.tar:file tool.txz:file tool @ git+https://$TOKEN@git.example.com/tool@main#egg=tool:git:range',
  ],
  [
    'pip install git+https://$TOKEN@git.example.com/tool git+https://git.example.com/$TOOL svn+https://svn.example.com/tool@42',
    'install git+https://$TOKEN@git.example.com/tool:git:none git+https://git.example.com/$TOOL:git:unknown svn+https://svn.example.com/tool@42:git:exact',
  ],
  [
    'poetry add git+https://git.example.com/tool.git#main',
    'install git+https://git.example.com/tool.git#main:git:range',
  ],
  [
    'uv add git+https://git.example.com/tool --rev 1f2e3d4',
    'install git+https://git.example.com/tool:git:exact',
  ],
  ['uv add git+https://git.example.com/tool --tag v1', 'install git+https://git.example.com/tool:git:range'],
  ['pip install --no-index --find-links=/wheels flask', 'install flask:unknown'],
  ['pip uninstall -y flask', 'remove flask:none'],
  ['pip --version', '-'],
  ['uv pip install --system flask==3.1.0 jinja2', 'install flask:exact jinja2:none'],
  ['uv sync --frozen --no-dev', 'restore'],
  ['uv tool install ruff@0.9.2', 'install ruff:exact'],
  ['uvx --from black==24.1.0 black .', 'run black:exact black:none'],
  ['uvx ruff@latest check --fix', 'run ruff:open'],
  ['pipx install poetry==2.0.1', 'install poetry:exact'],
  ['poetry install --no-root --only main', 'restore'],
  ['poetry add flask@^3', 'install flask:range'],
  [
    'conda install -y -n base -c conda-forge python=3.12 numpy pandas==2.2.3 conda-forge::jq',
    'install python:range numpy:none pandas:exact conda-forge::jq:none',
  ],
  ['conda env create -f environment.yml', 'restore environment.yml:list'],
  ['micromamba install --yes --file env.yaml', 'install env.yaml:list'],
  // JavaScript.
  ['npm install -g typescript', 'install typescript:none'],
  [
    'npm i typescript@5.7.2 @scope/tool@^1 @scope/other eslint@9 pnpm@latest',
    'install typescript:exact @scope/tool:range @scope/other:none eslint:range pnpm:open',
  ],
  [
    'npm install npm@${NPM_VERSION} "old@npm:new@1.0.0" "range@>=1 <2" "open@>=1"',
    'install npm:exact new:exact range:range open:open',
  ],
  [
    'npm install owner/tool owner/tool#1f2e git+https://git.example.com/tool.git',
    'install owner/tool:git:none owner/tool#1f2e:git:range git+https://git.example.com/tool.git:git:none',
  ],
  [
    'npm install ./tool.tgz tool-1.0.0.tgz https://example.com/tool.tgz .',
    'install ./tool.tgz:file tool-1.0.0.tgz:file https://example.com/tool.tgz:url .:file',
  ],
  [
    'npm install tool-1.2.3.tar dist/tool.tgz a/b/c ~/tool file:../tool "C:\\\\tool"',
    'install tool-1.2.3.tar:file dist/tool.tgz:file a/b/c:file ~/tool:file file:../tool:file C:\\tool:file',
  ],
  [
    'npm install a@file:./a b@workspace:* c@./c.tgz @scope/d@file:d',
    'install a@file:./a:file b@workspace:*:file c@./c.tgz:file @scope/d@file:d:file',
  ],
  [
    'npm install a@owner/tool#main a@git+https://git.example.com/tool#1f2e3d4 a@github:owner/tool',
    'install a@owner/tool#main:git:range a@git+https://git.example.com/tool#1f2e3d4:git:exact a@github:owner/tool:git:none',
  ],
  [
    'npm install https://github.com/owner/tool https://github.com/owner/tool/tree/main git@github.com:owner/tool.git#v1',
    'install https://github.com/owner/tool:git:none https://github.com/owner/tool/tree/main:git:range git@github.com:owner/tool.git#v1:git:range',
  ],
  [
    'yarn add tool@https://github.com/owner/tool.git#commit=1f2e3d4 tool@owner/tool#head=main',
    'install tool@https://github.com/owner/tool.git#commit=1f2e3d4:git:exact tool@owner/tool#head=main:git:range',
  ],
  [
    'npm install "owner/tool#semver:^1" owner/tool#$COMMIT',
    'install owner/tool#semver:^1:git:range owner/tool#$COMMIT:git:exact',
  ],
  ['npm install --omit dev --registry https://npm.example.com', 'restore'],
  ['npm ci --omit=dev', 'restore'],
  ['npm run install', '-'],
  ['npm cache clean --force', '-'],
  ['npx tsc', 'run tsc:unknown'],
  ['npx -y create-app@latest --yes', 'run create-app:open'],
  ['npx --no-install tsc', '-'],
  ['npm exec -- tsc -p .', 'run tsc:unknown'],
  ['yarn', 'restore'],
  ['yarn --frozen-lockfile', 'restore'],
  ['yarn --version', '-'],
  ['yarn build', '-'],
  ['yarn global add serve', 'install serve:none'],
  ['yarn install --immutable', 'restore'],
  ['pnpm i --frozen-lockfile', 'restore'],
  ['pnpm add -g turbo@2.3.3', 'install turbo:exact'],
  ['pnpm dlx create-app', 'run create-app:none'],
  ['bun install', 'restore'],
  ['bun x tsc', 'run tsc:unknown'],
  ['corepack enable', '-'],
  ['corepack prepare pnpm@9.15.4 --activate', 'install pnpm:exact'],
  ['corepack prepare pnpm@latest --activate', 'install pnpm:open'],
  ['corepack yarn install', 'restore'],
  // Others.
  ['gem install rails -v 7.2.1 --no-document', 'install rails:exact'],
  ['gem install rails:7.2.1 bundler puma:"~> 6"', 'install rails:exact bundler:none puma:range'],
  ['gem install nokogiri:1.2 -- --use-system-libraries', 'install nokogiri:exact'],
  ['gem install nokogiri -- --with-xml2-dir=/usr lib', 'install nokogiri:none'],
  ['gem update --system', 'upgrade'],
  ['bundle install --jobs 4', 'restore'],
  ['bundle', 'restore'],
  ['bundle exec rails server', '-'],
  ['go install example.com/tool/cmd/tool@v1.2.3', 'install example.com/tool/cmd/tool:exact'],
  [
    'go install -ldflags "-s -w" -v example.com/tool@latest ./...',
    'install example.com/tool:open ./...:file',
  ],
  [
    'go install example.com/a@v1 example.com/b@main example.com/c@1f2e3d4c5b6a example.com/d@${V} example.com/e',
    'install example.com/a:range example.com/b:open example.com/c:exact example.com/d:exact example.com/e:unknown',
  ],
  ['go install --tags extended example.com/tool@v1', 'install example.com/tool:range'],
  ['go install std', 'install std:file'],
  ['go get -d -v ./...', 'install ./...:file'],
  ['go get example.com/tool', 'install example.com/tool:none'],
  ['go mod download', 'restore'],
  ['go run example.com/tool@latest', 'run example.com/tool:open'],
  ['go build -o /app .', '-'],
  ['cargo install ripgrep --version 14.1.1 --locked', 'install ripgrep:exact'],
  ['cargo +nightly install ripgrep fd-find@10.2.0', 'install ripgrep:none fd-find:exact'],
  ['cargo install --path .', 'install'],
  [
    'cargo install --git https://git.example.com/tool --rev 1f2e3d4 tool',
    'install https://git.example.com/tool:git:exact tool:unknown',
  ],
  ['cargo install --git https://git.example.com/a', 'install https://git.example.com/a:git:none'],
  [
    'cargo install --git https://git.example.com/a --tag $COMMIT',
    'install https://git.example.com/a:git:range',
  ],
  [
    'bundle add tool --git https://git.example.com/a --branch main',
    'install https://git.example.com/a:git:range tool:unknown',
  ],
  ['cargo build --release', '-'],
  ['composer install --no-dev', 'restore'],
  [
    'composer require vendor/tool:1.2.3 vendor/other vendor/more:^2 ext-json',
    'install vendor/tool:exact vendor/other:none vendor/more:range ext-json:unknown',
  ],
  ['composer require vendor/a:dev-main vendor/b:dev-main#1f2e3d4', 'install vendor/a:open vendor/b:exact'],
  ['composer global require vendor/tool', 'install vendor/tool:none'],
  ['pecl install redis-6.1.0 xdebug apcu-beta', 'install redis:exact xdebug:none apcu:open'],
  ['dotnet tool install --global dotnet-ef --version 9.0.0', 'install dotnet-ef:exact'],
  ['dotnet restore', 'restore'],
  ['dotnet publish -c Release', '-'],
  // What is no package manager, or cannot be told.
  ['echo apt-get install curl', '-'],
  ['$MANAGER install curl', '-'],
  ['apt-get', '-'],
  ['apt-get install --help', '-'],
  ['toString install x', '-'],
  ['npm constructor', '-'],
];

for (const [command, expected] of table) {
  test(command, () => assert.equal(told(command), expected));
}

test('the place of an action goes from the program to its verb', () => {
  const text = 'sudo apt-get -y install curl';
  const [action] = read(text)
    .commands()
    .flatMap((command) => packageAction(command) ?? []);
  assert.ok(action);
  assert.equal(text.slice(action.span.start, action.span.end), 'apt-get -y install');
  assert.equal(action.name, 'apt-get install');
});

/** What each script switches off, with the text that is underlined. */
const switchedOff: readonly (readonly [script: string, ...found: string[]])[] = [
  ['apt-get install --force-yes -y tool', '--force-yes'],
  ['apt-get -o APT::Get::AllowUnauthenticated=true install tool', 'APT::Get::AllowUnauthenticated=true'],
  ['apt-get -oAcquire::https::Verify-Peer=false update', '-oAcquire::https::Verify-Peer=false'],
  ['apt-get -o Acquire::Check-Valid-Until=false update'],
  [
    "add-apt-repository 'deb [arch=amd64 trusted=yes] https://a.example.com /'",
    "'deb [arch=amd64 trusted=yes] https://a.example.com /'",
  ],
  ['echo "deb [trusted=yes] file:/srv ./" > a.list'],
  ['cat > a.sources <<EOF\nTypes: deb\nTrusted: yes\nEOF', 'Trusted: yes'],
  ['cat > a.repo <<EOF\n[a]\nbaseurl=file:///srv\ngpgcheck=0\nEOF'],
  ['printf "[a]\\nenabled=1\\ngpgcheck = 0\\n" > a.repo', '"[a]\\nenabled=1\\ngpgcheck = 0\\n"'],
  ["sed -i 's/gpgcheck=1/gpgcheck=0/g' a.repo", "'s/gpgcheck=1/gpgcheck=0/g'"],
  ["sed -i 's|gpgcheck=0|gpgcheck=1|' a.repo"],
  ["sed -i '/gpgcheck=0/s/0/1/' a.repo"],
  ['echo repo_gpgcheck=0 >> a.repo'],
  ['yum -y --nogpgcheck install tool', '--nogpgcheck'],
  ['yum-config-manager --save --setopt=a.sslverify=false', '--setopt=a.sslverify=false'],
  ['dnf-config-manager --save --setopt=sslverify=0', '--setopt=sslverify=0'],
  ['dnf-config-manager --save --setopt=a.gpgcheck=0', '--setopt=a.gpgcheck=0'],
  ['dnf config-manager --setopt a.sslverify=0 --save', 'a.sslverify=0'],
  ['dnf config-manager setopt a.gpgcheck=0', 'a.gpgcheck=0'],
  ['dnf config-manager addrepo --from-repofile=https://a.example.com --set=gpgcheck=0', '--set=gpgcheck=0'],
  ['yum install --setopt=tsflags=nodocs,nocrypto tool', '--setopt=tsflags=nodocs,nocrypto'],
  ['yum install --setopt=tsflags=nodocs tool'],
  ['zypper ar --no-gpgcheck https://a.example.com a', '--no-gpgcheck'],
  ['zypper --no-gpg-checks -n in tool', '--no-gpg-checks'],
  ['rpm -Uvh --noverify a.rpm', '--noverify'],
  ['rpm -i --nofiledigest a.rpm && rpm -i --nodigest a.rpm', '--nofiledigest', '--nodigest'],
  ['rpm -Va --nofiledigest && rpm -q --nosignature tool && rpm -e --noverify tool'],
  ['echo "--setopt=sslverify=0"'],
  ['echo "dnf --setopt=gpgcheck=0" > readme'],
  ['echo gpgcheck=0'],
  ['cat <<EOF\ngpgcheck=0\nEOF'],
  ['{ echo "[a]"; echo gpgcheck=0; } > a.repo', 'gpgcheck=0'],
  ['echo sslverify=0 | tee a.repo', 'sslverify=0'],
  ['rpm -i --nosignature https://a.example.com/a.rpm', '--nosignature'],
  ['curl -k https://a.example.com', '-k'],
  ['curl -sSfLk https://a.example.com', '-sSfLk'],
  ['curl --insecure -o f https://a.example.com', '--insecure'],
  ['curl -ok -K cfg -sH k:v https://a.example.com'],
  ['curl -k https://localhost:8443/ && curl -k --url https://127.0.0.1'],
  ['curl -k "https://$HOST/"', '-k'],
  ['wget -q --no-check-certificate -O- https://a.example.com', '--no-check-certificate'],
  ['curl -k -O https://a.example.com/f && sha256sum --check f.sum'],
  ['curl -k -O https://a.example.com/f && tar xf f', '-k'],
  [
    'pip3 install --trusted-host pypi.org --trusted-host=files.example.com flask',
    '--trusted-host pypi.org',
    '--trusted-host=files.example.com',
  ],
  ['python -m pip install --trusted-host pypi.org flask', '--trusted-host pypi.org'],
  [
    'pip config set global.trusted-host "pypi.org files.example.com"',
    'global.trusted-host "pypi.org files.example.com"',
  ],
  ['npm config set strict-ssl false', 'strict-ssl false'],
  ['npm set strict-ssl=false', 'strict-ssl=false'],
  ['npm ci --strict-ssl=false', '--strict-ssl=false'],
  ['yarn config set enableStrictSsl false', 'enableStrictSsl false'],
  ['npm config get strict-ssl'],
  ['export NODE_TLS_REJECT_UNAUTHORIZED=0', 'NODE_TLS_REJECT_UNAUTHORIZED=0'],
  ['PYTHONHTTPSVERIFY=0 python get.py', '0'],
  ['GIT_SSL_NO_VERIFY=0 git clone https://a.example.com/a', '0'],
  ['git clone -c http.sslVerify=false https://a.example.com/a', 'http.sslVerify=false'],
  ['git config --global http.sslVerify false', 'http.sslVerify false'],
  ['git config --global --unset http.sslVerify'],
  ['go env -w GOFLAGS=-insecure GOSUMDB=off', 'GOFLAGS=-insecure', 'GOSUMDB=off'],
  ['go env -w GOPRIVATE=a.example.com GONOSUMDB=a.example.com'],
  ['conda config --set ssl_verify no', 'ssl_verify no'],
  ['composer config -g disable-tls true', 'disable-tls true'],
  ['helm repo add --insecure-skip-tls-verify a https://a.example.com', '--insecure-skip-tls-verify'],
  ['skopeo copy --src-tls-verify=false docker://a docker://b', '--src-tls-verify=false'],
  ['echo "use curl -k or --nogpgcheck"'],
  ['grep -k gpgcheck=0 f'],
];

for (const [script, ...found] of switchedOff) {
  test(`switched off: ${script}`, () => {
    const underlined = bypassesOf(read(script)).map(({ span }) => script.slice(span.start, span.end));
    assert.deepEqual(underlined, found);
  });
}

const downloadsRun: readonly (readonly [script: string, runs: boolean])[] = [
  ['curl -fsSL https://a.example.com | sh', true],
  ['curl -fsSL https://a.example.com | sudo -E bash -s -- --yes', true],
  ['wget -qO- https://a.example.com | tee log | bash -x', true],
  ['curl https://a.example.com | python3 -', true],
  ['bash <(curl -s https://a.example.com) --yes', true],
  ['eval "$(curl -s https://a.example.com)"', true],
  ['. <(wget -qO- https://a.example.com)', true],
  ['curl https://a.example.com | python3 -m json.tool', false],
  ['curl https://a.example.com | python3 -c "import json"', false],
  ['curl https://a.example.com | bash script.sh', false],
  ['curl https://a.example.com | jq .', false],
  ['sh install.sh "$(curl -s https://a.example.com)"', false],
  ['cat script | sh', false],
];

for (const [script, runs] of downloadsRun) {
  test(`${runs ? 'runs' : 'does not run'} what it downloads: ${script}`, () => {
    assert.equal(
      read(script)
        .commands()
        .some((command) => runDownload(command) !== null),
      runs,
    );
  });
}

test('any words are read without fault', () => {
  const programs =
    'apt-get apk dnf zypper pacman pip uv npm npx yarn gem go cargo composer dotnet curl git sed'.split(' ');
  const words = [
    'install',
    'add',
    '-',
    '--',
    '-t',
    '-e',
    '@',
    '=',
    '==',
    ':',
    '-x=',
    '"',
    '$',
    '@/',
    'a@',
    '=1',
    '[',
    's/',
    '<(',
  ];
  for (const program of programs) {
    for (const first of words) {
      for (const second of words) {
        const script = read(`${program} install ${first} ${second}`);
        for (const command of script.commands()) packageAction(command);
        for (const { span } of bypassesOf(script)) assert.ok(span.end >= span.start);
      }
    }
  }
});
