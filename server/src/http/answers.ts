import type { HttpResponse } from '../engine/ports.ts';
import { faults } from './network-errors.ts';

/** The fault in an answer that must not be taken for the server's own, or its body for the bytes as they are stored. */
export function faultIn(
  method: string,
  status: number,
  headers: HttpResponse['headers'],
): string | undefined {
  if (status === 407) return faults.proxySignIn;
  const isContent = method !== 'HEAD' && status >= 200 && status < 300;
  return isContent && isPacked(headers) ? faults.packed : undefined;
}

/** RFC 9110, section 8.4. Who unpacks on the way here leaves the header as it was. */
function isPacked(headers: HttpResponse['headers']): boolean {
  const encodings = (headers['content-encoding'] ?? '').split(',').map((one) => one.trim().toLowerCase());
  return encodings.some((encoding) => encoding !== '' && encoding !== 'identity');
}
