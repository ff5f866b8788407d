import type { Web } from '../../server/src/downloads/index.ts';

/** Nothing may be asked. */
export const refusingWeb: Web = {
  get: (url) => {
    throw new Error(`${url} was asked`);
  },
};

/** Gives one answer to everything, and remembers what was asked. */
export function watchedWeb(
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Web & { readonly asked: readonly string[]; readonly sent: readonly Readonly<Record<string, string>>[] } {
  const asked: string[] = [];
  const sent: Readonly<Record<string, string>>[] = [];
  return {
    asked,
    sent,
    async get(url, own) {
      asked.push(url);
      sent.push(own);
      return {
        status: 200,
        headers,
        body: (async function* () {
          yield Buffer.from(body);
        })(),
      };
    },
  };
}
