// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of shells look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shellScript, unreadScript, wordsScript } from '../../../server/src/engine/shell/script.ts';
import { MappedText } from '../../../server/src/engine/text/mapped-text.ts';
import { documentOf, scriptOf, shown, shownAll, spec } from './read.ts';

const tables: Readonly<Record<string, readonly (readonly [text: string, ...commands: string[]])[]>> = {
  'commands of a list': [
    ['a', 'a'],
    ['a && b || c; d & e', 'a', 'b', 'c', 'd', 'e'],
    ['a && \\\n  b', 'a', 'b'],
    ['a # b\nc', 'a', 'c'],
    ['! a', 'a'],
    ['/usr/bin/apt-get update', 'apt-get update'],
    ['./configure --x', 'configure --x'],
    [''],
    ['# nothing'],
  ],
  'commands inside others': [
    ['(a; b)', 'a', 'b'],
    ['{ a; b; }', 'a', 'b'],
    ['if a; then b; elif c; then d; else e; fi', 'a', 'b', 'c', 'd', 'e'],
    ['for x in 1 $(a); do b $x; done', 'a', 'b $x~'],
    ['while a; do b; done; until c; do d; done', 'a', 'b', 'c', 'd'],
    ['case $x in a|b) c;; *) d;; esac', 'c', 'd'],
    ['f() { a; }; function g { b; }', 'a', 'b'],
    ['[[ -n $(a) ]] && b', 'a', 'b'],
    ['[ -f x ] && b', '[ -f x ]', 'b'],
    ['echo $((1 + $(a)))', 'echo $((1 + $(a)))~', 'a'],
    ['time a', 'a'],
  ],
  words: [
    [`a 'b c' "d e" f\\ g h"i"'j'`, 'a b c d e f g hij'],
    ['a $B "$B" ${B} \'$B\' \\$B', 'a $B~ $B~ ${B}~ $B $B'],
    ['a x=$V "x=${V:-1}"', 'a x=$V~ x=${V:-1}~'],
    ['a {b,c} d[e] *.f ~/g', 'a {b,c}~ d[e] *.f ~/g'],
    ['a "b\\"c" $\'d\\te\'', 'a b"c d\te'],
    ['a b\\\n  c', 'a b c'],
    ['$A b', '? b'],
    ['"$(a)"/b c', '? c', 'a'],
    ['a --', 'a --'],
  ],
  substitutions: [
    ['a $(b $(c))', 'a $(b $(c))~', 'b $(c)~', 'c'],
    ['a "x $(b) y"', 'a x $(b) y~', 'b'],
    ['a `b`', 'a `b`~', 'b'],
    ['a `b \\`c d\\``', 'a `b \\`c d\\``~', 'b `c d`~', 'c d'],
    ['a <(b) >(c)', 'a <(b)~ >(c)~', 'b', 'c'],
    ['A=$(b) c', 'A=$(b)~ c', 'b'],
    ['a > $(b)', 'a > $(b)', 'b'],
    ['a ${X:-$(b)}', 'a ${X:-$(b)}~', 'b'],
  ],
  'assignments and redirects': [
    ['A=1 B="c d" e', 'A=1 B=c d e'],
    ['A=1', 'A=1 ?'],
    ['A+=1 X[0]=2 b', 'A=1 X=2 b'],
    ['export A=1 B=$(c)', 'export A=1 B=$(c)~', 'c'],
    ['a > b 2> c >> d < e', 'a > b 2> c >> d < e'],
    ['a 2>&1 <<< "x y"', 'a 2>& 1 <<< x y'],
    ['> a', '? > a'],
    ['{ a; b > c; } > d', 'a > d', 'b > c > d'],
    ['cat > a <<E\nx $(b)\nE', 'cat > a << x $(b)\n', 'b'],
    ["cat <<'E'\nx $(b)\nE\nc", 'cat << x $(b)\n', 'c'],
  ],
  pipes: [
    ['a | b', 'a', 'b ← a'],
    ['a | b | c', 'a', 'b ← a', 'c ← b ← a'],
    ['a |& b', 'a', 'b ← a'],
    ['(a; b) | c', 'a', 'b', 'c ← b ← a'],
    ['a | (b; c)', 'a', 'b ← a', 'c ← a'],
    ['a | while read x; do b; done', 'a', 'read x ← a', 'b ← a'],
    ['a $(x) | b $(y)', 'a $(x)~', 'x', 'b $(y)~ ← a', 'y'],
    ['a | sudo bash -s', 'a', 'bash -s ← a'],
    ['a; b | c', 'a', 'b', 'c ← b'],
  ],
  'what only runs the command': [
    ['sudo a', 'a'],
    ['sudo -u x -E A=1 a b', 'A=1 a b'],
    ['sudo --user=x -- a', 'a'],
    ['sudo -v', 'sudo -v'],
    ['doas -u x a', 'a'],
    ['env -i -u X A=1 a', 'A=1 a'],
    ['env', 'env'],
    ['exec a b', 'a b'],
    ['command a', 'a'],
    ['command -v a', 'command -v a'],
    ['nice -n 5 ionice -c 3 nohup a', 'a'],
    ['timeout -k 5 10 a 20', 'a 20'],
    ['timeout 10', 'timeout 10'],
    ['a | xargs -r -n 1 b -c', 'a', 'b -c ← a'],
    ['xargs', 'xargs'],
    ['stdbuf -oL a', 'a'],
    ['gosu x a', 'a'],
    ['su-exec x:y a', 'a'],
    ['/sbin/tini -g -- a', 'a'],
    ['dumb-init a', 'a'],
    ['busybox wget x', 'wget x'],
    ['busybox --install', 'busybox --install'],
    ['sudo env A=1 timeout 5 sh -c "a; b"', 'a', 'b'],
    ['timeout $(a) b', 'b', 'a'],
    ['eval a "b c"', 'a b c'],
    ['eval "$(a)"', 'eval $(a)~', 'a'],
  ],
  'scripts in scripts': [
    ["sh -c 'a; b'", 'a', 'b'],
    ['bash -euxo pipefail -c "a | b"', 'a', 'b ← a'],
    ['bash -o pipefail -lc "a b"', 'a b'],
    ['bash -c "a \\"b c\\" $D"', 'a b c $D~'],
    ['x | sh -c "a; b"', 'x', 'a ← x', 'b ← x'],
    ['sh -c "a" > f', 'a > f'],
    ['su - x -c "a b"', 'a b'],
    ['sh -c', 'sh -c'],
    ['sh x.sh -c y', 'sh x.sh -c y'],
    ['bash', 'bash'],
    ['bash <<E\na; b\nE', 'a', 'b'],
    ['bash -x <<E\na $(b)\nE', 'a $(b)~', 'b'],
    ['bash x <<E\na\nE', 'bash x << a\n'],
  ],
  'half-written': [
    ['a &&', 'a'],
    ['a |', 'a'],
    ['a && (b', 'a', 'b'],
    ['if a; then b', 'a', 'b'],
    ['for x in a; do b', 'b'],
    ['a "b', 'a b'],
    ['a $(b', 'a $(b~', 'b'],
    ['cat <<E\na', 'cat << a'],
    ['a ) b', 'a'],
  ],
};

