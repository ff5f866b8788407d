import type { IRawGrammar } from 'vscode-textmate';

type HostGrammar = Pick<IRawGrammar, 'scopeName' | 'patterns'>;

const text = (name: string, begin: string, end: string): HostGrammar['patterns'][number] => ({
  name,
  begin,
  end,
});

/** As much of a Dockerfile grammar as the injection meets: it takes `FROM … AS` and comments as whole lines, and knows strings. */
export const dockerfileHost: HostGrammar = {
  scopeName: 'source.dockerfile',
  patterns: [
    {
      match: String.raw`^\s*(?i:(FROM))\b.*?\b(?i:(AS))\b`,
      captures: {
        1: { name: 'keyword.other.special-method.dockerfile' },
        2: { name: 'keyword.other.special-method.dockerfile' },
      },
    },
    {
      match: String.raw`^\s*(?i:(ONBUILD)\s+)?(?i:(ARG|COPY|FROM|LABEL|RUN))\s`,
      captures: {
        1: { name: 'keyword.control.dockerfile' },
        2: { name: 'keyword.other.special-method.dockerfile' },
      },
    },
    text('string.quoted.double.dockerfile', '"', '"'),
    {
      match: String.raw`^(\s*)((#).*$\n?)`,
      captures: {
        1: { name: 'punctuation.whitespace.comment.leading.dockerfile' },
        2: { name: 'comment.line.number-sign.dockerfile' },
        3: { name: 'punctuation.definition.comment.dockerfile' },
      },
    },
  ],
};

const inAnyYaml: HostGrammar['patterns'] = [
  text('comment.line.number-sign.yaml', String.raw`(?<=\s|^)#`, '$'),
  {
    match: String.raw`(["']?)([\w.-]+)\1\s*(:)(?=\s)`,
    captures: {
      2: { name: 'string.unquoted.plain.out.yaml entity.name.tag.yaml' },
      3: { name: 'punctuation.separator.key-value.mapping.yaml' },
    },
  },
  text('string.quoted.double.yaml', '"', '"'),
  text('string.quoted.single.yaml', "'", "'"),
  { match: String.raw`&\S+`, name: 'variable.other.anchor.yaml' },
];

const plainStart = String.raw`(?=[^\s\-#{},\[\]"'&|>])`;

/** As much of a YAML grammar as the injection meets: keys, plain and quoted values, block scalars, flow collections, comments. */
export const yamlHost: HostGrammar = {
  scopeName: 'source.yaml',
  patterns: [
    ...inAnyYaml,
    { name: 'meta.scalar.yaml string.unquoted.block.yaml', begin: '[|>]$', while: '^ {6}' },
    {
      name: 'meta.flow.yaml',
      begin: String.raw`[{\[]`,
      end: String.raw`[}\]]`,
      patterns: [
        ...inAnyYaml,
        text('string.unquoted.plain.in.yaml', plainStart, String.raw`(?=\s+#|[,}\]]|$)`),
      ],
    },
    text('string.unquoted.plain.out.yaml', plainStart, String.raw`(?=\s+#|$)`),
  ],
};
