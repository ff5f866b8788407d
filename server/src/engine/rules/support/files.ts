/** Braces off where they say nothing: `${NAME}` is `$NAME`. A slash within an expansion separates no folders. */
const plain = (text: string): string =>
  text.includes('$')
    ? text
        .replace(/\$\{(\w+)\}/g, '$$$1')
        .replace(/\$\{[^{}]*\}|\$\([^()]*\)/g, (expansion) => expansion.replaceAll('/', '|'))
    : text;

/** The last part of a path as a shell has it, to compare with others; empty where there is none. */
export function fileName(path: string): string {
  const text = plain(path);
  return text.slice(text.lastIndexOf('/') + 1);
}

/** What stands before the last part; empty for the working directory. */
export function folderOf(path: string): string {
  const text = plain(path).replace(/^\.\//, '');
  return text.slice(0, Math.max(0, text.lastIndexOf('/')));
}

/** The file that an address gives, without query and fragment; empty where only a host is named. */
export function addressedFile(address: string): string {
  const path = plain(address.replace(/[?#].*$/s, '')).replace(/^[a-z][a-z+.-]*:\/\/[^/]*/i, '');
  return path.includes('/') || !address.includes('://') ? path.slice(path.lastIndexOf('/') + 1) : '';
}

/** An address that is downloaded from. */
export const isRemote = (text: string): boolean => /^https?:\/\//i.test(text);

/** An address within the machine that builds. */
export const isLocalAddress = (address: string): boolean =>
  /^file:|^(?:https?:\/\/)?(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal)(?:[:/]|$)/i.test(
    address,
  );