for (const [table, cases] of Object.entries(tables)) {
  describe(table, () => {
    for (const [text, ...commands] of cases) {
      test(JSON.stringify(text), () => {
        assert.deepEqual(shownAll(text), commands);
      });
    }
  });
}

describe('places', () => {
  const cases: readonly (readonly [text: string, ...parts: string[]])[] = [
    ['sudo  apt-get install -y "a b" > f && c', 'sudo  apt-get install -y "a b" > f', 'apt-get', 'c', 'c'],
    ['A=1 /usr/bin/b', 'A=1 /usr/bin/b', '/usr/bin/b'],
    ["sh -c 'a b; c'", 'a b', 'a', 'c', 'c'],
    ['sh -c "a \\"b\\""', 'a \\"b\\"', 'a'],
    ['x `a \\`b c\\``', 'x `a \\`b c\\``', 'x', 'a \\`b c\\`', 'a', 'b c', 'b'],
    ["bash <<'E'\n a b\nE", 'a b', 'a'],
  ];
  for (const [text, ...parts] of cases) {
    test(JSON.stringify(text), () => {
      const document = documentOf(text);
      const found = scriptOf(text)
        .commands()
        .flatMap(({ nameSpan, span }) => [span, nameSpan])
        .map(({ end, start }) => document.slice(start, end));
      assert.deepEqual(found, parts);
    });
  }

  test('words, values and targets', () => {
    const text = `A="x y" a 'b c' d=$E "f" > 'g'`;
    const document = documentOf(text);
    const [command] = scriptOf(text).commands();
    const spans = [
      ...(command?.assignments ?? []).map(({ value }) => value.span),
      ...(command?.words ?? []).map(({ span }) => span),
      ...(command?.redirects ?? []).map(({ target }) => target.span),
    ];
    assert.deepEqual(
      spans.map(({ end, start }) => document.slice(start, end)),
      ['x y', "'b c'", 'd=$E', '"f"', "'g'"],
    );
  });

  test('characters left out of the text are stepped over', () => {
    const document = 'a \\\n  # why\n  && b \\\n c';
    const joined = MappedText.join([
      MappedText.of(document, 0, 2),
      MappedText.of(document, 12, 19),
      MappedText.of(document, 21, document.length),
    ]);
    const [, second] = shellScript(spec, joined).commands();
    assert.equal(document.slice(second?.span.start, second?.span.end), 'b \\\n c');
  });
});

