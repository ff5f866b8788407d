import type { Http, HttpRequest } from '../../server/src/engine/ports.ts';

/** Nothing may be asked. */
export const refusingWeb: Http = {
  send: ({ url }) => {
    throw new Error(`${url} was asked`);
  },
};

/** Gives one answer to everything, and remembers what was asked. */
export function watchedWeb(
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Http & { readonly asked: readonly string[]; readonly sent: readonly HttpRequest['headers'][] } {
  const asked: string[] = [];
  const sent: HttpRequest['headers'][] = [];
  return {
    asked,
    sent,
    async send({ headers: own, url }) {
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
