import type { Mount, Workload } from '../../model/facts.ts';

/** A path without doubled and trailing slashes; `/`, and the two in front of a Windows pipe, stay. */
const tidy = (path: string): string => path.replace(/(?<=.)\/{2,}/g, '/').replace(/(?<=.)\/$/, '');

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

/** The path a mount is known by. */
export const mountName = ({ source, target }: Mount): string | null => source ?? target;
