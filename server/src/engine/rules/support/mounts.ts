import type { Mount, Workload } from '../../model/facts.ts';

/** A path without doubled and trailing slashes; `/`, and the two in front of a Windows pipe, stay. */
export const tidy = (path: string): string => path.replace(/(?<=.)\/{2,}/g, '/').replace(/(?<=.)\/$/, '');

/** What is mounted at `target` itself, or over the whole filesystem; undefined where nothing is. */
export const mountAt = ({ mounts }: Workload, target: string): Mount | undefined =>
  mounts.find((mount) => mount.target !== null && [target, '/'].includes(tidy(mount.target)));

/** Names that the sockets of container engines and runtimes go by, wherever they lie. */
const socket =
  /(?:^|\/)(?:(?:docker|containerd|podman|crio|cri-dockerd|dockershim)\.sock|containerd\.sock\.ttrpc)$/;

/** Windows: `//./pipe/docker_engine`, with either slash. */
const pipe = /^[\\/]{2}\.[\\/]pipe[\\/](?:docker_engine|containerd-containerd)$/i;

/** Folders whose purpose is to hold those sockets: engines make theirs in `/run`, to which `/var/run` is a link. */
const socketFolder =
  /^(?:\/var)?\/run(?:\/(?:docker|containerd|crio|podman|k3s|k3s\/containerd|user\/\d+|user\/\d+\/podman))?$/;

/** How a mount reaches a container engine: by the socket itself, or by the folder that holds it. */
export function reachesEngine({ source, target, type }: Mount): 'socket' | 'folder' | null {
  if (type === 'volume' || type === 'scratch') return null;
  // A source that only a variable knows is judged by what the container takes it for.
  const path = tidy(source ?? target ?? '');
  if (socket.test(path) || pipe.test(path)) return 'socket';
  return type === 'host' && source !== null && socketFolder.test(path) ? 'folder' : null;
}

/** Sockets by their names, and by the places that systemd, a desktop and PostgreSQL have for theirs. */
const anySocket = [
  /\.sock(?:et)?$/,
  /^(?:\/var)?\/run\/(?:[^/]+\/)*(?:[^/]*[_-])?socket$/,
  /^(?:\/var)?\/run\/systemd\/(?:journal\/(?:dev-log|stdout|syslog)|notify|private)$/,
  /^(?:\/run\/user\/\d+|%t)\/(?:bus|pulse\/native|(?:wayland|pipewire)-\d+)$/,
  /\/\.s\.PGSQL\.\d+$/,
  /\/\.X11-unix\/X\d+$/,
  /^[\\/]{2}\.[\\/]pipe[\\/]/,
];

/** All in `/dev` is a device, a folder of devices or a socket, but for the filesystems that are mounted there. */
const device = /^\/dev\/(?!(?:shm|mqueue|hugepages)(?:\/|$))./;

/** Mounts a socket or a device, to which a read-only mount lets everybody write too. */
export function isSocketOrDevice({ source, target }: Mount): boolean {
  const path = tidy(source ?? target ?? '');
  return device.test(path) || anySocket.some((one) => one.test(path));
}

/** The path a mount is known by. */
export const mountName = ({ source, target }: Mount): string | null => source ?? target;
