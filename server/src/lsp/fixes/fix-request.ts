import type { SuppressionScope } from '../../engine/index.ts';

/** What a code action stands for: enough to find the finding again in a later text. Travels to the client and back as `data`. */
export type FixRequest = { readonly uri: string } & (
  | { readonly act: 'fix'; readonly key: string; readonly fix: string }
  | {
      readonly act: 'suppress';
      readonly key: string;
      readonly reason: string;
      /** The line where nothing is said. */
      readonly scope?: SuppressionScope;
    }
  | { readonly act: 'pin-all' }
  | { readonly act: 'fix-all' }
);

export function isFixRequest(value: unknown): value is FixRequest {
  if (typeof value !== 'object' || value === null) return false;
  const hasText = (name: string): boolean =>
    typeof Object.getOwnPropertyDescriptor(value, name)?.value === 'string';
  if (!hasText('uri') || !('act' in value)) return false;
  if (value.act === 'fix') return hasText('key') && hasText('fix');
  if (value.act === 'suppress') {
    const scope: unknown = 'scope' in value ? value.scope : undefined;
    return hasText('key') && hasText('reason') && [undefined, 'line', 'file'].some((one) => one === scope);
  }
  return value.act === 'pin-all' || value.act === 'fix-all';
}
