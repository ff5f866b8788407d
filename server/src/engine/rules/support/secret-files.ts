/** Copies for others to fill in, and public halves of keys. */
const harmless =
  /\.(?:example|sample|template|tmpl|tpl|dist|defaults?|schema|pub|crt|cer|cert)(?:\.|$)|(?:^|[._-])(?:example|sample|template)(?:[._-]|$)|^\.env\.(?:test|testing|ci)$/i;

/** Files by their whole name. */
const named: ReadonlyMap<string, string> = new Map([
  ['.netrc', 'passwords of servers'],
  ['.git-credentials', 'passwords of git servers'],
  ['.npmrc', 'the token of a registry'],
  ['.pypirc', 'the token of a registry'],
  ['.pgpass', 'passwords of databases'],
  ['.my.cnf', 'a password of a database'],
  ['.aws', 'keys of AWS'],
  ['.ssh', 'private keys'],
  ['.kube', 'the credentials of a cluster'],
  ['kubeconfig', 'the credentials of a cluster'],
  ['id_rsa', 'a private key'],
  ['id_dsa', 'a private key'],
  ['id_ecdsa', 'a private key'],
  ['id_ed25519', 'a private key'],
]);

const patterned: readonly (readonly [form: RegExp, what: string])[] = [
  [/(?:^|\/)\.docker\/config\.json$/, 'passwords of registries'],
  [/(?:^|\/)\.kube\/config$/, 'the credentials of a cluster'],
  [/(?:^|\/)\.aws\/credentials$/, 'keys of AWS'],
  [
    /(?:^|\/)(?:service[-_]?account|gcp[-_]?(?:key|credentials)|google[-_]?credentials|credentials)[\w.-]*\.json$/i,
    'a key of a cloud account',
  ],
  [/(?:^|\/)[^/]*(?:priv|key)[^/]*\.pem$/i, 'a private key'],
  [/\.(?:p12|pfx)$/i, 'a private key'],
];

/** Public keys of packages, in files that end with `.key` too. */
const signing =
  /sign|gpg|release|repo|apt|archive|rpm|pub|pgp|trust|nodesource|nginx_|mysql|docker|kubernetes/i;
const keyFolder = /^\/etc\/(?:apt|apk|pki)\/|^\/usr\/share\/keyrings/;

/** Made for tests and for show. */
const forShow = /(?:^|\/)(?:tests?|testdata|fixtures?|mocks?|examples?|samples?|demo)\//i;

/** What a file that is copied into an image usually holds, where that is a secret; null for any other. `target` is where it goes. */
export function secretFile(source: string, target: string): string | null {
  const path = source.replace(/\/+$/, '');
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (
    name === '' ||
    name.length > 120 ||
    path.includes('$') ||
    harmless.test(name) ||
    keyFolder.test(target) ||
    forShow.test(path)
  )
    return null;
  const known = named.get(name);
  if (known !== undefined) return known;
  if (/^\.env(?:\.[\w.-]+)?$/.test(name)) return 'settings with passwords among them';
  if (/\.key$/i.test(name)) return signing.test(name) ? null : 'a private key';
  if (/pub|cert|chain|ca\.|dhparam/i.test(name)) return null;
  return patterned.find(([form]) => form.test(path))?.[1] ?? null;
}
