import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Registries, type Seen, type Stored, startRegistries } from './registries.ts';
import { createTools, type Tools } from './registry-tools.ts';
import { median, table } from './stats.ts';

const references = 100;
/** Milliseconds. */
const roundTrip = 100;
const rounds = 5;
/** Of the references far away, for programs that wait for each before they ask for the next. */
const fewReferences = 10;
const sampleSize = 10;
/** Round trips above the floor far away; times the bare requests on this machine. */
const targets = { above: 4, timesBare: 1.5 };
/** In round trips, by what has to come after what. */
const floors = {
  /** Connection, HEAD. */
  anonymous: 2,
  /** Connection, HEAD that is refused, connection to the token server, token, HEAD. */
  token: 5,
};
const account = { username: 'alice', password: 'correct-horse-battery' };

interface Subject {
  readonly name: string;
  readonly isOurs: boolean;
  /** The one of ours that it is compared with. */
  readonly beside: string | null;
  readonly rounds: number;
  /** Milliseconds. */
  run(): number | Promise<number>;
}

interface Measured extends Subject {
  /** Milliseconds. */
  readonly time: number;
  /** Time of the one beside it in relation to its own; empty for ours. */
  readonly ratio: string;
  /** What came through the relays in the last round. */
  readonly seen: Seen;
  /** Requests that came a second time in a round, the most of any round. */
  readonly repeated: number;
}

interface Part {
  readonly rows: readonly (readonly string[])[];
  readonly verdicts: readonly string[];
}

/** Programs that this part cannot do without. */
export const registryNeeds: readonly string[] = ['docker-registry', 'openssl'];

