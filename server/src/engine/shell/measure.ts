/** More than any script in a manifest has; each bounds what one keystroke can cost. */
const most = { characters: 100_000, heredocs: 500, depth: 24 };

/** Why a text is too much for the parser, as in `Script.unread`; null where it is not. */
export function whyTooMuch(text: string): string | null {
  if (text.length > most.characters) return 'it is longer than 100,000 characters';
  if (text.split('<<', most.heredocs + 2).length > most.heredocs + 1) return 'it has more than 500 heredocs';
  return isTooDeep(text)
    ? 'substitutions stand within one another more than 24 deep, or are never closed'
    : null;
}

type Bracket = '${' | '$(' | '((' | '(';

/** Each of them that is never closed has the parser look for its end in all that follows. */
function isTooDeep(text: string): boolean {
  const open: Bracket[] = [];
  let depth = 0;
  const close = (): void => {
    if (open.pop() !== '(') depth--;
  };
  let passed = -1;
  for (const { 0: sign, index } of text.matchAll(/\$?\(\(|\$\{|\$?\(|\}|\)/g)) {
    const last = open.at(-1);
    if (index === passed) continue;
    if (sign === '}') {
      if (last === '${') close();
    } else if (sign === ')') {
      if (last === '((' && text[index + 1] === ')') {
        close();
        passed = index + 1;
      } else if (last === '(' || last === '$(') close();
    } else {
      const bracket = sign.endsWith('((') ? '((' : (sign as Bracket);
      open.push(bracket);
      if (bracket !== '(' && ++depth > most.depth) return true;
    }
  }
  return false;
}
