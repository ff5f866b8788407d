/** Programs that run text of the kind that a `Script` is read from. */
export const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'ash', 'dash', 'zsh', 'ksh', 'mksh']);