/** References looked up at a real registry, far away and on this machine, beside bare requests and the programs that are installed. */
export async function registry(cli: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const registries = await startRegistries({ references, roundTrip, ...account });
    try {
      const { farHost, host } = registries.closed;
      return await report(registries, createTools({ cli, folder, account, hosts: [farHost, host] }));
    } finally {
      await registries.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function report(registries: Registries, tools: Tools): Promise<string> {
  const far = await farAway(registries, tools);
  const near = await nearBy(registries, tools);
  const half = roundTrip / 2;
  return [
    `Resolve ${references} references at a registry that is ${roundTrip} ms away`,
    table(far.rows),
    `Relays in front of docker-registry and of its token server hold back each chunk ${half} ms each way, in order, and what a new`,
    `connection sends first ${roundTrip} ms more, as a SYN would. No TLS, no loss, no limit of bandwidth. Floor: connection and HEAD (${floors.anonymous});`,
    `with a token connection, refused HEAD, connection to the token server, token, HEAD (${floors.token}). What the bare HEADs take above it is`,
    "the servers' own work. Ratios: bare HEADs beside the client alone, programs, once with a process for each reference, beside the command line.",
    '',
    'Resolve references at a registry on this machine',
    table(near.rows),
    '',
    'Every digest above was compared with the one that was pushed.',
    sampleBySkopeo(registries, tools),
    ...far.verdicts,
    ...near.verdicts,
  ].join('\n');
}

interface Group {
  readonly title: string;
  readonly floor: number;
  readonly host: string;
  readonly images: readonly Stored[];
  /** Other programs beside ours. */
  readonly programs: readonly Subject[];
}

function groupsFarAway({ closed, open }: Registries, tools: Tools): Group[] {
  const { manyRepositories, oneRepository } = closed;
  const images = open.images.slice(0, references);
  return [
    {
      title: 'anonymous',
      floor: floors.anonymous,
      host: open.farHost,
      images,
      programs: [...processes(tools, open.farHost, images, 8), ...oneByOne(tools, open.farHost, images)],
    },
    {
      title: 'token, as many repositories',
      floor: floors.token,
      host: closed.farHost,
      images: manyRepositories,
      programs: processes(tools, closed.farHost, manyRepositories, 8),
    },
    {
      title: 'token, one repository',
      floor: floors.token,
      host: closed.farHost,
      images: oneRepository,
      programs: [],
    },
  ];
}

const farHeading =
  'work,tool,seconds,round trips,above floor,ours / peer,connections,requests,repeated'.split(',');

async function farAway(registries: Registries, tools: Tools): Promise<Part> {
  const rows = [farHeading];
  const verdicts: string[] = [];
  for (const { floor, host, images, programs, title } of groupsFarAway(registries, tools)) {
    const measured = await inTurn(registries, [
      ...ours(tools, host, images),
      bare(tools, host, images, references),
      { ...bare(tools, host, images.slice(0, 1), 1), name: 'one bare HEAD', beside: null },
      ...programs,
    ]);
    for (const [index, one] of measured.entries()) {
      const above = one.time / roundTrip - floor;
      rows.push([index === 0 ? `${title} (floor ${floor})` : '', ...cellsFarAway(one, above)]);
      if (!one.isOurs) continue;
      verdicts.push(verdict(`${title}, ${one.name}: round trips above the floor`, above, targets.above));
    }
  }
  return { rows, verdicts };
}

const cellsFarAway = ({ isOurs, name, ratio, repeated, seen, time }: Measured, above: number): string[] => [
  name,
  (time / 1000).toFixed(2),
  (time / roundTrip).toFixed(1),
  above.toFixed(1),
  ratio,
  String(seen.registry.connections + seen.tokens.connections),
  requestsOf(seen),
  isOurs ? String(repeated) : '',
];

async function nearBy(registries: Registries, tools: Tools): Promise<Part> {
  const { host, images } = registries.open;
  const some = images.slice(0, references);
  const all = await inTurn(registries, [
    ...ours(tools, host, images),
    bare(tools, host, images, 8),
    bare(tools, host, images, references),
  ]);
  const fewer = await inTurn(registries, [
    ...ours(tools, host, some),
    { name: 'holdfast --version', isOurs: true, beside: null, rounds, run: () => tools.version() },
    ...processes(tools, host, some, 8),
    ...processes(tools, host, some, 1),
  ]);
  const rows = [
    ['references', 'tool', 'seconds', 'ours / peer'],
    ...rowsOf(images.length, all),
    ...rowsOf(some.length, fewer),
  ];
  const ratio = Math.max(...all.map((one) => Number(one.ratio)));
  const what = `${images.length} references here, the client alone: times the faster bare HEADs`;
  return { rows, verdicts: [verdict(what, ratio, targets.timesBare)] };
}

const rowsOf = (count: number, measured: readonly Measured[]): string[][] =>
  measured.map(({ name, ratio, time }, index) => [
    index === 0 ? String(count) : '',
    name,
    (time / 1000).toFixed(2),
    ratio,
  ]);

const commandLine = 'holdfast resolve';
const client = 'holdfast, client alone';

const ours = (tools: Tools, host: string, images: readonly Stored[]): Subject[] => [
  { name: commandLine, isOurs: true, beside: null, rounds, run: () => tools.commandLine(host, images) },
  { name: client, isOurs: true, beside: null, rounds, run: () => tools.client(host, images) },
];

function bare(tools: Tools, host: string, images: readonly Stored[], sockets: number): Subject {
  const run = tools.bare(sockets);
  return {
    name: `bare HEADs, ${sockets} sockets`,
    isOurs: false,
    beside: client,
    rounds,
    run: () => run(host, images),
  };
}

const processes = (tools: Tools, host: string, images: readonly Stored[], atOnce: number): Subject[] =>
  tools.peers.map(({ name, run }) => ({
    name: `${name}, ${atOnce} at a time`,
    isOurs: false,
    beside: commandLine,
    rounds: 1,
    run: () => run(atOnce)(host, images),
  }));

/** The time of a few, scaled up: one waits for the other, so that it grows with their number. */
function oneByOne(tools: Tools, host: string, images: readonly Stored[]): Subject[] {
  const few = images.slice(0, fewReferences);
  const scale = images.length / few.length;
  return processes(tools, host, few, 1).map((subject) => ({
    ...subject,
    name: `${subject.name} (${few.length} × ${scale})`,
    run: async () => (await subject.run()) * scale,
  }));
}

async function inTurn(registries: Registries, subjects: readonly Subject[]): Promise<readonly Measured[]> {
  const runs = subjects.map((subject) => ({ subject, times: [] as number[], seen: [] as Seen[] }));
  await registries.take();
  for (let round = 0; round < rounds; round++) {
    for (const { seen, subject, times } of runs) {
      if (round >= subject.rounds) continue;
      times.push(await subject.run());
      seen.push(await registries.take());
    }
  }
  const timeOf = (name: string) => median(runs.find(({ subject }) => subject.name === name)?.times ?? []);
  return runs.map(({ seen, subject, times }) => ({
    ...subject,
    time: median(times),
    ratio: subject.beside === null ? '' : (timeOf(subject.beside) / median(times)).toFixed(3),
    seen: seen.at(-1) ?? { registry: nothing, tokens: nothing },
    repeated: Math.max(...seen.map(repeatsIn)),
  }));
}

const nothing: Seen['registry'] = { connections: 0, requests: [] };

function repeatsIn({ registry, tokens }: Seen): number {
  const requests = [...registry.requests, ...tokens.requests];
  return requests.length - new Set(requests.map((request) => JSON.stringify(request))).size;
}

function requestsOf({ registry, tokens }: Seen): string {
  const counts = new Map<string, number>();
  const count = (kind: string) => counts.set(kind, (counts.get(kind) ?? 0) + 1);
  for (const { authorized, line } of registry.requests) {
    count(`${line.slice(0, line.indexOf(' '))}${authorized ? ' with a token' : ''}`);
  }
  for (const _ of tokens.requests) count('for a token');
  return [...counts].map(([kind, times]) => `${times} ${kind}`).join(', ');
}

function sampleBySkopeo({ open }: Registries, tools: Tools): string {
  const step = Math.ceil(open.images.length / sampleSize);
  const sample = open.images.filter((_, index) => index % step === 0);
  const digests = sample.map((image) => tools.digestBySkopeo(open.host, image));
  if (digests.includes(null)) return 'None was compared with what skopeo reads: it is not installed.';
  const agreed = sample.filter((image, index) => digests[index] === image.digest).length;
  const outcome = agreed === sample.length ? 'Target met' : 'TARGET MISSED';
  return `${outcome}: skopeo reads the same digest for ${agreed} of ${sample.length} of them.`;
}

const verdict = (what: string, value: number, most: number): string =>
  `${value <= most ? 'Target met' : 'TARGET MISSED'}: ${what} ${value.toFixed(2)}, at most ${most}.`;
