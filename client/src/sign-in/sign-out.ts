import { window } from 'vscode';
import { askKnown, type Desk, notify } from './context.ts';

/** Forgets what was stored here, and says how to take away what others have stored. */
export async function signOut(desk: Desk): Promise<void> {
  const [own, known] = await Promise.all([desk.keychain.all(), askKnown(desk)]);
  const items = [
    ...[...own].map(([label, { username }]) => ({
      label,
      description: `Signed in as ${username}`,
      isOwn: true,
    })),
    ...known.stored.map(({ place, registry }) => ({
      label: registry,
      description: `Stored in ${place}`,
      isOwn: false,
    })),
  ];
  if (items.length === 0) {
    void window.showInformationMessage('You are not signed in to any registry.');
    return;
  }
  const choice = await window.showQuickPick(items, {
    title: 'Sign Out of Registry',
    placeHolder: 'Which registry?',
  });
  if (!choice) return;
  const { isOwn, label: registry } = choice;
  const rest = known.stored.find((login) => login.registry === registry);
  if (isOwn) await desk.keychain.remove(registry);
  if (isOwn) await notify(desk, registry);
  const done = isOwn
    ? `Signed out of ${registry}.`
    : 'Holdfast does not change what it has not stored itself.';
  void window.showInformationMessage(rest ? `${done} ${removal(registry, rest.place)}` : done);
}

/** How to take away what Docker or Podman stored. */
function removal(registry: string, place: string): string {
  const used = `What ${place} has for ${registry} is used`;
  if (!/[\\/]/.test(place)) return `${used} until it is taken out there.`;
  const program = place.endsWith('auth.json') ? 'podman' : 'docker';
  return `${used} until you run ${program} logout${registry === 'docker.io' ? '' : ` ${registry}`}.`;
}
