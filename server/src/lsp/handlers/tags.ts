import { MessageType } from 'vscode-languageserver/node';
import { newestFirst, parseReference, type RepositoryName } from '../../engine/index.ts';
import { BoundedMap } from '../../http/bounded-map.ts';
import { show } from '../protocol/messages.ts';
import type { TagListing } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';

/** Tags that a registry was asked for. */
export interface Tags {
  /** What was listed before, newest version first. Asks nobody. */
  known(repository: RepositoryName): readonly string[] | undefined;
  /** Asks the registry. The user is told when that fails. */
  list(uri: string, name: string, signal: AbortSignal): Promise<TagListing>;
}

/** Repositories whose tags are remembered: each may have many thousands. */
const remembered = 50;

/** The repository that a name stands for; null for what is no name. */
export function repositoryOf(name: string): RepositoryName | null {
  const parsed = parseReference(name);
  if (!parsed.ok || parsed.reference.tag !== undefined || parsed.reference.digest !== undefined) return null;
  const { registry, repository } = parsed.reference;
  return { registry, repository };
}

export function createTags({ configuration, connection, ports, trust }: Session): Tags {
  const lists = new BoundedMap<string, readonly string[]>(remembered);
  const keyOf = ({ registry, repository }: RepositoryName): string => `${registry}/${repository}`;
  return {
    known: (repository) => lists.get(keyOf(repository)),
    async list(uri, name, signal) {
      const repository = repositoryOf(name);
      if (!repository) throw new Error(`${name} is no name of an image.`);
      const { settings } = await configuration.of(uri);
      const found = await trust.registry.tags(repository, { registries: settings.registries, signal });
      if (found.ok) {
        lists.set(keyOf(repository), newestFirst(found.tags));
        if (found.tags.length === 0) show(connection, MessageType.Info, `${name} has no tags.`);
        return { listed: found.tags.length };
      }
      ports.log.warn(`The tags of ${name} were not listed. ${found.message}`);
      if (!signal.aborted) show(connection, MessageType.Error, found.message);
      return { listed: null };
    },
  };
}
