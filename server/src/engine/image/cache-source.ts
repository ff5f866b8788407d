import { type Span, span } from '../text/span.ts';

/**
 * The reference in a source of build caches: an image by itself, or `type=registry,ref=image`; null for the types that name no image.
 * Format: https://docs.docker.com/build/cache/backends/
 */
export function cacheReference(text: string): Span | null {
  if (!/^[a-z-]+=/i.test(text)) return text === '' ? null : span(0, text.length);
  if (!/(?:^|,)type=registry(?:,|$)/i.test(text)) return null;
  const match = /(?:^|,)ref=([^,]+)/i.exec(text);
  if (!match) return null;
  const end = match.index + match[0].length;
  return span(end - (match[1]?.length ?? 0), end);
}
