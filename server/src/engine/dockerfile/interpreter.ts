import { shells } from '../model/shells.ts';

const windowsShells: ReadonlySet<string> = new Set(['cmd', 'powershell']);

const programOf = (word: string): string =>
  word
    .slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1)
    .toLowerCase()
    .replace(/\.exe$/, '');

/** Whether only Windows has the program that `SHELL` names. */
export const isWindowsShell = (shell: readonly string[] | null): boolean =>
  shell?.[0] !== undefined && windowsShells.has(programOf(shell[0]));

/**
 * Why text for this shell is not read, to begin with `it`; null where it is read. A shell may stand behind what runs it:
 * `["conda", "run", "-n", "x", "/bin/bash", "-c"]`.
 */
export function whyUnread(shell: readonly string[] | null): string | null {
  if (!shell) return null;
  const programs = shell.map(programOf);
  if (programs.some((program) => shells.has(program))) return null;
  const [first = ''] = programs;
  if (first === 'powershell' || first === 'pwsh') return 'it is written for PowerShell';
  if (first === 'cmd') return 'it is written for the command prompt of Windows';
  return first === '' ? 'its shell is not named' : `it is written for \`${first}\``;
}

/** What the first line of a script (`#!/usr/bin/env -S python3 -u`) asks for; null where it asks for nothing. */
export function interpreterOf(script: string): string | null {
  const words = /^#![^\S\n]*([^\n]*)/.exec(script)?.[1]?.trim().split(/\s+/) ?? [];
  const [first = '', ...rest] = words;
  const named = programOf(first) === 'env' ? rest.find((word) => !/^-|=/.test(word)) : first;
  return named || null;
}
