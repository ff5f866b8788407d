// biome-ignore-all lint/suspicious/noTemplateCurlyInString: expressions of workflows look like that
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { kindOf, read } from '../../yaml/read.ts';

const pod = 'apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n';

describe('a template is not read, and said so', () => {
  const templates: readonly (readonly [name: string, path: string, text: string, action: string])[] = [
    ['a value', '/c/templates/pod.yaml', `${pod}    image: {{ .Values.image }}\n`, '{{ .Values.image }}'],
    [
      'a value in quotes',
      '/c/templates/pod.yaml',
      `${pod}    image: "{{ .Values.image }}:1"\n`,
      '{{ .Values.image }}',
    ],
    [
      'a value in a text',
      '/c/templates/pod.yaml',
      `${pod}    image: a:{{ .Values.tag }}\n`,
      '{{ .Values.tag }}',
    ],
    [
      'a block text',
      '/c/templates/x.yaml',
      'data:\n  x: |\n    {{ .Release.Name }}\n',
      '{{ .Release.Name }}',
    ],
    ['control lines', '/c/pod.yaml', `{{- if .x }}\n${pod}{{- end }}\n`, '{{- if .x }}'],
    [
      'an indented line',
      '/c/pod.yaml',
      `${pod}    {{- toYaml .x | nindent 4 }}\n`,
      '{{- toYaml .x | nindent 4 }}',
    ],
    ['an item', '/c/pod.yaml', 'images:\n  - {{ . }}\n', '{{ . }}'],
    ['JSON', '/c/pod.json', '{\n  "n": {{ replicas }},\n  "kind": "Pod"\n}\n', '{{ replicas }}'],
    ['an action over lines', '/c/templates/x.yaml', 'a: {{ include "b"\n  . }}\n', '{{ include "b"'],
    ['a key', '/c/templates/x.yaml', 'a:\n  {{ $k }}: b\n', '{{ $k }}'],
    ['behind data', '/c/x.yaml', 'kind: |\n  {{ no }}\nb: "{{ no }}"\nc: {{ yes }}\n', '{{ yes }}'],
    ['CRLF', '/c/x.yaml', 'kind: |\r\n  {{ no }}\r\nb: {{ yes }}\r\n', '{{ yes }}'],
  ];
  for (const [name, path, text, action] of templates) {
    test(name, () => {
      const facts = read(path, text);
      assert.equal(facts.kind, 'helm');
      assert.deepEqual([facts.images, facts.workloads, facts.comments()], [[], [], []]);
      assert.equal(facts.skipped.length, 1);
      const [skip] = facts.skipped;
      assert.equal(text.slice(skip?.span.start, skip?.span.end), action);
      assert.match(skip?.reason ?? '', /template/);
    });
  }

  test('by the language an editor gives it', () => {
    assert.equal(kindOf('untitled:1', 'a: "{{ .Values.x }}"\n', 'helm')?.id, 'helm');
  });
});

describe('no template is', () => {
  const others: readonly (readonly [name: string, path: string, text: string])[] = [
    [
      'a workflow',
      '/.github/workflows/a.yml',
      'run: ${{ github.sha }}\nwith: "${{ a }}"\nx:\n  - ${{ b }}\n',
    ],
    ['a catalogue of translations', '/de.yaml', 'greeting: {{name}}, hello\nbye:\n  - {{ name }}\n'],
    ['an index template', '/index.json', '{"index_patterns": {{ patterns }}}\n'],
    ['a parameter of OpenShift', '/t.yaml', 'replicas: ${{REPLICAS}}\n'],
    ['an Argo workflow', '/templates/w.yaml', `${pod}    image: "{{inputs.parameters.image}}"\n`],
    ['a script of an Argo workflow', '/w.yaml', 'script:\n  source: |\n    echo\n    {{inputs.x}}\n'],
    ['an alert', '/r.yaml', '- alert: A\n  message: "{{ $labels.pod }}"\n  text: Pod {{ $value }}\n'],
    ['an alert over lines', '/r.yaml', '- alert: A\n  message: Pod\n    {{ $labels.pod }} is down\n'],
    ['block text', '/r.yaml', 'a: >-\n\n  x\n\n  {{ .y }}\nb: |2\n    {{ z }}\n'],
    ['block text in a list', '/r.yaml', 'args:\n  - |\n    {{ z }}\n'],
    ['a comment', '/templates/x.yaml', 'a: 1 # {{ .Values.x }}\n# {{ .Values.y }}\n'],
    [
      'a dashboard',
      '/d.yaml',
      'data:\n  d.json: |-\n    {\n      "legend": "{{pod}}",\n      "x": {{y}}\n    }\n',
    ],
    ['no action', '/templates/x.yaml', 'a: 1\n'],
    ['another file', '/templates/notes.txt', 'a: {{ .Values.x }}\n'],
  ];
  for (const [name, path, text] of others) {
    test(name, () => assert.notEqual(kindOf(path, text)?.id, 'helm'));
  }
});
