import type { Located } from '../../model/facts.ts';
import type { YamlValue } from '../../yaml/lookup.ts';

/** The ports within the container that `ports` and `expose` name. Ranges and variables are left out. */
export function readPorts(service: YamlValue, path: string): readonly Located<number>[] {
  return ['ports', 'expose'].flatMap((key) =>
    (service.get(key)?.items() ?? []).flatMap((item, at) => {
      const written = item.type === 'map' ? item.get('target') : item;
      const text = written?.text;
      if (!written || text == null) return [];
      // `8022:22`, `127.0.0.1:8022:22/tcp`: the last one is the container's.
      const port = /^(?:[^$]*:)?(\d{1,5})(?:\/tcp)?$/i.exec(text)?.[1];
      return port === undefined
        ? []
        : { value: Number(port), span: written.span, path: `${path}.${key}.${at}` };
    }),
  );
}
