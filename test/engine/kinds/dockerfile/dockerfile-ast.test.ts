import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { DockerfileParser } from 'dockerfile-ast';
import { splitDockerfile } from '../../../../server/src/engine/dockerfile/dockerfile.ts';
import type { Flag, Instruction } from '../../../../server/src/engine/dockerfile/instruction.ts';
import { readReference } from '../../../../server/src/engine/image/reading.ts';

const page = new URL('../../../../docs/dockerfile-ast.md', import.meta.url);

/** What the examples ask of an instruction, answered by our reader. */
class Ours {
  readonly #instruction: Instruction;

  constructor(instruction: Instruction) {
    this.#instruction = instruction;
  }

  getKeyword = (): string => this.#instruction.keyword;
  getFlags = () =>
    this.#instruction.flags.map(({ name, value }) => `--${name}${value.text === '' ? '' : `=${value.text}`}`);
  getArguments = () => this.#instruction.words.map(({ text }) => text);
  getFromFlag = () => this.#flag('from');
  getPlatformFlag = () => this.#flag('platform');
  getJSONStrings = () => (this.#instruction.json ?? []).map(({ text }) => ({ getJSONValue: () => text }));
  getProperties = () => this.#instruction.properties.map(({ name }) => ({ getName: () => name.text }));
  getProperty = () => this.getProperties()[0];
  getImageTag = () => this.#reference()?.tag ?? null;
  getRegistry = () =>
    this.#instruction.from.image?.text.startsWith(`${this.#reference()?.registry}/`)
      ? this.#reference()?.registry
      : null;
  getVariables = () => this.#instruction.rest.text.match(/\$\w+/g) ?? [];

  #flag(wanted: string) {
    const found = this.#instruction.flags.find(({ name }: Flag) => name === wanted);
    return found && { getValue: () => found.value.text };
  }

  #reference() {
    const { reading } = readReference(this.#instruction.from.image?.text ?? '', []);
    return reading.state === 'parsed' ? reading.reference : null;
  }
}

const readOurs = (text: string) => {
  const file = splitDockerfile(text);
  return {
    getEscapeCharacter: () => file.escapeToken,
    getInstructions: () => file.instructions.map((one) => new Ours(one)),
  };
};

interface Parsed {
  getInstructions(): readonly { getKeyword(): string }[];
}

/** What an example comes to, or the name of the error that it ends with. */
function run(code: string, parse: (text: string) => Parsed): unknown {
  const keywords = (text: string) =>
    parse(text)
      .getInstructions()
      .map((one) => one.getKeyword());
  try {
    return JSON.parse(JSON.stringify(runInNewContext(code, { parse, keywords, String })));
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

const outcome = (text: string): unknown => (/^\w*Error$/.test(text) ? text : JSON.parse(text));

describe('what dockerfile-ast reads otherwise than BuildKit', () => {
  const text = readFileSync(page, 'utf8');
  const examples = text.matchAll(/```js\n(.+)\n\/\/ expected: (.+)\n\/\/ actual: (.+)\n```/g);
  let count = 0;
  for (const [, code = '', expected = '', actual = ''] of examples) {
    count++;
    test(code, () => {
      assert.notEqual(expected, actual);
      assert.deepEqual(
        run(code, DockerfileParser.parse),
        outcome(actual),
        'dockerfile-ast mended it: update the page',
      );
      assert.deepEqual(run(code, readOurs), outcome(expected), 'Holdfast reads it');
    });
  }
  test('every example of the page is run', () => {
    assert.equal(count, text.split('```js').length - 1);
    assert.ok(count > 20);
  });
});
