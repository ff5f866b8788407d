import { isFixRequest } from '../fixes/fix-request.ts';
import { guarded } from '../protocol/guard.ts';
import { type Applied, suppressRequest } from '../protocol/protocol.ts';
import type { Session } from '../session.ts';
import { property } from '../workspace/editor-settings.ts';
import { applyFix } from './execute-command.ts';

/** SuppressionMatcher a finding with the reason that the client asked the user for. */
export function serveSuppress(session: Session): void {
  const { connection, ports } = session;
  const failed = (): Applied => ({
    applied: false,
    message: 'The finding could not be suppressed, see the Holdfast output.',
  });
  connection.onRequest(suppressRequest, (params: unknown, token) =>
    guarded(ports.log, suppressRequest, failed, () => {
      const request = {
        act: 'suppress',
        uri: property(params, 'uri'),
        key: property(params, 'key'),
        reason: property(params, 'reason'),
        scope: property(params, 'scope'),
      };
      if (!isFixRequest(request)) throw new Error('The request has no uri, key and reason.');
      return applyFix(session, request, token);
    }),
  );
}