describe('a program with its arguments', () => {
  const cases: readonly (readonly [words: readonly string[], ...commands: string[]])[] = [
    [['/bin/a', 'b c', '$D', '$(E)', 'f$'], 'a b c $D~ $(E)~ f$'],
    [['sh', '-ec', 'a | b'], 'a', 'b ← a'],
    [['/bin/bash', '-o', 'pipefail', '-c', 'a $B'], 'a $B~'],
    [['tini', '--', 'sh', '-c', 'a'], 'a'],
    [['env', 'A=1', 'b'], 'A=1 b'],
    [['$A', 'b'], '? b'],
    [['a && b'], 'a && b'],
    [[]],
  ];
  for (const [words, ...commands] of cases) {
    test(JSON.stringify(words), () => {
      const document = JSON.stringify(words);
      let from = 0;
      const mapped = words.map((word) => {
        from = document.indexOf(word, from);
        return MappedText.of(document, from, from + word.length);
      });
      const script = wordsScript(spec, mapped);
      assert.deepEqual(script.commands().map(shown), commands);
      for (const { nameSpan, name } of script.commands()) {
        assert.ok(document.slice(nameSpan.start, nameSpan.end).endsWith(name));
      }
    });
  }
});

test('commands are read once', () => {
  const script = scriptOf('a; b');
  assert.equal(script.commands(), script.commands());
});

test('a substitution is told by its word and by the script', () => {
  const commands = scriptOf('a "$(b; c)" d').commands();
  const [word] = commands[0]?.words ?? [];
  assert.deepEqual(
    word?.substitutions.map(({ name }) => name),
    ['b', 'c'],
  );
  for (const command of word?.substitutions ?? []) assert.ok(commands.includes(command));
});

test('what is not read says why', () => {
  const script = unreadScript(spec, { start: 1, end: 2 }, 'it is written for PowerShell');
  assert.deepEqual([script.unread, script.commands()], ['it is written for PowerShell', []]);
  const long = scriptOf('a '.repeat(60_000));
  assert.deepEqual([long.unread, long.commands()], ['it is longer than 100,000 characters', []]);
});
