import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { peerBinary } from './peers.ts';
import { type Server, startServer } from './server.ts';
import { median, ms, table } from './stats.ts';

interface Case {
  readonly title: string;
  readonly file: string;
  readonly languageId: string;
  /** Text whose first occurrence past the middle is where the typing happens; one character is put in after it and taken out again. */
  readonly typeAfter: string;
  readonly peers: readonly {
    readonly name: string;
    readonly command: string;
    readonly args: readonly string[];
  }[];
}

const rounds = 15;

function cases(corpus: string, peers: string | null): Case[] {
  const peer = (name: string, binary: string, ...args: string[]) =>
    peers === null ? [] : [{ name, command: peerBinary(peers, binary), args }];
  const yaml = peer('yaml-language-server', 'yaml-language-server', '--stdio');
  const docker = peer('dockerfile-language-server', 'docker-langserver', '--stdio');
  const compose = peer('compose-language-service', 'docker-compose-langserver', '--stdio');
  const all: Case[] = [
    {
      title: 'Kubernetes, 35,780 lines, 2 MB',
      file: 'argo-cd/manifests/ha/install.yaml',
      languageId: 'yaml',
      typeAfter: 'image: quay.io/argoproj/argocd',
      peers: yaml,
    },
    {
      title: 'Kubernetes, one Deployment',
      file: 'microservices-demo/kubernetes-manifests/frontend.yaml',
      languageId: 'yaml',
      typeAfter: 'image: ',
      peers: yaml,
    },
    {
      title: 'Dockerfile, 156 lines',
      file: 'docker-python/3.12/slim-bookworm/Dockerfile',
      languageId: 'dockerfile',
      typeAfter: 'FROM ',
      peers: docker,
    },
    {
      title: 'Compose file',
      file: 'awesome-compose/nginx-golang-mysql/compose.yaml',
      languageId: 'dockercompose',
      typeAfter: 'image: ',
      peers: compose,
    },
  ];
  return all.filter(({ file }) => existsSync(join(corpus, file)));
}

async function measure(server: Server, one: Case, path: string): Promise<{ open: number; edits: number[] }> {
  const text = readFileSync(path, 'utf8');
  const uri = pathToFileURL(path).href;
  const found = text.indexOf(one.typeAfter, text.length >> 1);
  const at = (found === -1 ? text.indexOf(one.typeAfter) : found) + one.typeAfter.length;
  const line = text.slice(0, at).split('\n').length - 1;
  const column = at - (text.lastIndexOf('\n', at - 1) + 1);
  const open = await server.open(uri, one.languageId, text);
  const edits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    edits.push(await server.edit({ uri, line, column, removed: 0, text: 'x' }));
    edits.push(await server.edit({ uri, line, column, removed: 1, text: '' }));
  }
  return { open, edits };
}

/** Open and edit to diagnostics, ours and the peer's in the same run, each in a process of its own. */
export async function latency(root: string, corpus: string, peers: string | null): Promise<string> {
  const rows = [['file', 'server', 'start', 'open', 'edit → diagnostics', 'memory', 'ours / peer']];
  for (const one of cases(corpus, peers)) {
    const path = join(corpus, one.file);
    let ours = 0;
    const servers = [
      { name: 'holdfast', command: process.execPath, args: [join(root, 'dist/server.cjs'), '--stdio'] },
      ...one.peers,
    ];
    for (const { args, command, name } of servers) {
      const { server, started } = await startServer(command, args);
      const { edits, open } = await measure(server, one, path);
      const edit = median(edits);
      if (name === 'holdfast') ours = edit;
      const memory = server.memory();
      rows.push([
        name === 'holdfast' ? one.title : '',
        name,
        ms(started),
        ms(open),
        ms(edit),
        memory === null ? '' : `${memory.toFixed(0)} MB`,
        name === 'holdfast' ? '' : (ours / edit).toFixed(3),
      ]);
      server.stop();
    }
  }
  return table(rows);
}
