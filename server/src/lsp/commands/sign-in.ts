import { parseReference } from '../../engine/index.ts';
import type { SignInCheck } from '../../registry/index.ts';
import { guarded } from '../protocol/guard.ts';
import {
  type KnownRegistries,
  registriesRequest,
  type SignInAnswer,
  serverCommands,
  signInNotification,
} from '../protocol/protocol.ts';
import { credentialOf } from '../registry/keychain.ts';
import type { Session } from '../session.ts';
import { property } from '../workspace/editor-settings.ts';
import { childOf } from '../workspace/uri.ts';

/** What signing in asks of the server, besides the command `checkSignIn`. */
export function serveSignIn(session: Session): void {
  const { connection, ports, trust } = session;
  connection.onNotification(signInNotification, (params: unknown) => {
    const registry = property(params, 'registry');
    if (typeof registry === 'string') trust.registry.forgetSignIn(registry);
  });
  connection.onRequest(registriesRequest, (params: unknown) => {
    const nothing: KnownRegistries = { inFile: [], inSettings: [], stored: [] };
    return guarded(
      ports.log,
      registriesRequest,
      () => nothing,
      () => knownRegistries(session, params),
    );
  });
}

async function knownRegistries(session: Session, params: unknown): Promise<KnownRegistries> {
  const uri = property(params, 'uri');
  const reading = typeof uri === 'string' ? await session.analyses.current(uri) : null;
  const inFile = (reading?.analysis.images ?? []).flatMap((use) =>
    use.reading.state === 'parsed' && use.role !== 'build-output' ? [use.reading.reference.registry] : [],
  );
  const { registries } = await settingsFor(session, uri);
  const inSettings = Object.entries(registries).flatMap(([name, { mirror }]) => [
    name,
    ...(mirror === undefined ? [] : [hostOf(mirror)]),
  ]);
  const stored = await session.trust.registry.storedLogins();
  return {
    inFile: [...new Set(inFile)],
    inSettings: [...new Set(inSettings)].filter(isRegistry),
    stored: stored.flatMap(({ host, place }) => (isRegistry(host) ? { registry: host, place } : [])),
  };
}

/** Of a mirror, which may be written with a scheme and a path. */
const hostOf = (mirror: string): string => mirror.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');

/** Those of a document, or of the workspace. */
async function settingsFor({ configuration, folders }: Session, uri?: unknown) {
  const [folder] = folders;
  const place = folder === undefined ? 'untitled:registries' : childOf(folder, 'registries');
  return (await configuration.of(typeof uri === 'string' ? uri : place)).settings;
}

/** Asks a registry whether it accepts what somebody is about to sign in with. Null for an argument that makes no sense, or cannot be opened. */
export async function checkSignIn(
  session: Session,
  sealed: unknown,
  signal: AbortSignal,
): Promise<SignInAnswer | null> {
  const { ports, trust } = session;
  const request = ports.seal?.open(sealed);
  const registry = property(request, 'registry');
  const credential = credentialOf(request);
  if (!credential || typeof registry !== 'string' || !isRegistry(registry)) {
    ports.log.warn(`${serverCommands.checkSignIn} takes a sealed sign-in.`);
    return null;
  }
  const { registries } = await settingsFor(session);
  const check = await trust.registry.checkSignIn(registry, credential, { registries, signal });
  ports.log.info(check.ok ? `${registry} was asked about a sign-in.` : check.message);
  return { verdict: verdictOf(check), message: messageOf(registry, check) };
}

/** As it stands in references. */
function isRegistry(text: string): boolean {
  const parsed = parseReference(`${text}/image`);
  return parsed.ok && parsed.reference.registry === text;
}

function verdictOf(check: SignInCheck): SignInAnswer['verdict'] {
  if (check.ok) return check.isOpen ? 'unknown' : 'accepted';
  return check.code === 'no-access' ? 'rejected' : 'unknown';
}

function messageOf(registry: string, check: SignInCheck): string {
  if (!check.ok) return check.message;
  return check.isOpen
    ? `${registry} lets anybody in without signing in, so it did not say whether the user name and password are right.`
    : `${registry} accepts the sign-in.`;
}
