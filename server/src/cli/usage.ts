export const commandNames = ['audit', 'pin', 'resolve', 'explain', 'cache'] as const;
export type CommandName = (typeof commandNames)[number];

export const isCommandName = (name: string): name is CommandName =>
  commandNames.some((command) => command === name);

const common = `  --config FILE      settings, instead of the nearest .holdfast.yaml upward
  --color, --no-color
                     colours or none; without either, colours in a terminal unless NO_COLOR is set
  -h, --help         this text`;

const jobs = `  --jobs N           read files in N threads; as many as there are cores, 8 at most, where not given`;

const offline = `  --offline          send nothing: take the digests that registries gave to earlier runs, and tell
                     from when they are`;

const overview = `Keeps container manifests immutable: finds what can change after review, and pins it.

Usage: holdfast <command> [options]

Commands:
  audit [PATH…]      report findings in Dockerfiles, Compose and Kubernetes files
  pin [PATH…]        add the digest to every image reference: show the diff, or write it
  resolve REF…       print the digest that an image reference has now
  explain [RULE…]    show the page of a rule: what it flags, why, and how to fix it
  cache              tell what is kept of the registries' answers, or delete it

  -h, --help         this text; after a command, its options and examples
  --version          the version

Examples:
  holdfast audit
  holdfast pin --write compose.yaml
  holdfast resolve nginx:1.27.4
  holdfast explain floating-tag
`;

const audit = `Reports findings in Dockerfiles, Compose and Kubernetes files.

Usage: holdfast audit [PATH…] [options]

  PATH               files, read whatever their names, and folders, searched for manifests.
                     The current folder where none is given. What .gitignore or the
                     configuration leaves out is not searched, nor is node_modules.
                     Rules that compare files also read the rest of the repository (or of
                     the folder of the nearest .holdfast.yaml), and report nothing there.

  --format FORMAT    text (default), json, sarif or markdown
  --output FILE      write the report there instead of to the terminal
  --level LEVEL      report findings of this severity and above only; the exit status is
                     that of all of them
  --fail-on LEVEL    exit with 1 from this severity on: error, warning (default), information,
                     hint; never
  --online           ask the registries about images that are pinned: whether the digest is still
                     there, what the tag names today, whether it is signed as the policy demands
  --offline          tell what earlier runs with --online found out about them, and send nothing
${jobs}
${common}

Exit status: 0 nothing at that level, 1 findings, 2 bad usage, bad configuration or unreadable input.

Examples:
  holdfast audit
  holdfast audit deploy/ Dockerfile --fail-on error
  holdfast audit --format sarif --output holdfast.sarif --fail-on never
`;

const pin = `Adds the digest to every image reference that has none.

Usage: holdfast pin [PATH…] [options]

  PATH               files and folders, as for holdfast audit

  --write            change the files; without it, a unified diff is printed and nothing changes
${offline}
${jobs}
${common}

An image that cannot be pinned does not stop the others; it is listed at the end.

Exit status: 0 all pinned, 1 some could not be, 2 bad usage, bad configuration or unreadable input.

Examples:
  holdfast pin
  holdfast pin k8s/ | git apply
  holdfast pin --write compose.yaml web/Dockerfile
`;

const resolve = `Prints the digest that each image reference has now, as reference@digest.

Usage: holdfast resolve REF… [options]

${offline}
${common}

What the user should know besides goes to the error output, such as from when each digest is
with --offline. Sign-ins, proxies, certificates and mirrors: docs/registries.md.

Exit status: 0 all resolved, 1 some could not be, 2 bad usage or bad configuration.

Examples:
  holdfast resolve nginx:1.27.4
  holdfast resolve ghcr.io/shop/api:2.8.1 postgres:16
`;

const explain = `Shows the page of each rule: what it flags and why, with examples, and how to fix it.

Usage: holdfast explain [RULE…] [options]

  RULE               the name that stands beside a finding, or the name of such a rule in
                     another tool (DL3007, CKV_K8S_22); without one, all rules are listed

  --color, --no-color
                     bold headings or none; without either, in a terminal unless NO_COLOR is set
  -h, --help         this text

Exit status: 0 shown, 2 bad usage or no such rule.

Examples:
  holdfast explain
  holdfast explain floating-tag
  holdfast explain writable-root-filesystem | less
`;

const cache = `Tells where the answers of registries are kept for --offline and the editor, how many there are,
how much room they take, and from when the newest one is. They hold no secret.

Usage: holdfast cache [options]

  --clear            delete them
  -h, --help         this text

HOLDFAST_CACHE_DIR names another folder for them, or is \`off\`: then nothing is kept.

Exit status: 0 told or deleted, 1 they could not be read or deleted, 2 bad usage.

Examples:
  holdfast cache
  holdfast cache --clear
`;

/** What `--help` prints, for one command or for all. */
export const help = (command: CommandName | null): string =>
  command === null ? overview : { audit, pin, resolve, explain, cache }[command];
