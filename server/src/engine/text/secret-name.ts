/** `clientSecret`, `client-secret` and `client.secret` are `CLIENT_SECRET`. */
const inCapitals = (name: string): string =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase();

/** Names end with what they hold; `_FILE`, `_URL`, `_TTL`, `_NAME` behind it make something else of it. */
const secretEnding =
  /(?:PASSWORD|PASSWD|PASSPHRASE|(?:^|_)(?:DB)?PASS|(?:^|_)DBPW|_PWD|(?:^|_)(?:SECRET|TOKEN|CREDENTIALS?|(?:API|APP|ACCESS|ACCOUNT|AUTH|DEPLOY|ENCRYPTION|MASTER|PRIVATE|SECRET|SESSION|SIGNING|SSH)_?KEY(?:_BASE)?))(?:_(?:BASE64|B64|DEFAULT|DEV|PROD|PRODUCTION|STAGING|TEST|VALUE|\d+)|\d{1,2})?$/;

/** Words that make a name speak of something else, or of what everybody may know. */
const otherSubject =
  /(?:^|_)(?:PUBLIC|OLDPWD|(?:IMAGE_?)?PULL_?SECRET|CSRF_?TOKEN|(?:PAD|EOS|BOS|UNK|MAX|STOP)_TOKEN|TLS_SECRET|CERT(?:IFICATE)?_SECRET|SSL_(?:KEY|KEYSTORE|TRUSTSTORE)_CREDENTIALS)(?:_|$)|^(?:VITE|REACT_APP|GATSBY)_|^(?:ALLOW|ENABLE|DISABLE|REQUIRE|USE|HAS|IS|NO|SKIP|HIDE|SHOW)_/;

const longestName = 120;

/** Whether a variable of this name holds something that is to be kept secret. */
export function isSecretName(name: string): boolean {
  if (name.length > longestName) return false;
  const capitals = inCapitals(name);
  return secretEnding.test(capitals) && !otherSubject.test(capitals);
}
